// Until when resolvers may hold old answers: of every name altered lately, the moment by which they have
// forgotten them all. A flip may follow another change of the same address, whose old answer outlives that of
// the flip.
//
// Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/announcer.hpp"
#include "core/change.hpp"

namespace failover {

class AllClear {
 public:
  // After the change was announced: `flushed` is what came of it. Returns the moment for what this change
  // alone altered.
  Time announced(const Change& change, std::span<const Flushed> flushed, Time now);

  // The moment for a name, whatever altered it; long ago where nothing did lately.
  Time of(std::string_view name) const;

 private:
  void keep(const std::string& name, Time until, Time now);

  mutable std::mutex mutex_;
  std::map<std::string, Time, std::less<>> until_;
  std::size_t most_ = 64;  // so many before those that have passed are looked for
};

}  // namespace failover
