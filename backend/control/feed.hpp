// Live news of committed changes to whoever watches. Never waits for a watcher.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/change.hpp"

namespace failover {

class Feed {
 public:
  // Of one commit, in order of revision; never empty.
  using Batch = std::shared_ptr<const std::vector<Change>>;
  using Listener = std::function<void(Batch)>;

  // The listener is called from control's thread, in order of revision, and must return at once. Any thread.
  int subscribe(Listener listener);
  void unsubscribe(int id);
  void publish(Batch batch);

 private:
  std::mutex mutex_;
  std::map<int, Listener> listeners_;
  int next_ = 1;
};

}  // namespace failover
