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

namespace {

// Which ring this thread writes to, of however many there are.
std::uint32_t own_ring() {
  static std::atomic<std::uint32_t> next{0};
  static thread_local const std::uint32_t ring = next.fetch_add(1, std::memory_order_relaxed);
  return ring;
}

}  // namespace

Recent::Recent() {
  for (Ring& ring : rings_)
    for (Place& place : ring.all) place.time.store(never, std::memory_order_relaxed);
}

Recent::Ticket Recent::start(std::uint64_t hash, Clock::time_point now) {
  const std::uint32_t own = own_ring();
  for (std::uint32_t tried = 0;; ++tried) {
    // On to the next ring, where all of this one are in flight.
    const std::uint32_t ring = (own + tried / places) % rings;
    const std::uint32_t next = rings_[ring].next.fetch_add(1, std::memory_order_relaxed);
    const Ticket ticket{ring, next % places};
    Place& taken = place(ticket);
    Clock::rep time = taken.time.load(std::memory_order_relaxed);
    // Whoever is still in flight keeps its place, however long ago it took it.
    if (time == in_flight || !taken.time.compare_exchange_strong(time, in_flight)) continue;
    taken.begun.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    // Sequentially consistent, as the table's words are: either last() sees this, or the lookup sees the
    // change.
    taken.hash.store(hash, std::memory_order_seq_cst);
    return ticket;
  }
}

void Recent::finish(Ticket ticket, Clock::time_point now) {
  place(ticket).time.store(now.time_since_epoch().count(), std::memory_order_release);
}

std::optional<Recent::Clock::time_point> Recent::last(std::string_view name, Clock::time_point before) const {
  const std::uint64_t hash = hash_name(name);
  const bool any = name.empty();
  Clock::rep latest = never;
  for (const Ring& ring : rings_) {
    for (const Place& place : ring.all) {
      // The hash first: where it is this one's, what is read after it is at least as new. A place taken anew
      // meanwhile had been given back, and so long ago that it does not count.
      const bool is_it = place.hash.load(std::memory_order_seq_cst) == hash || any;
      if (!is_it || place.begun.load(std::memory_order_relaxed) > before.time_since_epoch().count()) continue;
      latest = std::max(latest, place.time.load(std::memory_order_seq_cst));
    }
  }
  if (latest == never) return std::nullopt;
  return Clock::time_point(Clock::duration(latest));
}

}  // namespace failover::powerdns
