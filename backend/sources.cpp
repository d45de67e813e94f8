#include "sources.hpp"

#include <cstdlib>
#include <future>
#include <map>

#include "powerdns/control_socket.hpp"

namespace failover {
namespace {

using admin::Family;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// Settings that usually go wrong. Each is fine where PowerDNS does not tell it.
std::string complaints(const std::map<std::string, std::string>& settings) {
  std::string found;
  const auto value = [&](const char* name, const char* otherwise) {
    const auto at = settings.find(name);
    return at == settings.end() ? std::string(otherwise) : at->second;
  };
  if (value("launch", "remote").find("remote") == std::string::npos)
    found += "launch has no remote backend: add it. ";
  if (value("zone-cache-refresh-interval", "300") == "0") {
    found += "zone-cache-refresh-interval is 0: leave it at 300, or every question costs several lookups. ";
  }
  for (const auto& [name, ttl] :
       {std::pair("cache-ttl", "20"), {"query-cache-ttl", "20"}, {"negquery-cache-ttl", "60"}})
    if (value(name, ttl) == "0")
      found += std::string(name) + " is 0: leave it at " + ttl + ", since every change is flushed. ";
  if (std::atoi(value("distributor-threads", "3").c_str()) < 1)
    found += "distributor-threads is below 1: leave it at 3. ";
  return found;
}

// How its caches are flushed.
std::string way(const powerdns::FlusherStats& server) {
  if (!server.control_socket.empty())
    return "; names are dropped through its control socket " + server.control_socket;
  if (server.why_no_control_socket.empty()) return "";
  return "; names are dropped through its API, since " + server.why_no_control_socket;
}

}  // namespace

std::vector<Family> lookup_metrics(const powerdns::Service& service, const net::LineCounters& unix_counters) {
  const auto totals = service.stats().read();
  Family asked{"failover_dns_requests_total",
               "Requests of PowerDNS, by what came of them",
               Family::Kind::counter,
               {},
               {}};
  for (std::size_t i = 0; i < totals.by_outcome.size(); ++i) {
    const auto outcome = static_cast<powerdns::Outcome>(i);
    asked.samples.push_back(
        {{{"result", std::string(to_string(outcome))}}, static_cast<double>(totals.by_outcome[i])});
  }
  admin::Histogram took;
  for (std::size_t i = 0; i < powerdns::Stats::bounds.size(); ++i) {
    took.up_to.push_back(seconds(powerdns::Stats::bounds[i]));
    took.counts.push_back(totals.lookups[i]);
  }
  took.beyond = totals.lookups.back();
  took.sum = seconds(totals.lookup_time);
  return {std::move(asked),
          {"failover_dns_lookup_seconds",
           "Time from a lookup's last byte read to its reply written",
           Family::Kind::histogram,
           {},
           {std::move(took)}},
          {"failover_dns_unix_connections",
           "Connections of PowerDNS on the unix socket",
           Family::Kind::gauge,
           {{{}, static_cast<double>(unix_counters.open.load())}},
           {}},
          {"failover_dns_unix_refused_total",
           "Connections closed at once since there were too many",
           Family::Kind::counter,
           {{{}, static_cast<double>(unix_counters.refused.load())}},
           {}}};
}

std::vector<Family> flush_metrics(const powerdns::Flusher& flusher) {
  Family flushes{"failover_flushes_total",
                 "Flush requests to PowerDNS, by server and result",
                 Family::Kind::counter,
                 {},
                 {}};
  Family again{"failover_flushes_repeated_total",
               "Names flushed once more since a lookup raced with the change",
               Family::Kind::counter,
               {},
               {}};
  Family up{"failover_powerdns_reachable", "1 while the server's API answers", Family::Kind::gauge, {}, {}};
  Family socket{"failover_powerdns_control_socket",
                "1 while names are dropped through the server's control socket, not its API",
                Family::Kind::gauge,
                {},
                {}};
  Family waiting{"failover_flush_waiting",
                 "Names that a server has still to be flushed of",
                 Family::Kind::gauge,
                 {},
                 {}};
  Family lag{"failover_flush_lag_seconds",
             "Age of the oldest change a server has not been flushed for",
             Family::Kind::gauge,
             {},
             {}};
  Family notified{"failover_notifies_total",
                  "Zones whose secondaries a server was asked to notify",
                  Family::Kind::counter,
                  {},
                  {}};
  Family took{"failover_flush_seconds", "Time of a flush request", Family::Kind::histogram, {}, {}};
  for (const auto& one : flusher.stats()) {
    const admin::Labels server{{"server", one.server}};
    const auto with_result = [&](const char* result) {
      return admin::Labels{{"server", one.server}, {"result", result}};
    };
    flushes.samples.push_back({with_result("ok"), static_cast<double>(one.flushed)});
    flushes.samples.push_back({with_result("failed"), static_cast<double>(one.failed)});
    again.samples.push_back({server, static_cast<double>(one.flushed_again)});
    up.samples.push_back({server, one.reachable ? 1.0 : 0.0});
    socket.samples.push_back({server, one.control_socket.empty() ? 0.0 : 1.0});
    waiting.samples.push_back({server, static_cast<double>(one.waiting)});
    lag.samples.push_back({server, seconds(one.lag)});
    notified.samples.push_back({server, static_cast<double>(one.notified)});
    took.histograms.push_back({server,
                               {powerdns::took_bounds.begin(), powerdns::took_bounds.end()},
                               {one.took.begin(), one.took.end() - 1},
                               one.took.back(),
                               one.took_seconds});
  }
  return {flushes, again, up, socket, waiting, lag, notified, took};
}

std::vector<admin::Check> check_powerdns(const std::vector<powerdns::ApiUrl>& servers, const std::string& key,
                                         const powerdns::Flusher& flusher) {
  if (servers.empty())
    return {
        {"powerdns", false,
         "No PowerDNS is configured, so its caches are not flushed and it answers with the old side until "
         "they expire: name each server with --powerdns-api and the key with --powerdns-api-key-file."}};
  std::vector<std::future<powerdns::ApiReply>> replies;
  for (const powerdns::ApiUrl& server : servers)
    replies.push_back(std::async(std::launch::async, [&server, &key] {
      return powerdns::ask_and_wait(server, {"GET", "/api/v1/servers/localhost/config", key});
    }));
  std::vector<admin::Check> checks;
  const auto stats = flusher.stats();
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const powerdns::ApiUrl& server = servers[i];
    const auto reply = replies[i].get();
    const std::string complaint = powerdns::complaint(reply);
    checks.push_back({"powerdns " + server.text, complaint.empty(),
                      complaint.empty() ? "answers and takes the key" + way(stats[i]) : complaint});
    if (!complaint.empty()) continue;
    const std::string wrong = complaints(powerdns::settings_in(reply.body));
    checks.push_back(
        {"powerdns settings " + server.text, wrong.empty(), wrong.empty() ? "as they should be" : wrong});
  }
  return checks;
}

}  // namespace failover
