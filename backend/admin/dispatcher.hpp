// Between the HTTP server and the handlers: finds a request's route, checks all that the table of routes
// says, runs the handler where it may run, and counts what came of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "admin/events.hpp"
#include "admin/health.hpp"
#include "admin/metrics.hpp"
#include "admin/routes.hpp"
#include "admin/tokens.hpp"
#include "admin/workers.hpp"
#include "control/control.hpp"
#include "net/http_server.hpp"

namespace failover::admin {

class Dispatcher final : public net::HttpApplication {
 public:
  // All outlive it.
  struct Parts {
    Control& control;
    EventHub& events;
    Health& health;
    Doorkeeper& doorkeeper;
    Workers& workers;
    bool is_tls;
  };
  explicit Dispatcher(Parts parts) : parts_(parts) {}

  net::HttpAdmission admit(net::HttpRequest& head) override;
  void handle(net::HttpRequest request, std::function<void(net::HttpReply)> reply) override;
  net::HttpReply refuse(int status) override;

  // Returns when every request that was handled has been answered.
  void wait_until_idle();

  const RequestCounts& counts() const { return counts_; }

 private:
  struct Admitted;
  // What every reply carries, whatever it is (OWASP's advice for APIs), unless it has its own.
  void add_security_headers(net::HttpReply& reply) const;
  // In `path` the name of a stack token's own stack becomes its id.
  Result<Identity> identify(const net::HttpRequest& head, const Route& route, std::vector<std::string>& path);
  void run(Call call);

  Parts parts_;
  RequestCounts counts_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::size_t at_hand_ = 0;
};

}  // namespace failover::admin
