// An HTTP server that closes after each reply, with the reply and the end of the stream in one segment.
//
// Made for a client that polls a kept connection for a whole millisecond before it uses it again, and that is
// unlucky when the end arrives after that poll (PowerDNS, modules/remotebackend/httpconnector.cc): here the
// end is always there with the reply's last byte.
//
// Threads of its own wait for connections and answer them at once. A request that has not come whole, or a
// reply that the kernel does not take whole, goes on in an event loop on one more thread, so that slow
// clients hold up nobody. (Everything in such a loop with two threads: each step of an exchange woke the
// other one, and PowerDNS got three quarters of the answers.)
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/fd.hpp"

namespace failover::net {

struct HttpQuestion {
  std::string target;  // as sent, percent signs and all
  std::string body;
  // Not empty: the request could not be read, and says why; the rest may be anything. It still gets a reply.
  std::string trouble;
};

// Sent with status 200.
struct HttpAnswer {
  std::string content_type;
  std::string body;
  std::shared_ptr<void>
      until_sent;  // let go of when the reply has been handed to the kernel, or could not be
};

struct ClosingHttpLimits {
  std::size_t connections = 1024;  // what comes above is closed at once, and counted
  std::size_t body = 64 * 1024;
  std::size_t header = 8 * 1024;
  std::chrono::milliseconds timeout{5'000};     // for the whole of a request, and again for its reply
  std::chrono::milliseconds park_timeout{100};  // the same when parking
  unsigned threads = 2;                         // that answer: one whole zone listed holds up one of them
};

struct HttpCounters {
  std::atomic<std::uint64_t> accepted{0}, refused{0};
  std::atomic<std::int64_t> open{0};
};

class ClosingHttpServer {
 public:
  // Called on the server's threads, several at once. Must not throw.
  using Handler = std::function<HttpAnswer(const HttpQuestion&)>;

  // Serves at once. Where no thread can be had, throws std::system_error or ends the program.
  ClosingHttpServer(Fd listener, Handler handler, ClosingHttpLimits limits = {});

  // As stop().
  ~ClosingHttpServer();
  ClosingHttpServer(const ClosingHttpServer&) = delete;
  ClosingHttpServer& operator=(const ClosingHttpServer&) = delete;

  // Stops accepting and returns once every connection has had its reply or its time-out, which is the one for
  // parking from now on: somebody waits for the listener. Who connects from then on waits in the kernel for
  // the next to accept on it. Called once.
  void park();

  // The listening socket, once parked.
  Fd take_listener();

  // Finishes the requests at hand.
  void stop() { park(); }

  const HttpCounters& counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace failover::net
