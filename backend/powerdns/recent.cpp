#include "powerdns/recent.hpp"

#include <algorithm>
#include <functional>

#include "core/name.hpp"

namespace failover::powerdns {

std::uint64_t hash_key(std::string_view key) { return std::hash<std::string_view>{}(key); }

std::uint64_t hash_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return hash_key(lower(name));
}

Recent::Recent() {
  for (Place& place : ring_) place.time.store(never, std::memory_order_relaxed);
}

Recent::Ticket Recent::start(std::uint64_t hash, Clock::time_point now) {
  for (;;) {
    const std::uint32_t at = next_.fetch_add(1, std::memory_order_relaxed) % places;
    Place& place = ring_[at];
    Clock::rep time = place.time.load(std::memory_order_relaxed);
    // Whoever is still in flight keeps its place, however long ago it took it.
    if (time == in_flight || !place.time.compare_exchange_strong(time, in_flight)) continue;
    place.begun.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    // Sequentially consistent, as the table's words are: either last() sees this, or the lookup sees the
    // change.
    place.hash.store(hash, std::memory_order_seq_cst);
    return {at};
  }
}

void Recent::finish(Ticket ticket, Clock::time_point now) {
  ring_[ticket.place].time.store(now.time_since_epoch().count(), std::memory_order_release);
}

std::optional<Recent::Clock::time_point> Recent::last(std::string_view name, Clock::time_point before) const {
  const std::uint64_t hash = hash_name(name);
  Clock::rep latest = never;
  for (const Place& place : ring_) {
    // The hash first: where it is this one's, what is read after it is at least as new. A place taken anew
    // meanwhile had been given back, and so long ago that it does not count.
    if (place.hash.load(std::memory_order_seq_cst) != hash ||
        place.begun.load(std::memory_order_relaxed) > before.time_since_epoch().count())
      continue;
    latest = std::max(latest, place.time.load(std::memory_order_seq_cst));
  }
  if (latest == never) return std::nullopt;
  return Clock::time_point(Clock::duration(latest));
}

}  // namespace failover::powerdns
