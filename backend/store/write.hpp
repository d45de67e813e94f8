// Putting changes into the tables: one prepared statement for each way a row can alter.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <span>

#include "core/change.hpp"

namespace failover {

// For one thread. Uses `database`, which outlives it.
class Writer {
 public:
  explicit Writer(const SQLite::Database& database);

  // Inside a transaction that the caller began and ends. Throws SQLite::Exception, and std::logic_error for a
  // change to a row that is not there: the caller rolls back.
  void write(std::span<const Change> changes);

 private:
  void write(const Touched<Zone>& touched);
  void write(const Touched<Stack>& touched);
  void write(const Touched<Group>& touched);
  void write(const Touched<Token>& touched);
  void write(const Retired& retired);
  void write_trail(const Change& change);
  void write_altered(const Change& change);
  void write_serials(std::span<const Change> changes);
  void forget_altered(Time now, std::size_t added);

  SQLite::Statement insert_zone_, update_zone_, delete_zone_;
  SQLite::Statement insert_stack_, update_stack_, delete_stack_;
  SQLite::Statement insert_group_, update_group_, delete_group_;
  SQLite::Statement insert_token_, delete_token_;
  SQLite::Statement insert_retired_, insert_change_, insert_altered_, forget_altered_, put_serial_;
};

}  // namespace failover
