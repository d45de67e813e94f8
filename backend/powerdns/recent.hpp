// Remembers which names are being answered, or were a moment ago: PowerDNS may put an answer that was read
// just before a change into its cache just after it was told to drop it, and then has to be told again.
//
// Rings of atomic words, without locks: answering threads write, each to a ring of its own where there are no
// more threads than rings, since two cores that write to the same lines wait for one another; the flusher
// reads them all. A ring holds the last 512 answers, at 40,000 a second those of 13 ms, and never loses one
// that is in flight.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace failover::powerdns {

// Of a name in any case, with or without its last dot.
std::uint64_t hash_name(std::string_view name);

// The same for a name that is in lower case without its last dot.
std::uint64_t hash_key(std::string_view key);

class Recent {
 public:
  using Clock = std::chrono::steady_clock;
  struct Ticket {
    std::uint32_t ring, place;
  };

  Recent();

  // Before the table is asked for the name. `now` is no later than that.
  Ticket start(std::uint64_t hash, Clock::time_point now);

  // After the answer was handed over.
  void finish(Ticket ticket, Clock::time_point now);

  // When the last answer for that name, or for any where it is "", that was begun by `before` was handed
  // over: `underway`, where one is still in flight; nullopt, where there was none lately. A change that was
  // in the table at `before` cannot have been missed by a lookup that this does not know of.
  static constexpr Clock::time_point underway = Clock::time_point::max();
  std::optional<Clock::time_point> last(std::string_view name, Clock::time_point before) const;

 private:
  struct Place {
    std::atomic<std::uint64_t> hash{0};
    std::atomic<Clock::rep> begun{0};
    std::atomic<Clock::rep> time;  // of the hand-over
  };
  static constexpr std::uint32_t places = 512, rings = 16;  // in all more than there can be connections
  static constexpr Clock::rep never = std::numeric_limits<Clock::rep>::min();
  static constexpr Clock::rep in_flight = std::numeric_limits<Clock::rep>::max();

  struct alignas(64) Ring {
    std::atomic<std::uint32_t> next{0};
    std::array<Place, places> all;
  };
  Place& place(Ticket ticket) { return rings_[ticket.ring].all[ticket.place]; }

  std::array<Ring, rings> rings_;
};

}  // namespace failover::powerdns
