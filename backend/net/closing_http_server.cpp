#include "net/closing_http_server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "net/closing_http_exchange.hpp"
#include "net/wake_signal.hpp"

namespace failover::net {

namespace asio = boost::asio;

class ClosingHttpServer::Impl {
 public:
  Impl(Fd listener, Handler handler, ClosingHttpLimits limits)
      : listener_(std::move(listener)), handler_(std::move(handler)), limits_(limits) {
    install_wake_signal();
    // The kernel hands out a connection only once there is something to read.
    const int seconds = 1;
    ::setsockopt(listener_.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    ::fcntl(listener_.get(), F_SETFL, ::fcntl(listener_.get(), F_GETFL) & ~O_NONBLOCK);
    accepting_ = limits_.threads;
    for (unsigned i = 0; i < limits_.threads; ++i) acceptors_.emplace_back([this] { accept_all(); });
    loop_ended_ = std::async(std::launch::async, [this] {
      take_wake_signal_alone();
      loop_.run();
    });
  }

  void park() {
    if (acceptors_.empty()) return;
    parking_ = true;
    while (accepting_ != 0) {
      for (auto& thread : acceptors_) ::pthread_kill(thread.native_handle(), wake_signal);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (auto& thread : acceptors_) thread.join();
    acceptors_.clear();
    work_.reset();
    while (loop_ended_.wait_for(limits_.park_timeout) != std::future_status::ready)
      asio::post(loop_, [this] {
        for (Exchange* exchange : live_) exchange->hurry();
      });
  }

  Fd take_listener() { return std::move(listener_); }

  HttpCounters counters;

 private:
  // Waiting in accept() itself: a connection wakes one of the threads, and not all as in poll().
  void accept_all() {
    take_wake_signal_alone();
    while (!parking_) {
      Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (fd)
        serve(std::move(fd));
      else if (errno != ECONNABORTED && errno != EINTR)
        // Out of descriptors or memory: the client stays in the queue, so wait rather than spin.
        ::poll(nullptr, 0, 100);
    }
    --accepting_;
  }

  void serve(Fd fd) {
    if (counters.open.fetch_add(1) >= static_cast<std::int64_t>(limits_.connections)) {
      counters.open.fetch_sub(1);
      counters.refused.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    counters.accepted.fetch_add(1, std::memory_order_relaxed);
    auto exchange = std::make_shared<Exchange>(std::move(fd), handler_, limits_, counters);
    if (exchange->at_once()) return;
    asio::post(loop_, [this, exchange = std::move(exchange)] { exchange->go_on(loop_, live_); });
  }

  Fd listener_;
  const Handler handler_;
  const ClosingHttpLimits limits_;
  Exchange::Live live_;
  asio::io_context loop_{1};  // for what has to wait, on a thread of its own
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  std::future<void> loop_ended_;
  std::atomic<bool> parking_{false};
  std::atomic<unsigned> accepting_{0};  // threads
  std::vector<std::thread> acceptors_;
};

ClosingHttpServer::ClosingHttpServer(Fd listener, Handler handler, ClosingHttpLimits limits)
    : impl_(std::make_unique<Impl>(std::move(listener), std::move(handler), limits)) {}

ClosingHttpServer::~ClosingHttpServer() { impl_->park(); }

void ClosingHttpServer::park() { impl_->park(); }

Fd ClosingHttpServer::take_listener() { return impl_->take_listener(); }

const HttpCounters& ClosingHttpServer::counters() const { return impl_->counters; }

}  // namespace failover::net
