#include "net/listen.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace failover::net {
namespace {

struct Address {
  sockaddr_storage place{};
  socklen_t size = 0;
};

std::optional<Address> parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;

  std::string host(text.substr(0, colon));
  Address address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto& six = reinterpret_cast<sockaddr_in6&>(address.place);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    address.size = sizeof six;
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) != 1) return std::nullopt;
  } else {
    auto& four = reinterpret_cast<sockaddr_in&>(address.place);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    address.size = sizeof four;
    if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) != 1) return std::nullopt;
  }
  return address;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Fd open_socket(int family) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) fail("cannot open a socket");
  return fd;
}

void remove_stale(const std::string& path, const sockaddr_un& place) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return;
  if (!S_ISSOCK(there.st_mode))
    throw std::runtime_error(path + " is there and is no socket: move it away or choose another path");
  const Fd probe = open_socket(AF_UNIX);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0)
    throw std::runtime_error(path + " is served by another process: stop that one or choose another path");
  if (errno != ECONNREFUSED) fail(path + " cannot be tried: see that this user may write to it");
  if (::unlink(path.c_str()) != 0) fail(path + " is left over and cannot be removed: remove it");
}

}  // namespace

bool is_address(std::string_view address) { return parse(address).has_value(); }

Fd listen_tcp(std::string_view address) {
  const std::string text(address);
  const auto parsed = parse(address);
  if (!parsed)
    throw std::invalid_argument(text + " is no ADDRESS:PORT: write one like 127.0.0.1:8380 or [::1]:8380");
  Fd fd = open_socket(parsed->place.ss_family);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (parsed->place.ss_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&parsed->place), parsed->size) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0)
    fail("cannot listen on " + text + ", choose an address of this machine and a port that is free");
  return fd;
}

Fd listen_unix(const std::string& path) {
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof place.sun_path)
    throw std::invalid_argument("a socket's path has 1 to " + std::to_string(sizeof place.sun_path - 1) +
                                " bytes, choose another than " + path);
  std::memcpy(place.sun_path, path.c_str(), path.size() + 1);
  remove_stale(path, place);

  Fd fd = open_socket(AF_UNIX);
  // The file gets the socket's mode less the umask, so that it is never open to all, not even for a moment.
  if (::fchmod(fd.get(), 0660) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
      ::chmod(path.c_str(), 0660) != 0 || ::listen(fd.get(), SOMAXCONN) != 0)
    fail("cannot listen on " + path + ", see that its folder is there and this user may write to it");
  return fd;
}

Fd connect_unix(const std::string& path, std::chrono::seconds patience) {
  sockaddr_un place{AF_UNIX, {}};
  if (path.size() >= sizeof place.sun_path) return errno = ENAMETOOLONG, Fd();
  std::memcpy(place.sun_path, path.c_str(), path.size() + 1);
  Fd fd = open_socket(AF_UNIX);
  const timeval limit{patience.count(), 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0 ? std::move(fd)
                                                                                           : Fd();
}

std::string local_address(const Fd& listener) {
  sockaddr_storage place{};
  socklen_t size = sizeof place;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&place), &size) != 0) fail("not a socket");
  char text[INET6_ADDRSTRLEN] = "";
  if (place.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(place);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return '[' + std::string(text) + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(place);
  ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  return std::string(text) + ':' + std::to_string(ntohs(four.sin_port));
}

bool is_loopback(std::string_view address) {
  const auto parsed = parse(address);
  if (!parsed) return false;
  if (parsed->place.ss_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(parsed->place).sin6_addr);
  return ntohl(reinterpret_cast<const sockaddr_in&>(parsed->place).sin_addr.s_addr) >> 24 == 127;
}

}  // namespace failover::net
