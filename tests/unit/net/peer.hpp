// The other side of a socket, for tests: a place of its own for each test, and callers that wait.
#pragma once

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/fd.hpp"
#include "net/listen.hpp"

namespace failover::net {

// A folder that is gone when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "failover-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Until it holds, without taking the processor from whoever is to bring it about.
template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

class Peer {
 public:
  static Peer unix_socket(const std::string& path) {
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    std::strncpy(place.sun_path, path.c_str(), sizeof place.sun_path - 1);
    return Peer(reinterpret_cast<const sockaddr*>(&place), sizeof place);
  }
  // "127.0.0.1:41213"
  static Peer tcp(const std::string& address) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return Peer(reinterpret_cast<const sockaddr*>(&place), sizeof place);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) throw std::runtime_error("send: " + std::string(std::strerror(errno)));
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }

  // The next line without its newline; what came until then, where the other side closed.
  std::string line() {
    for (std::size_t searched = 0;;) {
      if (const auto end = held_.find('\n', searched); end != held_.npos) {
        std::string text = held_.substr(0, end);
        held_.erase(0, end + 1);
        return text;
      }
      searched = held_.size();
      if (!read_more()) return std::exchange(held_, {});
    }
  }

  // The next `size` bytes; fewer where the other side closed.
  std::string exactly(std::size_t size) {
    while (held_.size() < size && read_more()) {
    }
    std::string text = held_.substr(0, size);
    held_.erase(0, size);
    return text;
  }

  // Everything until the other side closes; "reset" at the end where it did not close in order.
  std::string all() {
    while (read_more()) {
    }
    return std::exchange(held_, {}) + (reset_ ? "reset" : "");
  }

  bool closed() { return !read_more() && held_.empty(); }
  // True once the other side has read all that was sent.
  bool is_read() const {
    int waiting = 0;
    return ::ioctl(fd_.get(), SIOCOUTQ, &waiting) == 0 && waiting == 0;
  }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  int fd() const { return fd_.get(); }

 private:
  Peer(const sockaddr* place, socklen_t size)
      : fd_(::socket(place->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (::connect(fd_.get(), place, size) != 0)
      throw std::runtime_error("connect: " + std::string(std::strerror(errno)));
    // A reply that never comes is a failed check, not a test that never ends.
    const timeval limit{60, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  bool read_more() {
    char bytes[65536];
    const ssize_t got = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (got > 0) held_.append(bytes, static_cast<std::size_t>(got));
    reset_ = got < 0;
    return got > 0;
  }

  Fd fd_;
  std::string held_;
  bool reset_ = false;
};

}  // namespace failover::net
