#include "startup.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/ip/address.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

#include "core/name.hpp"
#include "net/listen.hpp"
#include "net/tls.hpp"
#include "store/migrate.hpp"

namespace failover {
namespace {

std::string store_path(const Settings& settings) {
  return settings.store.substr(settings.store.find(':') + 1);
}

struct Place {
  boost::asio::ip::address address;
  int port;
};

// Of ADDR:PORT in a form that settings.cpp has let pass.
Place place(const std::string& text) {
  const auto colon = text.rfind(':');
  const bool is_bracketed = text.front() == '[';
  return {boost::asio::ip::make_address(is_bracketed ? text.substr(1, colon - 2) : text.substr(0, colon)),
          std::stoi(text.substr(colon + 1))};
}

bool is_at_address(const net::Fd& listener, const std::string& setting) {
  if (setting.empty()) return false;
  const Place real = place(net::local_address(listener)), wanted = place(setting);
  return real.address == wanted.address && (wanted.port == 0 || real.port == wanted.port);
}

bool is_at_path(const net::Fd& listener, const std::string& path) {
  sockaddr_un real{};
  socklen_t size = sizeof real - 1;  // the last byte stays zero
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&real), &size) != 0) return false;
  return real.sun_family == AF_UNIX &&
         std::filesystem::weakly_canonical(real.sun_path) == std::filesystem::weakly_canonical(path);
}

// Closes what was inherited and is not wanted. The stand-in and systemd may hold it as well, and an address
// is free when nobody does.
void close_moved(Inheritance& inheritance, const Settings& settings) {
  Sockets& sockets = inheritance.sockets;
  const auto close = [&](const char* name, net::Fd& listener) {
    listener = net::Fd();
    inheritance.dismiss_stand_in();
    forget_with_systemd(name);
  };
  if (sockets.admin && !is_at_address(sockets.admin, settings.admin)) close("admin", sockets.admin);
  if (sockets.dns_http && !is_at_address(sockets.dns_http, settings.dns_http))
    close("dns-http", sockets.dns_http);
  if (sockets.dns_unix && !is_at_path(sockets.dns_unix, settings.dns_unix))
    close("dns-unix", sockets.dns_unix);
}

}  // namespace

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

std::string mistakes_in_files(const Settings& settings) {
  std::string mistakes;
  if (const std::string wrong = unusable_schema(store_path(settings)); !wrong.empty())
    mistakes += "store: " + wrong + '\n';
  if (!settings.admin_tls_cert.empty()) {
    try {
      net::load_tls({settings.admin_tls_cert, settings.admin_tls_key});
    } catch (const std::runtime_error& error) {
      mistakes += std::string("admin-tls-cert: ") + error.what() + '\n';
    }
  }
  if (const std::string& path = settings.powerdns_api_key_file; !path.empty() && key_in(path).empty())
    mistakes += "powerdns-api-key-file: " + path + " is empty: put PowerDNS's API key there\n";
  return mistakes;
}

void make_folders(const Settings& settings) {
  const std::string store = store_path(settings);
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

std::string open_listeners(Inheritance& inheritance, const Settings& settings) {
  close_moved(inheritance, settings);
  Sockets& sockets = inheritance.sockets;
  if (!sockets.admin) sockets.admin = net::listen_tcp(settings.admin);
  if (!sockets.dns_unix) sockets.dns_unix = net::listen_unix(settings.dns_unix);
  if (!sockets.dns_http && !settings.dns_http.empty()) sockets.dns_http = net::listen_tcp(settings.dns_http);
  std::string line = "ready admin=" + net::local_address(sockets.admin) + " dns-unix=" + settings.dns_unix;
  if (sockets.dns_http) line += " dns-http=" + net::local_address(sockets.dns_http);
  return line;
}

}  // namespace failover
