// The admin side as one thing: the HTTP API with its tokens, events and metrics, and the dashboard. For main.
//
//   admin::Server server(control, listener, {.token_file = "/var/lib/failoverd/admin.token", ...});
//   on SIGHUP:  for (const auto& wrong : server.reload()) spdlog::error("{}", wrong);
//   at the end: server.stop(std::chrono::seconds(5));  // before control, the announcer and the sources'
//   owners go
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/health.hpp"
#include "control/control.hpp"
#include "net/fd.hpp"
#include "net/http_server.hpp"

namespace failover::admin {

struct ServerOptions {
  std::string token_file;            // made with a random token, mode 0600, where absent
  std::optional<net::TlsFiles> tls;  // empty: plain HTTP
  Health::Sources health;
  net::HttpLimits limits = {};
};

class Server {
 public:
  // Serves from now on. The listener stays the caller's own (a duplicate is used), so that it can be handed
  // to the program that comes after this one. `control` outlives this. Throws std::runtime_error, saying what
  // to do, where the token file or the certificate cannot be used.
  Server(Control& control, const net::Fd& listener, ServerOptions options);
  ~Server();  // stop(0)

  // Accepts no more, ends event streams, lets requests at hand finish for up to `drain`, then returns when
  // every write that was submitted has been answered. Once.
  void stop(std::chrono::milliseconds drain);

  // Reads the token file, certificate and key again. One line for each that cannot be used: the old one
  // stays.
  std::vector<std::string> reload();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace failover::admin
