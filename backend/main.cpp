// failoverd: the composition root. Settings, store, table, control, the DNS side, the admin side; then
// signals.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <iostream>

#include "admin/server.hpp"
#include "control/control.hpp"
#include "descriptors.hpp"
#include "dns_side.hpp"
#include "log.hpp"
#include "powerdns/relay.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "sources.hpp"
#include "startup.hpp"

namespace failover {
namespace {

constexpr std::chrono::minutes longest_cached{10};  // twice the greatest TTL: older answers are in no cache
constexpr std::chrono::seconds drain{5};

void run(const Settings& settings, Inheritance& inheritance, Successor& successor) {
  std::optional<StartGoesOn> start_goes_on(std::in_place);
  make_folders(settings);
  const auto servers = powerdns_servers(settings);
  auto store = open_store(settings.store);
  Table table;
  powerdns::Recent recent;
  std::optional<powerdns::Flusher> flusher(std::in_place, servers, key_in(settings.powerdns_api_key_file),
                                           [&](auto name, auto before) { return recent.last(name, before); });
  std::optional<Control> control(std::in_place, *store, table, *flusher);
  if (settings.zone) create_zone(*control, *settings.zone);
  powerdns::Service service(table, recent, [&] { return table.revision(); });

  const std::string ready = open_listeners(inheritance, settings);
  net::Fd admin_listener = std::move(inheritance.sockets.admin);
  inheritance.dismiss_stand_in();
  DnsSide dns(service, std::move(inheritance.sockets));
  admin::ServerOptions options{settings.admin_token_file, {}, {}, {}};
  options.limits.connections = admin_connections(raise_descriptor_limit(), !settings.dns_http.empty());
  if (!settings.admin_tls_cert.empty())
    options.tls = net::TlsFiles{settings.admin_tls_cert, settings.admin_tls_key};
  options.health.ready = [&] { return is_answering(settings.dns_unix); };
  options.health.metrics = {[&] { return lookup_metrics(service, dns.unix_counters()); },
                            [&] { return flush_metrics(*flusher); }};
  options.health.checks = [&] {
    return check_powerdns(servers, key_in(settings.powerdns_api_key_file), *flusher);
  };
  std::optional<admin::Server> admin(std::in_place, *control, admin_listener, std::move(options));
  const Time now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  flusher->flush_at_start(store->altered_since(now - longest_cached), zone_names(*control));

  start_goes_on.reset();
  std::cout << ready << std::endl;
  ::sd_notify(0, "READY=1");
  const auto reload = [&] {
    auto wrong = admin->reload();
    const std::string& key_file = settings.powerdns_api_key_file;
    if (const std::string key = key_in(key_file); !key.empty())
      flusher->set_key(key);
    else if (!key_file.empty())
      wrong.push_back("the key file " + key_file +
                      " cannot be read or is empty: put PowerDNS's API key there");
    for (const std::string& one : wrong) spdlog::error("{}", one);
    if (wrong.empty()) spdlog::info("read keys, certificate and token files again");
  };
  const auto may_hand_over = [&] {
    const std::string wrong = successor.check();
    if (!wrong.empty()) spdlog::error("not handing over: {}", wrong);
    return wrong.empty();
  };
  const int signal = wait_for_end(reload, may_hand_over);

  // Writers first; questions are answered to the last.
  ::sd_notify(0, signal == SIGUSR2 ? "RELOADING=1" : "STOPPING=1");
  admin->stop(drain);
  admin.reset();
  control.reset();
  flusher.reset();
  store.reset();
  Sockets left = dns.park();
  left.admin = std::move(admin_listener);
  if (signal == SIGTERM) leave_with_systemd(left);
  if (signal != SIGUSR2) return;
  successor.take_over(std::move(left), [&](Sockets held, const std::function<void()>& wait) {
    held.dns_unix = net::Fd();  // who connects now waits for the new program: nobody could pass it on
    DnsSide stand_in(service, std::move(held));
    wait();
    stand_in.park();
  });
  throw std::runtime_error("the program that should have taken over could not be run: start it again");
}

}  // namespace
}  // namespace failover

int main(int argc, char** argv) {
  using namespace failover;
  const auto read = read_settings(argc, argv);
  if (const auto* exit = std::get_if<Exit>(&read)) {
    (exit->status == 0 ? std::cout : std::cerr) << exit->text;
    return exit->status;
  }
  if (const auto* pipe = std::get_if<PipeSettings>(&read)) {
    return powerdns::relay(pipe->dns_unix, STDIN_FILENO, STDOUT_FILENO);
  }
  const auto& settings = std::get<Settings>(read);
  const std::string mistakes = mistakes_in_files(settings);
  std::cerr << mistakes;
  if (settings.is_check || !mistakes.empty()) return mistakes.empty() ? 0 : 2;
  hold_signals();
  try {
    set_up_log(settings.log_level, settings.log_format);
    Inheritance inheritance;
    Successor successor(argv);
    run(settings, inheritance, successor);
  } catch (const std::exception& error) {
    std::cerr << "failoverd: " << error.what() << '\n';
    return 1;
  }
}
