// Bringing a database's tables to the schema this program knows: schema/sqlite/NNNN-*.sql, embedded, applied
// in order, each in one transaction. The number of the last one stands in the database's user_version.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace failover {

// `path` is for messages. Throws std::runtime_error with what to do: another program's database, none at all,
// a newer schema than is known, an older one that can only be read. Throws SQLite::Exception where it cannot
// be read or written.
void migrate(SQLite::Database& database, const std::string& path);

}  // namespace failover
