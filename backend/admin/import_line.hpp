// One line of an import becomes a command. Importing is putting: what is there already is set to what the
// line says, so that an import that was interrupted can be run again.
#pragma once

#include <string>
#include <string_view>

#include "admin/json.hpp"
#include "core/rules.hpp"

namespace failover::admin {

// malformed_json or invalid, as for a body of the API.
Result<Command> read_import_line(std::string_view line);

}  // namespace failover::admin
