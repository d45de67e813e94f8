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

// Why migrate() would refuse the schema of the file at `path`: newer than this program, or older and not to
// be written; "" where it would not, or where there is none. Reads the file's header and takes no lock, so
// another process may have it open: what that one has not brought from its log to the file yet is not seen.
std::string unusable_schema(const std::string& path);

}  // namespace failover
