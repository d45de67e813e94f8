// What failoverd writes to standard error.
#pragma once

#include <string>

namespace failover {

// `level`: debug, info, warning or error. `format`: text, or json (one object a line).
void set_up_log(const std::string& level, const std::string& format);

}  // namespace failover
