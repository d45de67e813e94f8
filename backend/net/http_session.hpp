// One connection of an HttpServer: reads requests in turn, asks the application, writes its replies. For
// http_server.cpp alone.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/http_server.hpp"

namespace failover::net {

class HttpSession {
 public:
  virtual ~HttpSession() = default;

  // Reads and answers until either side ends it; then calls `ended`. Keeps itself alive. Once.
  virtual void start(std::function<void()> ended) = 0;

  // Any thread.
  virtual void close_if_idle() = 0;  // and no further request is taken after the one at hand
  virtual void cut() = 0;
  // When it became idle, as a count of nanoseconds; 0 while a request is at hand.
  std::int64_t idle_since() const { return idle_since_.load(std::memory_order_relaxed); }
  // Likewise, when the client was last waited for to begin a request; 0 once the application has trusted one.
  std::int64_t stranger_since() const { return stranger_since_.load(std::memory_order_relaxed); }

 protected:
  static std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }
  std::atomic<std::int64_t> idle_since_{0}, stranger_since_{now()};
};

// `tls` empty: plain.
std::shared_ptr<HttpSession> make_session(boost::asio::ip::tcp::socket socket, HttpApplication& application,
                                          const HttpLimits& limits,
                                          std::shared_ptr<boost::asio::ssl::context> tls);

}  // namespace failover::net
