// Counters of the whole program in Prometheus's text format. What other parts count comes as plain families;
// what the API counts itself is kept here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace failover::admin {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  double value;
};

// Buckets in rising order of `up_to`, each counting what lies above the one before; `beyond` what lies above
// all.
struct Histogram {
  Labels labels;
  std::vector<double> up_to;
  std::vector<std::uint64_t> counts;
  std::uint64_t beyond = 0;
  double sum = 0;
};

struct Family {
  enum class Kind { counter, gauge, histogram };
  std::string name, help;
  Kind kind;
  std::vector<Sample> samples;        // of counters and gauges
  std::vector<Histogram> histograms;  // of histograms
};

// What another part counts, as it stands now. Called from any thread.
using MetricsSource = std::function<std::vector<Family>()>;

// The text format, version 0.0.4.
std::string to_text(const std::vector<Family>& families);

// Requests by route and status, and how long they took. Any thread.
class RequestCounts {
 public:
  // `method` is one that a route has or "other", and `route` a pattern: so that there are few of them.
  void count(std::string_view method, std::string_view route, int status, std::chrono::duration<double> took);
  std::vector<Family> families() const;

 private:
  struct Key {
    std::string method, route;
    int status;
    auto operator<=>(const Key&) const = default;
  };
  mutable std::mutex mutex_;
  std::map<Key, std::uint64_t> requests_;
  std::map<std::string, Histogram> seconds_;  // by route
};

}  // namespace failover::admin
