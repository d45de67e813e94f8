// How many file descriptors the process may have, and who gets them: PowerDNS first.
#pragma once

#include <cstddef>

namespace failover {

// Raises the limit as far as it goes without a privilege, and returns it.
std::size_t raise_descriptor_limit();

// How many connections the admin side may take of so many descriptors, so that the DNS side and the files
// always find theirs.
std::size_t admin_connections(std::size_t descriptors, bool has_dns_http);

}  // namespace failover
