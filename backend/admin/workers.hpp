// Threads for what may take its time (reading the trail, long lists, import, export), so that the server's
// own threads never wait.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <thread>

namespace failover::admin {

class Workers {
 public:
  explicit Workers(std::size_t threads) : pool_(threads) {}

  void post(std::function<void()> work) {
    ++posting_;
    boost::asio::post(pool_, std::move(work));
    --posting_;
  }
  // Finishes what is queued. Nothing may be posted afterwards.
  void join() {
    pool_.join();
    // Work may be done before the thread that posted it has let go of the pool.
    while (posting_ != 0) std::this_thread::yield();
  }

 private:
  std::atomic<int> posting_{0};
  boost::asio::thread_pool pool_;
};

}  // namespace failover::admin
