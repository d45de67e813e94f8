// Lists kept as JSON in one column: [{"name","role","addresses":[],"hostname"}] and the like, with the words
// of the API. Pure functions. Reading what was not written here throws std::runtime_error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model.hpp"

namespace failover::columns {

std::string write(const std::vector<Server>& servers);
std::string write(const std::vector<Nameserver>& nameservers);
std::string write(const std::vector<OwnRecord>& records);

std::vector<Server> servers(std::string_view json);
std::vector<Nameserver> nameservers(std::string_view json);
std::vector<OwnRecord> records(std::string_view json);

}  // namespace failover::columns
