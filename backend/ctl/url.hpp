// Where the API is, and the paths below it. Pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "ctl/result.hpp"

namespace failover::ctl {

struct Url {
  bool tls = false;
  std::string host;    // a name or an address, IPv6 without its brackets
  std::string port;    // a number
  std::string prefix;  // "" or "/below/this", without a slash at its end
  bool operator==(const Url&) const = default;
};

// Reads http://HOST[:PORT][/PREFIX] or the same with https. The port is that of the scheme (80, 443) where
// none is given. Anything else, a user name, a query or a fragment too, is wrong usage.
Result<Url> parse_url(std::string_view text);

// The URL as a person reads it: "http://[::1]:8380".
std::string to_string(const Url& url);

// "127.0.0.1:53", "[::1]:53", "192.0.2.1" or "::1" as an address and a port; wrong usage where it is none.
struct HostPort {
  std::string address;
  unsigned short port = 0;
};
Result<HostPort> parse_address_port(std::string_view text, unsigned short default_port);

// One segment of a path, percent-encoded: whatever it holds stays one segment (RFC 3986, 3.3).
std::string segment(std::string_view text);

// "?a=1&b=2" of those pairs whose value is not empty; "" where none is.
std::string query(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

}  // namespace failover::ctl
