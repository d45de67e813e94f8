#include "store/write.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "store/columns.hpp"
#include "store/connection.hpp"
#include "store/store.hpp"

namespace failover {
namespace {

// A value that is NULL in the table where it is empty or 0 here.
template <class T>
struct OrNull {
  const T& value;
};
template <class T>
OrNull(const T&) -> OrNull<T>;

void put(SQLite::Statement& to, int at, std::int64_t value) { to.bind(at, value); }
void put(SQLite::Statement& to, int at, Time value) { to.bind(at, milliseconds(value)); }
void put(SQLite::Statement& to, int at, const std::string& value) { to.bindNoCopy(at, value); }
void put(SQLite::Statement& to, int at, std::string_view word) { to.bind(at, std::string(word)); }
void put(SQLite::Statement& to, int at, const TokenHash& hash) {
  to.bindNoCopy(at, hash.data(), int(hash.size()));
}
void put(SQLite::Statement& to, int at, const std::optional<Time>& value) {
  value ? put(to, at, *value) : to.bind(at);
}
void put(SQLite::Statement& to, int at, OrNull<std::string> text) {
  text.value.empty() ? to.bind(at) : to.bindNoCopy(at, text.value);
}
template <class Number>
void put(SQLite::Statement& to, int at, OrNull<Number> number) {
  number.value == 0 ? to.bind(at) : to.bind(at, std::int64_t{number.value});
}

// Runs a statement with these values and returns how many rows it altered. They need to live until then
// alone.
template <class... Values>
int run(SQLite::Statement& statement, const Values&... values) {
  const Rewind rewind{statement};
  int at = 0;
  (put(statement, ++at, values), ...);
  return statement.exec();
}

template <class... Values>
void run_on_one(SQLite::Statement& statement, const Values&... values) {
  if (run(statement, values...) != 1) throw std::logic_error("the row to alter is not in the store");
}

// Who starts looks ten minutes back (main.cpp).
constexpr std::chrono::minutes altered_kept{15};

}  // namespace

Writer::Writer(const SQLite::Database& db)
    : insert_zone_(
          db,
          "INSERT INTO zones (nameservers, hostmaster, ttl, negative_ttl, records, revision, created_at,"
          " updated_at, no, name) VALUES (?,?,?,?,?,?,?,?,?,?)"),
      update_zone_(db,
                   "UPDATE zones SET nameservers = ?, hostmaster = ?, ttl = ?, negative_ttl = ?, records = ?,"
                   " revision = ?, created_at = ?, updated_at = ? WHERE no = ?"),
      delete_zone_(db, "DELETE FROM zones WHERE no = ?"),
      insert_stack_(db,
                    "INSERT INTO stacks (name, servers, revision, created_at, updated_at, no, id)"
                    " VALUES (?,?,?,?,?,?,?)"),
      update_stack_(db,
                    "UPDATE stacks SET name = ?, servers = ?, revision = ?, created_at = ?, updated_at = ?"
                    " WHERE no = ?"),
      delete_stack_(db, "DELETE FROM stacks WHERE no = ?"),
      insert_group_(db,
                    "INSERT INTO groups (name, primary_stack, backup_stack, live, ttl, revision, created_at,"
                    " updated_at, live_since, zone, label, created_revision)"
                    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?6)"),
      update_group_(
          db,
          "UPDATE groups SET name = ?, primary_stack = ?, backup_stack = ?, live = ?, ttl = ?,"
          " revision = ?, created_at = ?, updated_at = ?, live_since = ? WHERE zone = ? AND label = ?"),
      delete_group_(db, "DELETE FROM groups WHERE zone = ? AND label = ?"),
      insert_token_(db,
                    "INSERT INTO tokens (name, role, stack, expires_at, hash, revision, created_at, id)"
                    " VALUES (?,?,?,?,?,?,?,?)"),
      delete_token_(db, "DELETE FROM tokens WHERE id = ?"),
      insert_retired_(db, "INSERT INTO retired (zone, label) VALUES (?,?) ON CONFLICT DO NOTHING"),
      insert_change_(
          db,
          "INSERT INTO changes (revision, at, verb, actor, \"from\", reason, zone, \"group\", stack,"
          " stack_id, before, after) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"),
      insert_altered_(db, "INSERT INTO altered (revision, at, names) VALUES (?,?,?)"),
      forget_altered_(db,
                      "DELETE FROM altered WHERE at < ? AND revision IN"
                      " (SELECT revision FROM altered ORDER BY revision LIMIT ?)"),
      put_serial_(db,
                  "INSERT INTO serials (zone, serial) VALUES (?,?)"
                  " ON CONFLICT (zone) DO UPDATE SET serial = excluded.serial") {}

void Writer::write(std::span<const Change> changes) {
  for (const Change& change : changes) {
    std::visit([this](const auto& subject) { write(subject); }, change.subject);
    write_trail(change);
    write_altered(change);
  }
  write_serials(changes);
  forget_altered(changes.back().by.at, changes.size());
}

void Writer::write(const Touched<Zone>& touched) {
  if (!touched.after) return run_on_one(delete_zone_, touched.before->no);
  const Zone& zone = *touched.after;
  const std::string nameservers = columns::write(zone.nameservers), records = columns::write(zone.records);
  const auto put_in = [&](SQLite::Statement& statement, const auto&... key) {
    run_on_one(statement, nameservers, zone.hostmaster, zone.ttl, zone.negative_ttl, records, zone.revision,
               zone.created_at, zone.updated_at, zone.no, key...);
  };
  touched.before ? put_in(update_zone_) : put_in(insert_zone_, zone.name);
}

void Writer::write(const Touched<Stack>& touched) {
  if (!touched.after) return run_on_one(delete_stack_, touched.before->no);
  const Stack& stack = *touched.after;
  const std::string servers = columns::write(stack.servers);
  const auto put_in = [&](SQLite::Statement& statement, const auto&... key) {
    run_on_one(statement, stack.name, servers, stack.revision, stack.created_at, stack.updated_at, stack.no,
               key...);
  };
  touched.before ? put_in(update_stack_) : put_in(insert_stack_, stack.id);
}

void Writer::write(const Touched<Group>& touched) {
  if (!touched.after) return run_on_one(delete_group_, touched.before->zone, touched.before->label);
  const Group& group = *touched.after;
  run_on_one(touched.before ? update_group_ : insert_group_, group.name, OrNull{group.primary},
             OrNull{group.backup}, to_string(group.live), OrNull{group.ttl}, group.revision, group.created_at,
             group.updated_at, group.live_since, group.zone, group.label);
}

void Writer::write(const Touched<Token>& touched) {
  if (!touched.after) return run_on_one(delete_token_, touched.before->id);
  const Token& token = *touched.after;
  run_on_one(insert_token_, token.name, to_string(token.role), OrNull{token.stack}, token.expires_at,
             token.hash, token.revision, token.created_at, token.id);
}

void Writer::write(const Retired& retired) { run(insert_retired_, retired.zone, retired.label); }

void Writer::write_trail(const Change& change) {
  run_on_one(insert_change_, change.revision, change.by.at, change.verb, change.by.actor, change.by.from,
             change.by.reason, OrNull{change.zone}, OrNull{change.group}, OrNull{change.stack},
             OrNull{change.stack_id}, OrNull{change.before}, OrNull{change.after});
}

void Writer::write_altered(const Change& change) {
  if (change.altered.empty()) return;
  if (change.altered.size() == 1) {
    return run_on_one(insert_altered_, change.revision, change.by.at, change.altered.front());
  }
  std::string names;
  if (change.altered.size() > most_altered) {
    for (const NewSerial& serial : change.serials) names += serial.zone + '\n';
  } else {
    for (const std::string& name : change.altered) names += name + '\n';
  }
  names.pop_back();
  run_on_one(insert_altered_, change.revision, change.by.at, names);
}

// Each zone's last serial alone: a thousand groups in one commit write one.
void Writer::write_serials(std::span<const Change> changes) {
  std::map<std::string_view, std::uint32_t> last;
  for (const Change& change : changes) {
    for (const NewSerial& serial : change.serials) last[serial.zone] = serial.serial;
  }
  for (const auto& [zone, serial] : last) run(put_serial_, zone, serial);
}

// Looks at twice as many of the oldest as were added, so that the table shrinks, and no commit pays for many
// others.
void Writer::forget_altered(Time now, std::size_t added) {
  run(forget_altered_, now - altered_kept, static_cast<std::int64_t>(2 * added));
}

}  // namespace failover
