#include "control/all_clear.hpp"

#include <algorithm>

#include "core/name.hpp"

namespace failover {
namespace {

// Beyond this the zones stand for their names.
constexpr std::size_t most_names = 5000;

}  // namespace

// Where a flush failed, PowerDNS may go on handing the old answer out for the TTL from its query cache and
// once more from its packet cache, which was filled from the former.
Time AllClear::announced(const Change& change, std::span<const Flushed> flushed, Time now) {
  const bool all = std::ranges::all_of(flushed, [](const Flushed& one) { return one.ok; });
  const Time until = now + std::chrono::seconds(change.old_ttl) * (all ? 1 : 3);
  const std::lock_guard lock(mutex_);
  if (const auto* zone = std::get_if<Touched<Zone>>(&change.subject)) {
    // Of the groups' answers it alters the TTL alone.
    if (zone->before && zone->after && zone->before->ttl != zone->after->ttl) keep(change.zone, until, now);
    return until;
  }
  if (const auto* group = std::get_if<Touched<Group>>(&change.subject); group && !group->before) return until;
  if (change.altered.size() > most_names) {
    for (const NewSerial& serial : change.serials) keep(serial.zone, until, now);
  } else {
    for (const std::string& name : change.altered) keep(name, until, now);
  }
  return until;
}

Time AllClear::of(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  Time until{};
  for (; !name.empty(); name = parent(name)) {
    if (const auto found = until_.find(name); found != until_.end()) until = std::max(until, found->second);
  }
  return until;
}

void AllClear::keep(const std::string& name, Time until, Time now) {
  Time& kept = until_[name];
  kept = std::max(kept, until);
  if (until_.size() <= most_) return;
  std::erase_if(until_, [now](const auto& one) { return one.second <= now; });
  most_ = std::max<std::size_t>(64, 2 * until_.size());
}

}  // namespace failover
