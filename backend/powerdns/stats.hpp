// Counts of what was asked and how long it took, cheap enough for every question: relaxed atomics, spread
// over several cache lines so that connections do not wait for one another's.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "powerdns/respond.hpp"

namespace failover::powerdns {

class Stats {
 public:
  // Upper bounds of the latency buckets; one more bucket holds what is slower.
  static constexpr std::array<std::chrono::nanoseconds, 11> bounds{
      std::chrono::microseconds(2),   std::chrono::microseconds(5),   std::chrono::microseconds(10),
      std::chrono::microseconds(20),  std::chrono::microseconds(50),  std::chrono::microseconds(100),
      std::chrono::microseconds(250), std::chrono::milliseconds(1),   std::chrono::milliseconds(10),
      std::chrono::milliseconds(100), std::chrono::milliseconds(1000)};

  // One connection's share. Any number of them write to the same one.
  struct alignas(64) Shard {
    std::array<std::atomic<std::uint64_t>, outcomes> by_outcome{};
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> lookups{};
    std::atomic<std::uint64_t> lookup_nanoseconds{0};

    void count(Outcome outcome) { add(by_outcome[static_cast<std::size_t>(outcome)], 1); }
    // From the question's last byte read to the reply's last byte written.
    void lookup_took(std::chrono::nanoseconds time) {
      std::size_t bucket = 0;
      while (bucket < bounds.size() && time > bounds[bucket]) ++bucket;
      add(lookups[bucket], 1);
      add(lookup_nanoseconds, static_cast<std::uint64_t>(time.count()));
    }

   private:
    static void add(std::atomic<std::uint64_t>& count, std::uint64_t by) {
      count.fetch_add(by, std::memory_order_relaxed);
    }
  };

  struct Totals {
    std::array<std::uint64_t, outcomes> by_outcome{};        // in the order of Outcome
    std::array<std::uint64_t, bounds.size() + 1> lookups{};  // in each bucket alone, not cumulative
    std::chrono::nanoseconds lookup_time{0};
  };

  Shard& shard() { return shards_[next_.fetch_add(1, std::memory_order_relaxed) % shards_.size()]; }

  // Any thread. Counts that move meanwhile may be in or out.
  Totals read() const {
    Totals totals;
    for (const Shard& shard : shards_) {
      for (std::size_t i = 0; i < totals.by_outcome.size(); ++i) totals.by_outcome[i] += shard.by_outcome[i];
      for (std::size_t i = 0; i < totals.lookups.size(); ++i) totals.lookups[i] += shard.lookups[i];
      totals.lookup_time += std::chrono::nanoseconds(shard.lookup_nanoseconds);
    }
    return totals;
  }

 private:
  std::array<Shard, 16> shards_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace failover::powerdns
