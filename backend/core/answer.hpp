// What a stack answers: its web head's addresses, or a CNAME. Pure functions.
#pragma once

#include <vector>

#include "core/model.hpp"

namespace failover {

// The servers traffic enters by: the load balancers where there is one that can be reached, else the web
// servers. A server with neither address nor hostname does not count. Indexes into `servers`, in the order
// registered.
std::vector<std::size_t> web_head(const std::vector<Server>& servers);

// Every A and AAAA of the web head; where it has none, a CNAME to its first hostname; empty where there is no
// web head. Sorted, each once; ttl is 0 (the group's is put in by whoever answers).
std::vector<Record> answer(const std::vector<Server>& servers);

}  // namespace failover
