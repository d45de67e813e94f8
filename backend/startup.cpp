#include "startup.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

#include "core/name.hpp"
#include "net/listen.hpp"

namespace failover {

std::string key_in(const std::string& path) {
  std::string key;
  if (!path.empty()) std::ifstream(path) >> key;
  return key;
}

std::vector<powerdns::ApiUrl> powerdns_servers(const Settings& settings) {
  std::vector<powerdns::ApiUrl> servers;
  for (const std::string& url : settings.powerdns_apis) servers.push_back(*powerdns::parse_api_url(url));
  return servers;
}

void make_folders(const Settings& settings) {
  const std::string store = settings.store.substr(settings.store.find(':') + 1);
  for (const std::string& path : {store, settings.dns_unix, settings.admin_token_file}) {
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder);
  }
}

void create_zone(Control& control, const PutZone& zone) {
  const std::string name = lower(zone.zone);
  if (control.read([&](const State& state) { return find_zone(state, name).has_value(); })) return;
  std::promise<Result<Outcome>> promise;
  control.submit({zone, {{}, "settings", "", "", 0}, {}},
                 [&](auto result) { promise.set_value(std::move(result)); });
  const auto created = promise.get_future().get();
  if (!created) throw std::runtime_error("zone: " + created.error().detail);
}

std::vector<std::string> zone_names(const Control& control) {
  std::vector<std::string> names;
  control.read([&](const State& state) {
    state.each_zone([&](const Zone& zone) { return names.push_back(zone.name), true; });
  });
  return names;
}

std::string open_listeners(Sockets& sockets, const Settings& settings) {
  if (!sockets.admin) sockets.admin = net::listen_tcp(settings.admin);
  if (!sockets.dns_unix) sockets.dns_unix = net::listen_unix(settings.dns_unix);
  if (!sockets.dns_http && !settings.dns_http.empty()) sockets.dns_http = net::listen_tcp(settings.dns_http);
  std::string line = "ready admin=" + net::local_address(sockets.admin) + " dns-unix=" + settings.dns_unix;
  if (sockets.dns_http) line += " dns-http=" + net::local_address(sockets.dns_http);
  return line;
}

}  // namespace failover
