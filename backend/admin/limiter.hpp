// Slows failed sign-ins: each client address may fail a few times at once, then once a second. A right token
// is never refused, so that one careless program does not lock out everyone behind its address; guessing 256
// bits is hopeless at any rate, what is limited is the work and the noise.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace failover::admin {

class Limiter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr double burst = 10, per_second = 1;
  static constexpr std::size_t most_addresses = 4096;  // the longest quiet one is forgotten

  // Notes a failed sign-in. False: this one is over the limit. Any thread. IPv6 counts by /64, which is what
  // one customer gets.
  bool fail(std::string_view peer, Clock::time_point now = Clock::now());

  std::uint64_t failures() const;

 private:
  struct Bucket {
    std::string network;
    double left;
    Clock::time_point at;
  };
  mutable std::mutex mutex_;
  std::uint64_t failures_ = 0;
  std::list<Bucket> buckets_;  // the latest first
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_network_;
};

}  // namespace failover::admin
