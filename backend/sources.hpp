// What the admin side shows of the DNS side: metrics and the doctor's checks of PowerDNS. Here since neither
// of the two knows the other.
#pragma once

#include <string>
#include <vector>

#include "admin/health.hpp"
#include "net/closing_http_server.hpp"
#include "net/line_server.hpp"
#include "powerdns/api_client.hpp"
#include "powerdns/flusher.hpp"
#include "powerdns/service.hpp"

namespace failover {

std::vector<admin::Family> lookup_metrics(const powerdns::Service& service,
                                          const net::LineCounters& unix_counters);
std::vector<admin::Family> flush_metrics(const powerdns::Flusher& flusher);

// Asks every configured PowerDNS server, all at once, who it is and how it is set up. Takes as long as the
// slowest, some seconds at most. One that is not ok where none is configured.
std::vector<admin::Check> check_powerdns(const std::vector<powerdns::ApiUrl>& servers, const std::string& key,
                                         const powerdns::Flusher& flusher);

}  // namespace failover
