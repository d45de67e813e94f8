// Which serial of each zone PowerDNS has told the secondaries about: what getUpdatedMasters compares and
// setNotified sets. In memory alone: after a restart every zone counts as not yet notified, which costs one
// NOTIFY a zone.
//
// Any thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>

#include "core/model.hpp"

namespace failover::powerdns {

class Notified {
 public:
  // 0 where it was never told.
  std::uint32_t serial(ZoneNo zone) const {
    const std::lock_guard lock(mutex_);
    const auto found = serials_.find(zone);
    return found == serials_.end() ? 0 : found->second;
  }
  void set(ZoneNo zone, std::uint32_t serial) {
    const std::lock_guard lock(mutex_);
    serials_[zone] = serial;
  }

 private:
  mutable std::mutex mutex_;
  boost::unordered_flat_map<ZoneNo, std::uint32_t> serials_;
};

}  // namespace failover::powerdns
