#include "net/closing_http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace failover::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;
using boost::system::error_code;

// How long to go on reading what a refused client still sends: to close with input unread would reset the
// connection, and the client might lose the reply.
constexpr std::chrono::milliseconds drain_timeout{1'000};
constexpr std::size_t drain_most = 16 * 1024 * 1024;

class Exchange;

// The exchanges under way.
struct Live {
  std::mutex mutex;
  std::unordered_set<Exchange*> exchanges;
};

// One request and its reply. Keeps itself alive by the operation that is under way.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, const ClosingHttpServer::Handler& handler, const ClosingHttpLimits& limits,
           HttpCounters& counters, Live& live)
      : stream_(std::move(socket)), handler_(handler), limits_(limits), counters_(counters), live_(live) {
    counters_.open.fetch_add(1, std::memory_order_relaxed);
    parser_.header_limit(static_cast<std::uint32_t>(limits.header));
    parser_.body_limit(limits.body);
  }
  ~Exchange() {
    counters_.open.fetch_sub(1, std::memory_order_relaxed);
    const std::lock_guard lock(live_.mutex);
    live_.exchanges.erase(this);
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void run() {
    {
      // Not before it is owned: who parks takes a share of it.
      const std::lock_guard lock(live_.mutex);
      live_.exchanges.insert(this);
    }
    stream_.expires_after(limits_.timeout);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

  // The server parks: a request that is not complete is given up, a reply where this is the second time.
  void hurry() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->is_writing_ && !std::exchange(self->is_hurried_, true)) return;
      self->stream_.close();
    });
  }

 private:
  void on_read(error_code error) {
    HttpQuestion question;
    if (error == http::error::body_limit)
      question.trouble = "the body is over " + std::to_string(limits_.body) + " bytes";
    else if (error == http::error::header_limit)
      question.trouble = "the header is over " + std::to_string(limits_.header) + " bytes";
    else if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message)
      question.trouble = "no HTTP request: " + error.message();
    else if (error)
      return;
    unread_input_ = !question.trouble.empty();
    if (!unread_input_) {
      auto& request = parser_.get();
      question.target = request.target();
      question.body = std::move(request.body());
    }
    write(handler_(question));
  }

  void write(HttpAnswer answer) {
    is_writing_ = true;
    answer_ = std::move(answer);
    head_ = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + answer_.content_type +
            "\r\nContent-Length: " + std::to_string(answer_.body.size()) + "\r\n\r\n";
    // Corked, the last segment is held back until the close, and takes the FIN along.
    const int on = 1;
    ::setsockopt(stream_.socket().native_handle(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    stream_.expires_after(limits_.timeout);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(answer_.body)};
    asio::async_write(stream_, parts, [self = shared_from_this()](error_code error, std::size_t) {
      self->is_writing_ = false;
      self->answer_.until_sent.reset();
      if (!error && self->unread_input_) self->drain();
      // Otherwise the last owner goes, and with it the socket is closed.
    });
  }

  void drain() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(drain_timeout);
    drain_some();
  }

  void drain_some() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = shared_from_this()](error_code error, std::size_t got) {
                              self->drained_ += got;
                              if (!error && self->drained_ < drain_most) self->drain_some();
                            });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request_parser<http::string_body> parser_;
  const ClosingHttpServer::Handler& handler_;
  const ClosingHttpLimits& limits_;
  HttpCounters& counters_;
  Live& live_;
  HttpAnswer answer_;
  std::string head_;
  bool is_writing_ = false;
  bool is_hurried_ = false;
  bool unread_input_ = false;
  std::size_t drained_ = 0;
};

}  // namespace

class ClosingHttpServer::Impl {
 public:
  Impl(Fd listener, Handler handler, ClosingHttpLimits limits)
      : handler_(std::move(handler)),
        limits_(limits),
        io_(static_cast<int>(limits.threads)),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {
    // The kernel hands out a connection only once there is something to read, which saves a trip through the
    // loop.
    const int seconds = 1;
    ::setsockopt(listener.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    const bool six = local_family(listener.get()) == AF_INET6;
    acceptor_.assign(six ? tcp::v6() : tcp::v4(), listener.get());
    listener.release();
    acceptor_.non_blocking(true);
    accept();
    running_ = limits_.threads;
    for (unsigned i = 0; i < limits_.threads; ++i)
      threads_.emplace_back([this] {
        sigset_t all;  // the process's signals go to whoever waits for them
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        io_.run();
        const std::lock_guard lock(live_.mutex);
        --running_;
        ended_.notify_one();
      });
  }

  void park() {
    if (threads_.empty()) return;
    asio::dispatch(acceptor_.get_executor(), [this] {
      parking_ = true;
      error_code ignored;
      acceptor_.cancel(ignored);
      pause_.cancel();
    });
    // With nobody accepting, the loop runs out of work when the last exchange ends.
    std::unique_lock lock(live_.mutex);
    while (!ended_.wait_for(lock, limits_.park_timeout, [this] { return running_ == 0; })) hurry_all(lock);
    lock.unlock();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  Fd take_listener() { return Fd(acceptor_.release()); }

  HttpCounters counters;

 private:
  static int local_family(int fd) {
    sockaddr_storage place{};
    socklen_t size = sizeof place;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&place), &size);
    return place.ss_family;
  }

  void hurry_all(std::unique_lock<std::mutex>& lock) {
    std::vector<std::shared_ptr<Exchange>> held;
    for (Exchange* exchange : live_.exchanges) {
      if (auto self = exchange->weak_from_this().lock()) held.push_back(std::move(self));
    }
    lock.unlock();  // to let go of the last owner takes the lock
    for (const auto& exchange : held) exchange->hurry();
    held.clear();
    lock.lock();
  }

  void accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      on_accept(error, std::move(socket));
    });
  }

  void on_accept(error_code error, tcp::socket socket) {
    if (!error) {
      if (counters.open.load() >= static_cast<std::int64_t>(limits_.connections)) {
        counters.refused.fetch_add(1, std::memory_order_relaxed);
        socket.close(error);
      } else {
        counters.accepted.fetch_add(1, std::memory_order_relaxed);
        const auto executor = socket.get_executor();
        auto exchange = std::make_shared<Exchange>(std::move(socket), handler_, limits_, counters, live_);
        asio::dispatch(executor, [exchange] { exchange->run(); });
      }
    }
    if (parking_) return;
    if (!error || error == asio::error::connection_aborted) return accept();
    // Out of descriptors or memory: the client stays in the queue, so wait rather than spin.
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](error_code) {
      if (!parking_) accept();
    });
  }

  const Handler handler_;
  const ClosingHttpLimits limits_;
  Live live_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  bool parking_ = false;           // on the acceptor's strand
  unsigned running_ = 0;           // threads in the loop; under live_'s mutex
  std::condition_variable ended_;  // one more has left it
  std::vector<std::thread> threads_;
};

ClosingHttpServer::ClosingHttpServer(Fd listener, Handler handler, ClosingHttpLimits limits)
    : impl_(std::make_unique<Impl>(std::move(listener), std::move(handler), limits)) {}

ClosingHttpServer::~ClosingHttpServer() { impl_->park(); }

void ClosingHttpServer::park() { impl_->park(); }

Fd ClosingHttpServer::take_listener() { return impl_->take_listener(); }

const HttpCounters& ClosingHttpServer::counters() const { return impl_->counters; }

}  // namespace failover::net
