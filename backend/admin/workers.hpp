// Threads for what may take its time (reading the trail, long lists, import, export), so that the server's
// own threads never wait.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>

namespace failover::admin {

class Workers {
 public:
  explicit Workers(std::size_t threads) : pool_(threads) {}

  void post(std::function<void()> work) { boost::asio::post(pool_, std::move(work)); }
  // Finishes what is queued. Nothing may be posted afterwards.
  void join() { pool_.join(); }

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace failover::admin
