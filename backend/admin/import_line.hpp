// One line of an import becomes a command. Importing is putting: what is there already is set to what the
// line says, so that an import that was interrupted can be run again.
#pragma once

#include <string>
#include <string_view>

#include "admin/json.hpp"
#include "core/rules.hpp"

namespace failover::admin {

struct ImportLine {
  Command command;
  // What it is about ("zone NAME", "stack NAME", "group ADDRESS", ...), for telling whether an earlier line
  // of the same batch is about the same. "" where a new label is drawn.
  std::string subject;
};

// malformed_json or invalid, as for a body of the API. `view` tells which groups there are.
Result<ImportLine> read_import_line(const View& view, std::string_view line);

}  // namespace failover::admin
