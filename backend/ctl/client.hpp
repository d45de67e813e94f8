// HTTP/1.1 to failoverd, plain or TLS, one connection a request. Knows nothing of what is asked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ctl/options.hpp"
#include "ctl/result.hpp"

namespace failover::ctl {

// The next piece of a body to send; "" ends it. A failure stops the request.
using Source = std::function<Result<std::string>()>;
// Takes a piece of a body as it arrives; false ends the exchange.
using Sink = std::function<bool(std::string_view)>;

struct Request {
  std::string method;
  std::string target;  // path and query below the URL's prefix
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  Source source = {};  // in place of `body`, sent in chunks
  Sink sink = {};      // gets the body of a 200 in place of Reply::body; called once with "" before it
  std::chrono::seconds patience{
      0};  // how long each step may take once connected; 0 is the endpoint's time-out
  // What a person is told where this may have been done and no reply came. (A GET changes nothing.)
  std::string unsure = "The change may have been made: look at what stands before you try again.";
};

struct Reply {
  unsigned status = 0;
  std::string reason;
  std::string body;
};

// Sends one request and waits for the reply, each step no longer than the endpoint's time-out. A failure is
// `unreachable`: no connection, no trust in the certificate, silence, or a reply cut short. Blocks.
Result<Reply> exchange(const Endpoint& endpoint, const Request& request);

}  // namespace failover::ctl
