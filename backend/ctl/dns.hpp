// Questions to DNS servers, by the C library's resolver. Blocks, a few seconds at most.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/url.hpp"

namespace failover::ctl {

struct DnsRecord {
  std::string name, type, content;  // names in lower case without a final dot; type A, AAAA, NS or CNAME
  auto operator<=>(const DnsRecord&) const = default;
};

struct DnsReply {
  std::string rcode;                         // "NOERROR", "NXDOMAIN", ...
  std::vector<DnsRecord> answer, authority;  // records of other types are left out
};

// Asks `server`, or the system's resolver where there is none. `recurse` asks it to find what it does not
// know. nullopt where nothing answered.
std::optional<DnsReply> ask_dns(const std::optional<HostPort>& server, const std::string& name,
                                const std::string& type, bool recurse);

}  // namespace failover::ctl
