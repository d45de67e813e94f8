#include "store/connection.hpp"

#include <sqlite3.h>

namespace failover {
namespace {

// How long to wait for somebody who writes with sqlite3 before a change is refused.
constexpr int busy_milliseconds = 1000;

// RFC 3986 for SQLite's URI file names: what could end the path is escaped.
std::string uri(const std::string& path) {
  std::string text = "file:";
  for (const char c : path) {
    if (c == '%')
      text += "%25";
    else if (c == '?')
      text += "%3f";
    else if (c == '#')
      text += "%23";
    else
      text += c;
  }
  return text + "?immutable=1";
}

}  // namespace

SQLite::Database connect(const std::string& path, Access access) {
  if (access == Access::frozen) {
    return {uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, busy_milliseconds};
  }
  const int mode = access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  SQLite::Database database(path, mode | SQLITE_OPEN_NOMUTEX, busy_milliseconds);
  // Checkpoints are checkpoint.hpp's. Nothing secret is kept that deleting would have to overwrite.
  database.exec(
      "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA secure_delete = OFF");
  // An import's commit touches some 20 MB of pages. Were there less room, they would be written twice.
  database.exec(access == Access::write ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -1024");
  return database;
}

bool is_read_only(const SQLite::Database& database) {
  return sqlite3_db_readonly(database.getHandle(), "main") == 1;
}

std::int64_t number(const SQLite::Database& database, const char* query) {
  SQLite::Statement statement(database, query);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

}  // namespace failover
