// When one PowerDNS server is to notify which zones: pure bookkeeping. Belongs to one thread.
//
// A secondary that hears of a change asks for the SOA, and PowerDNS may answer that from its caches, which a
// flush of other names leaves alone: with the serial from before. Up to the SOA's TTL (2 s) in the packet
// cache, and where the query cache is left at its default, 20 s in that. So each change is told three times:
// soon, once the packet cache has the new serial, and once every cache has.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace failover::powerdns {

class Notices {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::array<std::chrono::milliseconds, 3> after_change{
      std::chrono::milliseconds(100), std::chrono::seconds(4), std::chrono::seconds(24)};
  static constexpr std::chrono::seconds apart{1};  // of one zone's, however many changes come

  void changed(const std::string& zone, Moment now) {
    auto& notice = zones_[zone];
    notice.changed = now;
    // One that is due soon stays due, or changes without a pause would put it off for ever.
    if (!notice.soon) notice.soon = now + after_change[0];
    notice.told = 1;
  }

  // The zones to notify at `now`, each counted as told.
  std::vector<std::string> take(Moment now) {
    std::vector<std::string> due;
    for (auto& [zone, notice] : zones_) {
      if (const auto at = when(notice); !at || *at > now) continue;
      due.push_back(zone);
      notice.sent = now;
      if (notice.soon && *notice.soon <= now) notice.soon.reset();
      // Those that a busy zone made late are told by this one.
      while (notice.told < after_change.size() && notice.changed + after_change[notice.told] <= now)
        ++notice.told;
    }
    return due;
  }

  std::optional<Moment> next_due() const {
    std::optional<Moment> next;
    for (const auto& [zone, notice] : zones_)
      if (const auto at = when(notice); at && (!next || *at < *next)) next = at;
    return next;
  }

 private:
  struct Notice {
    Moment changed;
    std::optional<Moment> soon = {};  // when the first of after_change is due, for the earliest change untold
    std::optional<Moment> sent = {};
    std::size_t told = 1;  // of after_change, for the latest change; the first is `soon`
  };

  static std::optional<Moment> when(const Notice& notice) {
    if (!notice.soon && notice.told == after_change.size()) return std::nullopt;
    const Moment due = notice.soon ? *notice.soon : notice.changed + after_change[notice.told];
    return notice.sent ? std::max(due, *notice.sent + apart) : due;
  }

  std::map<std::string, Notice> zones_;
};

}  // namespace failover::powerdns
