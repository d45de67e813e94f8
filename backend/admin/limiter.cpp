#include "admin/limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

namespace failover::admin {
namespace {

std::string network_of(const std::string& peer) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, peer.c_str(), &bytes) != 1) return peer;
  return std::string(reinterpret_cast<const char*>(bytes.s6_addr), 8);
}

}  // namespace

Limiter::Failure Limiter::fail(std::string_view peer, Clock::time_point now) {
  const std::string network = network_of(std::string(peer));
  std::lock_guard lock(mutex_);
  ++failures_;
  if (const auto found = by_network_.find(network); found != by_network_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
  } else {
    buckets_.push_front({network, burst, now});
    by_network_[network] = buckets_.begin();
    if (buckets_.size() > most_addresses) {
      by_network_.erase(buckets_.back().network);
      buckets_.pop_back();
    }
  }
  Bucket& bucket = buckets_.front();
  const std::chrono::duration<double> quiet = now - bucket.at;
  bucket.left = std::min(burst, bucket.left + quiet.count() * per_second);
  bucket.at = now;
  if (bucket.left == burst) bucket.is_over = false;
  if (bucket.left < 1) return std::exchange(bucket.is_over, true) ? Failure::over : Failure::first_over;
  bucket.left -= 1;
  return Failure::noted;
}

std::uint64_t Limiter::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

}  // namespace failover::admin
