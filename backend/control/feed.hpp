// Live news of changes to whoever watches. Never waits for a watcher.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/model.hpp"

namespace failover {

// A committed change as watchers get it: the JSON object of GET /v1/changes.
struct News {
  Revision revision;
  std::string json;
};

class Feed {
 public:
  using Batch = std::shared_ptr<const std::vector<News>>;
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
