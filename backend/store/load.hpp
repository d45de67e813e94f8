// Reading everything that stands into memory, at start.
#pragma once

#include <SQLiteCpp/Database.h>

#include "core/state.hpp"

namespace failover {

// Into an empty state. Throws SQLite::Exception, or std::runtime_error where a column holds what was never
// written.
void load(const SQLite::Database& database, State& state);

}  // namespace failover
