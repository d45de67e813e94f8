// Server-sent events: the trail as it grows, for thousands of watchers.
//
// A watcher first reads what it has missed from the trail, page by page, and then joins the live ones. Live
// news is made into text once and shared by all; it is handed out by a thread of its own, a few watchers at a
// time with pauses between, so that a flip that arrives meanwhile never waits behind all of them. News that
// comes during that joins the next round. A watcher that does not take its news is dropped, never waited for,
// and so are all where changes come faster than they can be handed out (an import beside a thousand
// watchers); they can resume by Last-Event-ID.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "admin/workers.hpp"
#include "control/control.hpp"
#include "core/error.hpp"
#include "net/http_server.hpp"

namespace failover::admin {

class EventHub {
 public:
  // Both outlive it; the streams it gives do not. `connections` is how many the server takes: one in seven
  // stays for requests. `most_waiting_bytes` of changes wait to be handed out.
  EventHub(Control& control, Workers& workers, std::size_t connections,
           std::size_t most_waiting_bytes = 32 * 1024 * 1024);
  ~EventHub();  // stop()

  // The events after a revision, or from now on. The stream ends where `allowed`, asked from any thread
  // before news is given and at each heartbeat, says no. slow_down: there are too many watchers. Any thread.
  Result<std::shared_ptr<net::HttpReplyStream>> watch(std::optional<Revision> after,
                                                      std::function<bool()> allowed);

  // Ends every watcher's stream. Any thread, once or more.
  void stop();

  std::size_t watchers() const { return open_; }

  // "id: 17\nevent: change\ndata: {...}\n\n"
  static std::string to_event(Revision revision, std::string_view json);

 private:
  class Watcher;
  void run();
  struct Round;
  Round next_round();
  void hand_out(const Round& round);
  void leave_behind();
  // True where the watcher has seen all that was handed out so far: it is live from now on. Also true after
  // stop().
  bool join(const std::shared_ptr<Watcher>& watcher, Revision seen);

  Control& control_;
  Workers& workers_;
  const std::size_t most_watchers_;
  mutable std::mutex mutex_;
  std::condition_variable news_came_;
  std::deque<Feed::Batch> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<std::weak_ptr<Watcher>> live_, left_behind_;
  Revision handed_out_ = 0;           // the last revision given to the live ones
  std::atomic<std::size_t> open_{0};  // watchers there are, live or not
  bool stopping_ = false;
  int subscription_ = 0;
  std::thread thread_;
};

}  // namespace failover::admin
