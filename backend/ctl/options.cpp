#include "ctl/options.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "ctl/moment.hpp"

namespace failover::ctl {
namespace {

constexpr Variable all_variables[] = {
    {"FAILOVER_URL", "Where failoverd's API is. Default: http://127.0.0.1:8380."},
    {"FAILOVER_TOKEN", "The token to show. --token and --token-file beat it."},
    {"FAILOVER_TOKEN_FILE", "A file that holds the token, used where FAILOVER_TOKEN is not set."},
    {"FAILOVER_CA_FILE", "Certificate authorities (PEM) to trust for https instead of the system's."},
    {"NO_COLOR", "Where set to anything, no colour on the terminal."},
    {"XDG_CACHE_HOME",
     "exec keeps the last known status in failoverctl/ below it; default ~/.cache. "
     "CACHE_DIRECTORY, which systemd sets, beats it."},
};

Result<std::string> read_token(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  if (!file)
    return usage_error("cannot read the token file " + path + ": " + std::strerror(errno) +
                       ". Check its path and who may read it.");
  if (!(file >> token)) return usage_error("the token file " + path + " is empty. Put one token in it.");
  return token;
}

// The token goes into a header line: a line break in it would begin another.
bool is_printable(const std::string& token) {
  for (const char c : token)
    if (c <= ' ' || c > '~') return false;
  return true;
}

}  // namespace

const std::span<const Variable> variables{all_variables};

Result<Endpoint> settle(const Options& options, const Environment& environment) {
  const auto from_environment = [&](const char* name) {
    const char* value = environment(name);
    return std::string(value == nullptr ? "" : value);
  };
  const auto first = [](std::string flag, std::string otherwise) { return flag.empty() ? otherwise : flag; };

  Endpoint endpoint;
  const std::string address = first(options.url, from_environment("FAILOVER_URL"));
  const auto url = parse_url(first(address, default_url));
  if (!url) return url.error();
  endpoint.url = *url;

  endpoint.token = options.token;
  endpoint.token_file = options.token_file;
  if (endpoint.token.empty() && endpoint.token_file.empty()) {
    endpoint.token = from_environment("FAILOVER_TOKEN");
    if (endpoint.token.empty()) endpoint.token_file = from_environment("FAILOVER_TOKEN_FILE");
  }
  if (endpoint.token.empty() && !endpoint.token_file.empty()) {
    auto token = read_token(endpoint.token_file);
    if (!token) return token.error();
    endpoint.token = *token;
  }
  if (!is_printable(endpoint.token))
    return usage_error(
        "the token holds a space, a line break or another character no token has. Copy it again.");

  endpoint.ca_file = first(options.ca_file, from_environment("FAILOVER_CA_FILE"));
  if (!endpoint.ca_file.empty() && !std::ifstream(endpoint.ca_file))
    return usage_error("cannot read " + endpoint.ca_file + ": " + std::strerror(errno) +
                       ". Give --ca-file the path of a PEM file of certificate authorities.");
  const auto timeout = parse_duration(options.timeout);
  if (!timeout) return timeout.error();
  if (timeout->count() == 0)
    return usage_error("--timeout 0 would wait for nothing. Give it a second or more.");
  endpoint.timeout = *timeout;
  return endpoint;
}

}  // namespace failover::ctl
