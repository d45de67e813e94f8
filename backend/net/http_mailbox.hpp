// A value that comes from another thread to a waiting coroutine. For http_session.cpp alone.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>

namespace failover::net {

// The timer is rung (cancelled, on its own executor) when the value is there. A value that comes after the
// waiting side has closed the box is dropped: the connection, or the whole server, is gone by then.
template <class T>
class Mailbox {
 public:
  explicit Mailbox(boost::asio::steady_timer& bell) : bell_(&bell) {}

  // Any thread. `self` is this box.
  static void put(const std::shared_ptr<Mailbox>& self, T value) {
    std::lock_guard lock(self->mutex_);
    if (!self->bell_ || self->value_) return;
    self->value_ = std::move(value);
    boost::asio::post(self->bell_->get_executor(), [self] {
      std::lock_guard again(self->mutex_);
      if (self->bell_) self->bell_->cancel();
    });
  }

  std::optional<T> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }

  void close() {
    std::lock_guard lock(mutex_);
    bell_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::steady_timer* bell_;
  std::optional<T> value_;
};

}  // namespace failover::net
