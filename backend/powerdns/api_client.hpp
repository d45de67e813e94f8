// Asking one thing of a PowerDNS server's HTTP API (doc.powerdns.com/authoritative/http-api). Each request
// has a connection of its own: PowerDNS closes after every reply (pdns/webserver.cc, serveConnection). Beast
// stays inside.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace boost::asio {
class io_context;
}

namespace failover::powerdns {

// Where a server's API listens.
struct ApiUrl {
  std::string text;  // as configured, without trailing slashes
  std::string host;  // an address (IPv6 without brackets) or a name
  std::string port;
  std::string path;  // what comes before "/api/v1": "" or "/prefix"
};

// Reads http://HOST[:PORT][/PATH]; the port is 8081 where none is given. The refusal's detail says what to
// write.
Result<ApiUrl> parse_api_url(std::string_view text);

struct ApiRequest {
  std::string method;  // "GET" or "PUT"
  std::string target;  // "/api/v1/servers/localhost", already percent-encoded
  std::string key;     // X-API-Key
  std::chrono::milliseconds limit =
      std::chrono::seconds(5);  // from resolving the host to the reply's last byte
};

struct ApiReply {
  int status = 0;    // HTTP's; 0: there was no reply, and `why` says what happened
  std::string body;  // at most 8 MB
  std::string why;
};

// Percent-encodes all but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

// Asks without waiting. Calls `done` once, from a thread that runs `io`; never, where `io` is stopped before.
void ask(boost::asio::io_context& io, const ApiUrl& url, ApiRequest request,
         std::function<void(ApiReply)> done);

// Asks and waits, at most for the request's limit (a host name's look-up may take longer). Any thread; for
// doctor.
ApiReply ask_and_wait(const ApiUrl& url, ApiRequest request);

// What a reply that is not a success means, and what to do about it, for people. "" for 200 to 299.
std::string complaint(const ApiReply& reply);

}  // namespace failover::powerdns
