// For PowerDNS's pipe connector, which starts a child for each connection it opens: passes what it says on to
// the backend's unix socket, and back. One process then answers all of them from one table.
#pragma once

#include <string>

namespace failover::powerdns {

// Relays until either side closes, then returns 0. Where the socket cannot be reached, within the time that a
// restart of the backend takes, or a side fails: says so on standard error and returns 1. PowerDNS then
// answers SERVFAIL and starts another child for its next question: resolvers ask another server meanwhile,
// while a `"result":false` would be taken for NXDOMAIN. Nothing but replies goes to `out`.
int relay(const std::string& socket_path, int in, int out);

}  // namespace failover::powerdns
