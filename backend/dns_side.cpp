#include "dns_side.hpp"

#include <sys/socket.h>

#include <array>
#include <string_view>
#include <utility>

#include "net/listen.hpp"

namespace failover {

DnsSide::DnsSide(powerdns::Service& service, Sockets sockets) {
  unix_.emplace(
      std::move(sockets.dns_unix), [&service] { return service.new_line_handler(); }, net::LineLimits{},
      std::move(sockets.connections));
  if (!sockets.dns_http) return;
  http_.emplace(std::move(sockets.dns_http),
                [&service](const net::HttpQuestion& question) { return service.answer(question); });
}

Sockets DnsSide::park() {
  Sockets sockets;
  // HTTP first, since an exchange of its may take its time: questions on the unix socket are answered
  // meanwhile.
  if (http_) {
    http_->park();
    sockets.dns_http = http_->take_listener();
  }
  sockets.connections = unix_->park();
  sockets.dns_unix = unix_->take_listener();
  return sockets;
}

bool is_answering(const std::string& path) {
  constexpr std::string_view ping = "{\"method\":\"directBackendCmd\",\"parameters\":{\"query\":\"ping\"}}\n";
  const net::Fd fd = net::connect_unix(path, std::chrono::seconds(1));
  std::array<char, 256> reply{};
  return fd && ::send(fd.get(), ping.data(), ping.size(), MSG_NOSIGNAL) > 0 &&
         ::recv(fd.get(), reply.data(), reply.size(), 0) > 0;
}

}  // namespace failover
