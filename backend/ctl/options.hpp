// What every command takes: flags first, then the environment, then the default.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "ctl/result.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {

inline constexpr const char* default_url = "http://127.0.0.1:8380";

// As given on the command line; "" is not given.
struct Options {
  std::string url, token, token_file, ca_file;
  std::string timeout = "30s";
  bool json = false;
};

// Where the server is and how to talk to it.
struct Endpoint {
  Url url;
  std::string token;       // "" is none
  std::string token_file;  // where the token came from, "" where from no file
  std::string ca_file;     // "" is the system's certificate authorities
  std::chrono::seconds timeout{30};
};

// Reads one environment variable; nullptr where it is not set.
using Environment = std::function<const char*(const char*)>;

// Settles flags and environment, and reads the token file. A token given by flag beats one in the
// environment, whichever way either is given. Wrong usage: a wrong URL or time-out, a file that can't be read
// or holds no token.
Result<Endpoint> settle(const Options& options, const Environment& environment);

// The environment variables, for --help and the manual page.
struct Variable {
  const char *name, *meaning;
};
extern const std::span<const Variable> variables;

}  // namespace failover::ctl
