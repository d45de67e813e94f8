#include "store/trail.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "core/name.hpp"
#include "store/connection.hpp"

namespace failover {
namespace {

// Only what is asked for stands in the statement, so that each is served by its index. An entry of a stack
// may have its id, its name, or both. A group's creation has its revision in the group's row, or the
// ledger's; CROSS JOIN keeps SQLite from looking at every group for it.
std::string statement_for(const TrailQuery& query) {
  std::string text =
      "SELECT revision, at, verb, actor, \"from\", reason, zone, \"group\", stack, before, after"
      " FROM changes WHERE revision > :after";
  if (!query.zone.empty()) text += " AND +zone = :zone";
  if (!query.group.empty()) {
    text +=
        " AND revision IN (SELECT revision FROM changes"
        " WHERE \"group\" = :group AND verb <> 'group_create' AND revision > :after"
        " UNION ALL SELECT created_revision FROM zones CROSS JOIN groups ON groups.zone = no"
        " WHERE label = :group"
        " UNION ALL SELECT created_revision FROM serials CROSS JOIN retired USING (zone)"
        " WHERE label = :group)";
  }
  if (!query.stack_id.empty() || !query.stack_name.empty()) {
    text +=
        " AND revision IN (SELECT revision FROM changes WHERE stack_id = :stack_id AND revision > :after"
        " UNION ALL SELECT revision FROM changes WHERE stack = :stack AND revision > :after)";
  }
  return text + " ORDER BY revision LIMIT :limit";
}

TrailEntry entry_of(SQLite::Statement& row) {
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  return {row.getColumn(0).getInt64(),
          time_from(row.getColumn(1).getInt64()),
          text(2),
          text(3),
          text(4),
          text(5),
          text(6),
          text(7),
          text(8),
          text(9),
          text(10)};
}

}  // namespace

SQLite::Statement& Trail::prepared(const std::string& text) {
  const auto found = statements_.find(text);
  if (found != statements_.end()) return found->second;
  return statements_.emplace(text, SQLite::Statement(database_, text)).first->second;
}

std::vector<TrailEntry> Trail::read(const TrailQuery& query) {
  SQLite::Statement& statement = prepared(statement_for(query));
  const Rewind rewind{statement};
  statement.bind(":after", query.after);
  statement.bind(":limit", static_cast<std::int64_t>(query.limit));
  if (!query.zone.empty()) statement.bindNoCopy(":zone", query.zone);
  if (!query.group.empty()) statement.bindNoCopy(":group", query.group);
  if (!query.stack_id.empty() || !query.stack_name.empty()) {
    statement.bindNoCopy(":stack_id", query.stack_id);
    statement.bindNoCopy(":stack", query.stack_name);
  }
  std::vector<TrailEntry> entries;
  while (statement.executeStep()) entries.push_back(entry_of(statement));
  return entries;
}

std::vector<std::string> Trail::altered_since(Time since) {
  std::map<std::string, std::set<std::string>, std::less<>> by_zone;  // every zone there ever was
  for (SQLite::Statement rows(database_, "SELECT zone FROM serials"); rows.executeStep();)
    by_zone[rows.getColumn(0).getString()];
  SQLite::Statement& statement = prepared("SELECT names FROM altered WHERE at >= :since");
  const Rewind rewind{statement};
  statement.bind(":since", milliseconds(since));
  // A million were altered where so many have just been imported, most likely into one zone.
  for (std::size_t open = by_zone.size(); open > 0 && statement.executeStep();) {
    const std::string lines = statement.getColumn(0).getString();
    for (std::size_t begin = 0, end; begin <= lines.size(); begin = end + 1) {
      end = std::min(lines.find('\n', begin), lines.size());
      const auto name = std::string_view(lines).substr(begin, end - begin);
      auto zone = by_zone.end();
      for (auto suffix = name; zone == by_zone.end() && !suffix.empty(); suffix = parent(suffix))
        zone = by_zone.find(suffix);
      if (zone == by_zone.end() || zone->second.size() > most_altered) continue;
      zone->second.emplace(name);
      if (zone->second.size() > most_altered) --open;
    }
  }
  std::vector<std::string> altered;
  for (auto& [zone, names] : by_zone) {
    if (names.size() > most_altered)
      altered.push_back(zone);
    else
      altered.insert(altered.end(), names.begin(), names.end());
  }
  return altered;
}

}  // namespace failover
