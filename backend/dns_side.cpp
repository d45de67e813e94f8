#include "dns_side.hpp"

#include <utility>

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

}  // namespace failover
