// failoverd's settings: flags, environment and TOML file from one declaration. A flag beats the environment,
// which beats the file.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/rules.hpp"

namespace failover {

struct Settings {
  std::string store;
  std::string dns_unix;
  std::string dns_http;  // "" is off
  std::string admin;
  std::string admin_token_file;
  std::string admin_tls_cert, admin_tls_key;  // both or neither
  std::vector<std::string> powerdns_apis;
  std::string powerdns_api_key_file;
  std::optional<PutZone> zone;
  std::string log_level, log_format;
  bool is_check;  // say what a start with these would meet, and do not start
};

// `failoverd pipe`: be the relay between PowerDNS's pipe connector and the unix socket.
struct PipeSettings {
  std::string dns_unix;
};

// There is nothing to run: print this (help, version; or the mistakes, one a line, with status 2) and exit.
struct Exit {
  int status;
  std::string text;
};

std::variant<Settings, PipeSettings, Exit> read_settings(int argc, const char* const* argv);

}  // namespace failover
