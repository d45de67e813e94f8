// The dashboard's files, embedded into the program (dashboard/ beside this file).
#pragma once

#include <string_view>

namespace failover::admin {

bool is_dashboard_file(std::string_view name);

}  // namespace failover::admin
