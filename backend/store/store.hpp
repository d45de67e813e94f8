// Where committed changes are kept. One interface, one file a store; SQLite is the one there is (sqlite.hpp).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/change.hpp"
#include "core/error.hpp"
#include "core/state.hpp"

namespace failover {

// One line of the trail, as it was kept.
struct TrailEntry {
  Revision revision;
  Time at;
  std::string verb, actor, from, reason;
  std::string zone, group, stack;  // "" does not apply
  std::string before, after;       // JSON, "" is null
};

// What to read of the trail: entries after a revision, oldest first. An empty text matches all.
struct TrailQuery {
  Revision after = 0;
  std::size_t limit = 100;
  std::string zone, group;           // group: a label; in that zone, where one is given
  std::string stack_id, stack_name;  // entries of that stack by either
};

// So many names of a zone are dropped by dropping all of it anyway (powerdns/flusher.hpp).
constexpr std::size_t most_altered = 5000;

class Store {
 public:
  virtual ~Store() = default;

  // All that was ever committed, into an empty state. Called once, before anything else. Throws
  // std::runtime_error with what to do about it where it cannot be read.
  virtual void load(State& state) = 0;

  // All of them or none, durable when it returns. Their revisions follow the last committed one without a
  // gap. store_unavailable: nothing was kept (a full disk, a read-only file); the next call may succeed.
  // internal_error: nothing was kept since a constraint of the schema forbids it, which is a bug in the
  // rules. Called by control's thread alone.
  virtual Result<void> commit(std::span<const Change> changes) = 0;

  // The trail. Any thread, while commits go on.
  virtual Result<std::vector<TrailEntry>> trail(const TrailQuery& query) = 0;

  // The names altered by changes committed at `since` or later, each once, for PowerDNS to drop after a
  // restart. Where those of a zone are more than `most_altered`, the zone's own stands for them.
  virtual std::vector<std::string> altered_since(Time since) = 0;

  // "ok", or what is wrong with the file. May take long. Any thread.
  virtual std::string check() = 0;
};

// `url` is "sqlite:PATH". The file and its tables are made where absent; older schemas are brought up to
// date. Throws std::runtime_error, saying what to do: unknown kind of store, newer schema, another process
// has it, not a database, no permission.
std::unique_ptr<Store> open_store(std::string_view url);

}  // namespace failover
