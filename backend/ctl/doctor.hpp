// What `doctor` looks at. Each check adds its findings; none stops the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/api.hpp"
#include "ctl/moment.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {

// `level` is "ok", "warn" or "fail". `detail` of the latter two says what to do.
struct Finding {
  std::string level, name, detail;
};
using Findings = std::vector<Finding>;

struct DnsSettings {
  std::optional<HostPort> resolver;  // in place of the system's
  std::optional<HostPort> parent;    // a server of the parent zone, in place of looking for one
  HostPort powerdns;                 // where PowerDNS answers questions
};

// The server itself, its token and its own checks. False where nothing more can be asked.
bool check_server(const Api& api, Findings& findings);

// How far the server's clock is from ours: `time` is what it said between these two moments.
Finding clock_finding(std::string_view time, Moment before, Moment after);

// The NS set that the parent gives for each zone against the zone's own.
void check_delegation(const Api& api, const DnsSettings& dns, Findings& findings);

// The NS set that PowerDNS gives for each zone against the zone's own: whether it asks this failoverd at all.
void check_zones(const Api& api, const DnsSettings& dns, Findings& findings);

// What PowerDNS answers for some groups against what the API says.
void check_answers(const Api& api, const DnsSettings& dns, Findings& findings);

// Compares the NS names at the parent with the zone's own, both sorted.
Finding delegation_finding(const std::string& zone, const std::vector<std::string>& at_parent,
                           const std::vector<std::string>& own);

}  // namespace failover::ctl
