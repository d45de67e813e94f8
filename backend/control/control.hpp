// The only writer. Requests queue up; its one thread takes all that wait, decides each (core/rules.hpp) over
// a draft, makes the accepted ones durable with one commit, applies them to the state and the table,
// announces them, and then answers. So many writers share one fsync, and an answer always means: durable,
// visible, flushed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "control/all_clear.hpp"
#include "control/announcer.hpp"
#include "control/feed.hpp"
#include "core/draft.hpp"
#include "core/rules.hpp"
#include "core/state.hpp"
#include "core/table.hpp"
#include "store/store.hpp"

namespace failover {

struct Write {
  Command command;
  Context by;  // `at` and `seed` are filled in by control
  std::optional<Revision> if_match;
};

// What an accepted write came to.
struct Outcome {
  bool changed;                  // false: it would have altered nothing, and nothing was recorded
  bool created;                  // the subject was not there before
  Revision revision;             // the subject's own, as it stands; 0 where it was deleted
  std::string body;              // the subject as the API shows it; "" where it was deleted
  std::string id;                // a group's address, a stack's or token's id, a zone's name
  std::vector<Record> previous;  // flip: what was answered before, with its TTL
  std::vector<Flushed> flushed;
  Time all_clear_at;  // by then no resolver that keeps to TTLs holds an old answer
};

class Control {
 public:
  using Done = std::function<void(Result<Outcome>)>;
  using DoneAll = std::function<void(std::vector<Result<Outcome>>)>;

  // Loads the store into state and table, then starts its thread. `announcer` outlives it. Throws as
  // Store::load.
  Control(Store& store, Table& table, Announcer& announcer);
  ~Control();  // finishes what is queued

  // Calls `done` once, from a thread of control's or the announcer's: hand over, do not work there. Any
  // thread.
  void submit(Write write, Done done);
  // Many in order, in one commit where that succeeds; refusals are each one's own. Not answered before all
  // are flushed. For import.
  void submit_all(std::vector<Write> writes, DoneAll done);

  // Reads what stands. The lock is shared, and held while `read` runs: be quick. Any thread.
  template <class Read>
  auto read(Read read) const {
    std::shared_lock lock(state_mutex_);
    return read(static_cast<const State&>(state_));
  }

  Feed& feed() { return feed_; }
  Store& store() { return store_; }  // for the trail and its check alone

  // Counters for the metrics: changes by verb, refusals by code, failed commits. A copy.
  struct Counters {
    std::map<std::string, std::uint64_t> changes;
    std::uint64_t commits = 0, store_errors = 0;
    double commit_seconds = 0;
  };
  Counters counters() const;

 private:
  struct Job {
    std::vector<Write> writes;
    DoneAll done;
  };
  struct Decided;
  void run();
  // Decides and commits; false where the store forbids one of the changes and each should be tried alone.
  bool try_together(std::vector<Job>& jobs);
  // `changes` are what `decided` points to.
  void publish(Job& job, std::vector<Decided> decided, std::shared_ptr<const void> changes);

  Store& store_;
  Table& table_;
  Announcer& announcer_;
  // Shared with announcements under way, which may end after this.
  const std::shared_ptr<AllClear> all_clear_ = std::make_shared<AllClear>();
  Feed feed_;
  State state_;
  mutable std::shared_mutex state_mutex_;
  mutable std::mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  Counters counters_;
  std::thread thread_;
};

}  // namespace failover
