// Servers, nameservers and records as written on the command line, and their JSON. Pure functions but for
// read_body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/result.hpp"

namespace failover::ctl {

// NAME[:ROLE][=ADDRESS[,ADDRESS...]] or NAME[:ROLE]=HOSTNAME, the role `web` where none is given.
struct ServerSpec {
  std::string name, role;
  std::vector<std::string> addresses;
  std::string hostname;
  bool operator==(const ServerSpec&) const = default;
};
Result<ServerSpec> parse_server(std::string_view text);

// The JSON of a server; without its name for a path that holds the name.
std::string to_json(const ServerSpec& server, bool with_name = true);

// NAME=ADDRESS[,ADDRESS...], or NAME alone for one outside the zone -> {"name","addresses"}
Result<std::string> nameserver_json(std::string_view text);

// 'NAME TYPE CONTENT [TTL]' -> {"name","type","content","ttl"}. A TTL is a last word of digits alone; no
// content ends in one.
Result<std::string> record_json(std::string_view text);

// The JSON of a file, "-" standing for standard input. Wrong usage where it can't be read or holds no JSON
// object or array. An array is put under `member`: {"servers":[...]}.
Result<std::string> read_body(const std::string& path, const char* member);

}  // namespace failover::ctl
