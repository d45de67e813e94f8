#include "control/feed.hpp"

namespace failover {

int Feed::subscribe(Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.emplace(next_, std::move(listener));
  return next_++;
}

void Feed::unsubscribe(int id) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(id);
}

void Feed::publish(Batch batch) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, listener] : listeners_) listener(batch);
}

}  // namespace failover
