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

  enum class Failure { noted, first_over, over };

  // Notes a failed sign-in, and tells whether it is over the limit: the first one to be so since the address
  // was quiet, or a later one. Any thread. IPv6 counts by /64, which is what one customer gets.
  Failure fail(std::string_view peer, Clock::time_point now = Clock::now());

  std::uint64_t failures() const;

 private:
  struct Bucket {
    std::string network;
    double left;
    Clock::time_point at;
    bool is_over = false;
  };
  mutable std::mutex mutex_;
  std::uint64_t failures_ = 0;
  std::list<Bucket> buckets_;  // the latest first
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_network_;
};

}  // namespace failover::admin
