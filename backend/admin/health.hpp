// Whether all is well: alive, ready, metrics, and the doctor's checks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "admin/metrics.hpp"
#include "control/control.hpp"

namespace failover::admin {

// One thing the doctor looked at; where it is not ok, `detail` says what to do.
struct Check {
  std::string name;
  bool ok;
  std::string detail;
};

class Health {
 public:
  struct Sources {
    std::function<bool()> ready;                 // lookups are answered; empty: always
    std::vector<MetricsSource> metrics;          // of the DNS side, flushes, ...
    std::function<std::vector<Check>()> checks;  // of PowerDNS's servers; may take seconds; empty: none
  };

  Health(Control& control, Sources sources) : control_(control), sources_(std::move(sources)) {}

  bool ready() const { return !sources_.ready || sources_.ready(); }
  std::string metrics() const;
  // The store's integrity, PowerDNS, groups that could not fail over, the clock. May take long.
  std::vector<Check> examine() const;

  // Counters of this process's API.
  void add_metrics(MetricsSource source) { sources_.metrics.push_back(std::move(source)); }

 private:
  std::vector<Family> own_metrics() const;
  std::vector<Check> group_checks() const;

  Control& control_;
  Sources sources_;
};

}  // namespace failover::admin
