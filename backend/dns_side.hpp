// The servers that PowerDNS asks, and the sockets they can hand on to the program that comes after this one.
#pragma once

#include <optional>
#include <string>

#include "handover.hpp"
#include "net/closing_http_server.hpp"
#include "net/line_server.hpp"
#include "powerdns/service.hpp"

namespace failover {

class DnsSide {
 public:
  // Serves at once, and needs nothing but `service`, which outlives it.
  DnsSide(powerdns::Service& service, Sockets sockets);

  // Stops serving; no answer is owed to anyone when this returns. Once.
  Sockets park();

  const net::LineCounters& unix_counters() const { return unix_->counters(); }

 private:
  std::optional<net::LineServer> unix_;
  std::optional<net::ClosingHttpServer> http_;
};

// Whether a request that comes to the unix socket at `path` is answered, within a second.
bool is_answering(const std::string& path);

}  // namespace failover
