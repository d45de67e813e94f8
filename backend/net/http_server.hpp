// An HTTP/1.1 server, plain or TLS, with limits and time-outs on every connection. Knows no word of what it
// serves: an HttpApplication decides on each request's head whether and how its body is taken, and answers it
// later from any thread. Runs two threads of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/fd.hpp"

namespace failover::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// A body of any length, taken piece by piece: nothing is read from the connection until it is asked for.
class HttpBodyStream {
 public:
  virtual ~HttpBodyStream() = default;
  // Calls `take` once, from one of the server's threads: a piece, "" at the end, nullopt where the client
  // broke off. Any thread; one call at a time.
  virtual void read(std::function<void(std::optional<std::string>)> take) = 0;
};

struct HttpRequest {
  std::string method;
  std::string target;   // as sent, percent-encoded, with its query
  HttpHeaders headers;  // names in lower case
  std::string peer;     // the client's address, without its port
  std::string body;     // empty while only the head has come
  bool has_body = false;
  std::shared_ptr<HttpBodyStream> stream;  // in place of `body`, where the application wants it so
  std::shared_ptr<void> context;           // whatever the application wants to keep from head to body

  // "" where there is no such header; the first where there are several. `name` in lower case.
  std::string_view header(std::string_view name) const;
};

// What is sent next of a streamed reply. No data and not broken: the end. Broken: the connection is cut, so
// that the client can tell.
struct HttpPiece {
  std::shared_ptr<const std::string> data;
  bool broken = false;
};

// A reply of any length. Destroyed when it has ended or the client is gone.
class HttpReplyStream {
 public:
  virtual ~HttpReplyStream() = default;
  // Call `give` once, now or later, from any thread. Asked again only when the piece before has been sent.
  virtual void next(std::function<void(HttpPiece)> give) = 0;
};

struct HttpReply {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  std::shared_ptr<HttpReplyStream> stream = nullptr;  // in place of `body`
};

// What to do with a request of which the head has come.
struct HttpAdmission {
  std::optional<HttpReply> refusal;  // answered at once, its body unread
  std::uint64_t body_limit = 0;      // more is answered with refuse(413)
  bool streamed = false;             // no limit; the body comes as a stream
  bool trusted = false;              // from now on no stranger takes this connection's place
};

// Called from the server's threads, by several at once. Must not block for long.
class HttpApplication {
 public:
  virtual ~HttpApplication() = default;
  virtual HttpAdmission admit(HttpRequest& head) = 0;
  // Calls `reply` exactly once, from any thread.
  virtual void handle(HttpRequest request, std::function<void(HttpReply)> reply) = 0;
  // What to say about that which never became a request: 400, 413, 431, 503.
  virtual HttpReply refuse(int status) = 0;
};

struct HttpLimits {
  std::chrono::milliseconds header_time{
      10'000};  // from a request's first byte, or the connection, to the head's end
  std::chrono::milliseconds body_time{30'000};   // for a whole body, or one piece of a streamed one
  std::chrono::milliseconds idle_time{60'000};   // between two requests
  std::chrono::milliseconds write_time{30'000};  // for a whole reply, or one piece of a streamed one
  std::uint32_t header_bytes = 16 * 1024;
  // Beyond it one is closed for a new one: of those that were never trusted the one that keeps us waiting
  // longest, else the longest idle one. Where all are at work the new one is refused.
  std::size_t connections = 4096;
};

struct TlsFiles {
  std::string certificate, key;  // PEM; the certificate with its chain
};

class HttpServer {
 public:
  // Starts at once. `listener` stays the caller's: a duplicate is used. `application` outlives the server.
  // Throws std::runtime_error, saying what to do, where the TLS files cannot be used.
  HttpServer(const Fd& listener, HttpApplication& application, HttpLimits limits = {},
             std::optional<TlsFiles> tls = {});
  ~HttpServer();  // stop(0)

  // Accepts no more, closes idle connections, waits up to `drain` for the requests at hand, cuts the rest.
  // Once.
  void stop(std::chrono::milliseconds drain);

  // Reads certificate and key again, for connections to come. "" where that went well or there is no TLS;
  // else what is wrong, and the old ones stay. Any thread.
  std::string reload_tls();

  std::size_t connections() const;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace failover::net
