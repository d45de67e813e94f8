// A change: what one accepted request leaves behind. Made by rules.hpp, kept by the store, applied to the
// state and the table, announced. Nothing else ever alters anything.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model.hpp"

namespace failover {

// Who asks, when, from where, why. `seed` is where drawn labels and ids come from, so that rules stay pure.
struct Context {
  Time at{};
  std::string actor;
  std::string from;
  std::string reason;
  std::uint64_t seed = 0;
};

// One thing as it was and as it will be: `before` empty is created, `after` empty is deleted.
template <class T>
struct Touched {
  std::optional<T> before, after;
};

// An address brought in from elsewhere that shall never be issued here.
struct Retired {
  std::string zone;
  std::string label;
};

using Subject = std::variant<Touched<Zone>, Touched<Stack>, Touched<Group>, Touched<Token>, Retired>;

struct NewSerial {
  std::string zone;
  std::uint32_t serial;
};

struct Change {
  Revision revision = 0;
  Context by;
  std::string verb;  // "group_create", "group_set", "flip", "group_delete", "stack_put", "stack_rename", ...
  Subject subject;

  // Names for the trail as they were when it happened; "" where one does not apply.
  std::string zone;
  std::string group;  // the label
  std::string stack;  // the name
  std::string stack_id;

  // Zones in which this altered an answer.
  std::vector<NewSerial> serials;

  // Full names whose answer was altered or leads to one that was, each to be dropped from PowerDNS's caches.
  // A zone's own name stands for everything below it: a zone that is new or gone, and one whose own answers
  // at the apex or whose TTLs were altered.
  std::vector<std::string> altered;

  // The greatest TTL a resolver may have kept one of the old answers with.
  std::uint32_t old_ttl = 0;

  // The subject as the API shows it, JSON; "" is null. Filled in by control (render.hpp), since core knows no
  // JSON.
  std::string before, after;
};

}  // namespace failover
