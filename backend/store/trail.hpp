// Reading the trail, beside the connection that writes.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <map>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace failover {

// For one thread at a time.
class Trail {
 public:
  explicit Trail(SQLite::Database database) : database_(std::move(database)) {}

  // Throws SQLite::Exception.
  std::vector<TrailEntry> read(const TrailQuery& query);
  std::vector<std::string> altered_since(Time since);

 private:
  SQLite::Statement& prepared(const std::string& text);

  SQLite::Database database_;
  std::map<std::string, SQLite::Statement> statements_;  // by their text
};

}  // namespace failover
