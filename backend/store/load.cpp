#include "store/load.hpp"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "store/columns.hpp"
#include "store/connection.hpp"

namespace failover {
namespace {

// The rows of a query. SQLiteCpp's columns count a reference each, which a million groups would pay for; here
// a row's columns are read in order, straight from SQLite.
class Rows {
 public:
  Rows(const SQLite::Database& database, const char* query) : database_(database) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database.getHandle(), query, -1, &statement, nullptr));
    statement_.reset(statement);
  }

  // False from the end on, where SQLite would begin again.
  bool next() {
    column_ = 0;
    if (at_end_) return false;
    const int result = sqlite3_step(statement_.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) check(result);
    at_end_ = result == SQLITE_DONE;
    return !at_end_;
  }

  // NULL reads as 0, "" and 1970.
  std::int64_t number() { return sqlite3_column_int64(statement_.get(), column_++); }
  template <class Number>
  Number number_as() {
    return static_cast<Number>(number());
  }
  Time time() { return time_from(number()); }
  // Good until the next row.
  std::string_view text() {
    const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column_));
    const int size = sqlite3_column_bytes(statement_.get(), column_++);
    return begin == nullptr ? std::string_view() : std::string_view(begin, static_cast<std::size_t>(size));
  }
  bool is_null() const { return sqlite3_column_type(statement_.get(), column_) == SQLITE_NULL; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void check(int result) const {
    if (result != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), result);
  }

  const SQLite::Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int column_ = 0;
  bool at_end_ = false;
};

template <class T>
T known(std::optional<T> word, const char* table) {
  if (!word) throw std::runtime_error(std::string("an unknown word in ") + table);
  return *word;
}

void load_zones(const SQLite::Database& database, State& state) {
  Rows rows(database,
            "SELECT no, name, nameservers, hostmaster, ttl, negative_ttl, records, coalesce(serial, 0),"
            " revision, created_at, updated_at FROM zones LEFT JOIN serials ON zone = name");
  while (rows.next()) {
    Zone zone;
    zone.no = rows.number_as<ZoneNo>();
    zone.name = rows.text();
    zone.nameservers = columns::nameservers(rows.text());
    zone.hostmaster = rows.text();
    zone.ttl = rows.number_as<std::uint16_t>();
    zone.negative_ttl = rows.number_as<std::uint16_t>();
    zone.records = columns::records(rows.text());
    zone.serial = rows.number_as<std::uint32_t>();
    zone.revision = rows.number();
    zone.created_at = rows.time();
    zone.updated_at = rows.time();
    state.load(std::move(zone));
  }
}

void load_stacks(const SQLite::Database& database, State& state) {
  Rows rows(database, "SELECT no, id, name, servers, revision, created_at, updated_at FROM stacks");
  while (rows.next()) {
    Stack stack;
    stack.no = rows.number_as<StackNo>();
    stack.id = rows.text();
    stack.name = rows.text();
    stack.servers = columns::servers(rows.text());
    stack.revision = rows.number();
    stack.created_at = rows.time();
    stack.updated_at = rows.time();
    state.load(std::move(stack));
  }
}

Group group_of(Rows& rows) {
  Group group;
  group.zone = rows.number_as<ZoneNo>();
  group.label = rows.text();
  group.name = rows.text();
  group.primary = rows.number_as<StackNo>();
  group.backup = rows.number_as<StackNo>();
  group.live = known(side_from(rows.text()), "groups");
  group.ttl = rows.number_as<std::uint16_t>();
  group.revision = rows.number();
  group.created_at = rows.time();
  group.updated_at = rows.time();
  group.live_since = rows.time();
  return group;
}

// In the order they lie in, which is by label in each zone: nearly that of the addresses. A million are most
// of a start, so the next ones are read while some are given to the state.
void load_groups(const SQLite::Database& database, State& state) {
  constexpr std::size_t together = 10'000;
  Rows rows(database,
            "SELECT zone, label, name, primary_stack, backup_stack, live, ttl, revision, created_at,"
            " updated_at, live_since FROM groups ORDER BY zone, label");
  const auto read = [&] {
    std::vector<Group> groups;
    while (groups.size() < together && rows.next()) groups.push_back(group_of(rows));
    return groups;
  };
  for (std::vector<Group> groups = read(); !groups.empty();) {
    std::future<std::vector<Group>> next = std::async(std::launch::async, read);
    for (Group& group : groups) state.load(std::move(group));
    groups = next.get();
  }
}

void load_tokens(const SQLite::Database& database, State& state) {
  Rows rows(database, "SELECT id, name, role, stack, hash, revision, created_at, expires_at FROM tokens");
  while (rows.next()) {
    Token token;
    token.id = rows.text();
    token.name = rows.text();
    token.role = known(token_role_from(rows.text()), "tokens");
    token.stack = rows.number_as<StackNo>();
    std::ranges::copy(rows.text(), token.hash.begin());
    token.revision = rows.number();
    token.created_at = rows.time();
    if (!rows.is_null()) token.expires_at = rows.time();
    state.load(std::move(token));
  }
}

}  // namespace

void load(const SQLite::Database& database, State& state) {
  load_zones(database, state);
  load_stacks(database, state);
  load_groups(database, state);
  load_tokens(database, state);
  for (Rows rows(database, "SELECT zone, label FROM retired"); rows.next();) {
    const std::string_view zone = rows.text();
    state.load_retired(zone, rows.text());
  }
  for (Rows rows(database, "SELECT zone, serial FROM serials"); rows.next();) {
    const std::string_view zone = rows.text();
    state.load_serial(zone, rows.number_as<std::uint32_t>());
  }
  state.load_revision(number(database, "SELECT max(revision) FROM changes"));
}

}  // namespace failover
