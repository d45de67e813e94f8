// What one PowerDNS server still has to drop from its caches, in the order it is due: pure bookkeeping, no
// socket and no clock. Belongs to one thread.
//
// A name waits at most once. What is handed out by next() no longer waits, so a change that comes after it
// waits anew: a flush that was sent before a change says nothing about it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace failover::powerdns {

struct Announcement;  // announcement.hpp: somebody who waits for names

// So many names of one announcement.
struct Waiter {
  std::shared_ptr<Announcement> announcement;
  std::size_t names;
};

struct Flush {
  using Moment = std::chrono::steady_clock::time_point;

  std::string name;
  std::string zone;    // "" where it is not known; where it is the name itself, everything in it is dropped
  Moment since;        // the first change that it has not been flushed for
  Moment changed;      // and the last
  Moment settled;      // a flush counts as the last one where it is sent no earlier (flusher.hpp: the race);
                       // max(): not known yet
  bool again = false;  // a flush for the same changes was answered already
  unsigned failures = 0;  // in a row
  std::vector<Waiter> waiters = {};
};

class FlushQueue {
 public:
  using Moment = Flush::Moment;

  // Where more names of one zone wait, they become one flush of the zone itself.
  explicit FlushQueue(std::size_t names_of_a_zone) : names_of_a_zone_(names_of_a_zone) {}

  // To be flushed at `due` or soon after; joins what waits for the name or for its zone.
  void add(Flush flush, Moment due);

  // Takes out what has been due longest; nullopt where nothing is due at `now`.
  std::optional<Flush> next(Moment now);

  std::optional<Moment> next_due() const;
  std::optional<Moment> oldest() const;  // the earliest `since`
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Flush flush;
    std::multimap<Moment, std::string>::iterator due;
    std::multiset<Moment>::iterator since;
  };
  using Names = std::unordered_map<std::string, Waiting>;

  void join(Names::iterator into, Flush&& flush, Moment due);
  Flush take(Names::iterator from);
  void gather(const std::string& zone, Moment due);

  std::size_t names_of_a_zone_;
  Names waiting_;
  std::multimap<Moment, std::string> due_;                 // one for each that waits
  std::multiset<Moment> sinces_;                           // likewise
  std::unordered_map<std::string, std::size_t> names_in_;  // by zone, without the zone's own name
};

}  // namespace failover::powerdns
