// Connections to the database as this program uses them. What SQLite refuses comes as SQLite::Exception.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

#include "core/model.hpp"

namespace failover {

enum class Access {
  write,   // or read, where the file can only be read: see is_read_only
  read,    // beside a connection that writes
  frozen,  // nobody can write: read the file as it is, without making the files beside it that WAL mode asks
           // for
};

// For one thread at a time. Memory: at most 64 MB for writing, 1 MB for reading.
SQLite::Database connect(const std::string& path, Access access);

bool is_read_only(const SQLite::Database& database);

// Puts a prepared statement back to its start, whatever became of it: a statement left open holds its
// snapshot, and the log could not be shortened.
struct Rewind {
  SQLite::Statement& statement;
  ~Rewind() { statement.tryReset(); }
};

// The integer of a query that has one.
std::int64_t number(const SQLite::Database& database, const char* query);

inline std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }
inline Time time_from(std::int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

}  // namespace failover
