#include "admin/server.hpp"

#include "admin/dispatcher.hpp"
#include "admin/events.hpp"
#include "admin/tokens.hpp"
#include "admin/workers.hpp"

namespace failover::admin {
namespace {

constexpr std::size_t worker_threads = 3;

}  // namespace

struct Server::Parts {
  Parts(Control& control, const net::Fd& listener, ServerOptions& options)
      : admin_token(options.token_file),
        doorkeeper(control, admin_token),
        workers(worker_threads),
        events(control, workers, options.limits.connections),
        health(control, std::move(options.health)),
        dispatcher({control, events, health, doorkeeper, workers, options.tls.has_value()}) {
    health.add_metrics([this] { return own_metrics(); });
    http = std::make_unique<net::HttpServer>(listener, dispatcher, options.limits, std::move(options.tls));
  }

  std::vector<Family> own_metrics() const {
    const auto one = [](const char* name, const char* help, Family::Kind kind, double value) {
      return Family{name, help, kind, {{{}, value}}, {}};
    };
    auto all = dispatcher.counts().families();
    all.push_back(one("failover_failed_sign_ins_total", "Requests with a wrong, expired or revoked token.",
                      Family::Kind::counter, static_cast<double>(doorkeeper.failures())));
    all.push_back(one("failover_event_watchers", "Open streams of events.", Family::Kind::gauge,
                      static_cast<double>(events.watchers())));
    all.push_back(one("failover_http_connections", "Open connections to the admin API.", Family::Kind::gauge,
                      static_cast<double>(http ? http->connections() : 0)));
    return all;
  }

  AdminToken admin_token;
  Doorkeeper doorkeeper;
  Workers workers;
  EventHub events;
  Health health;
  Dispatcher dispatcher;
  bool stopped = false;
  std::unique_ptr<net::HttpServer> http;  // goes first: it holds streams and calls the dispatcher
};

Server::Server(Control& control, const net::Fd& listener, ServerOptions options)
    : parts_(std::make_unique<Parts>(control, listener, options)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::stop(std::chrono::milliseconds drain) {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->events.stop();
  parts_->http->stop(drain);
  parts_->dispatcher.wait_until_idle();
  parts_->workers.join();
}

std::vector<std::string> Server::reload() {
  std::vector<std::string> wrong;
  for (auto problem : {parts_->admin_token.reload(), parts_->http->reload_tls()})
    if (!problem.empty()) wrong.push_back(std::move(problem));
  return wrong;
}

}  // namespace failover::admin
