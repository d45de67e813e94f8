#include "powerdns/relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <thread>

#include "net/fd.hpp"

namespace failover::powerdns {
namespace {

// Less than the 2,000 ms that PowerDNS waits for an answer.
constexpr auto patience = std::chrono::milliseconds(1500);

void say(const std::string& what) { std::cerr << "failoverd pipe: " << what << std::endl; }

// No descriptor: errno says why.
net::Fd connect(const sockaddr_un& place) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    net::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0) return fd;
    if (const int error = errno; std::chrono::steady_clock::now() >= deadline) {
      fd = net::Fd();
      errno = error;
      return fd;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// Moves what there is. False: that side has closed, or failed, with errno set.
bool pass(int from, int to) {
  std::array<char, 64 * 1024> bytes;
  ssize_t got;
  do got = ::read(from, bytes.data(), bytes.size());
  while (got < 0 && errno == EINTR);
  if (got == 0) errno = 0;
  if (got <= 0) return false;
  for (ssize_t done = 0; done < got;) {
    const ssize_t put = ::write(to, bytes.data() + done, static_cast<std::size_t>(got - done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      if (errno == EPIPE) errno = 0;
      return false;
    }
    done += put;
  }
  return true;
}

}  // namespace

int relay(const std::string& socket_path, int in, int out) {
  ::signal(SIGPIPE, SIG_IGN);
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof place.sun_path) {
    say("the path " + socket_path + " is too long for a socket, use a shorter one");
    return 1;
  }
  std::memcpy(place.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const net::Fd socket = connect(place);
  if (!socket) {
    say("cannot reach " + socket_path + ": " + std::strerror(errno) +
        "; start failoverd, or give its --dns-unix, and let this user into the socket's group");
    return 1;
  }

  pollfd waiting[] = {{in, POLLIN, 0}, {socket.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(waiting, 2, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    // Replies first, so that none is lost when both sides have something.
    if (waiting[1].revents != 0 && !pass(socket.get(), out)) break;
    if (waiting[0].revents != 0 && !pass(in, socket.get())) break;
  }
  if (errno == 0) return 0;
  say(std::string("the connection failed: ") + std::strerror(errno));
  return 1;
}

}  // namespace failover::powerdns
