#include "net/line_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "net/wake_signal.hpp"

namespace failover::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largest_kept = 64 * 1024;  // of a reply's memory, for the next one

}  // namespace

LineServer::LineServer(Fd listener, NewHandler new_handler, LineLimits limits, std::vector<Fd> adopted)
    : listener_(std::move(listener)),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      new_handler_(std::move(new_handler)),
      limits_(limits) {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
  install_wake_signal();
  ::fcntl(listener_.get(), F_SETFL, ::fcntl(listener_.get(), F_GETFL) | O_NONBLOCK);
  for (Fd& fd : adopted) start(std::move(fd));
  acceptor_ = std::thread([this] { accept_loop(); });
}

LineServer::~LineServer() { stop(); }

void LineServer::accept_loop() {
  take_wake_signal_alone();
  pollfd waiting[] = {{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
  while (stage_.load() == Stage::serving) {
    ::poll(waiting, 2, -1);
    if (waiting[0].revents != 0) return;
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    reap();
    if (fd) {
      if (connections_.size() >= limits_.connections)
        counters_.refused.fetch_add(1, std::memory_order_relaxed);
      else
        start(std::move(fd));
    } else if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
      // Out of descriptors or memory: the caller stays in the queue, so wait rather than spin.
      ::poll(waiting, 1, 100);
    }
  }
}

void LineServer::start(Fd fd) {
  const auto timeout = limits_.send_timeout.count();
  const timeval limit{timeout / 1000, timeout % 1000 * 1000};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  Connection& connection = connections_.emplace_back();
  connection.fd = std::move(fd);
  counters_.open.fetch_add(1, std::memory_order_relaxed);
  try {
    connection.thread = std::thread([this, &connection] { serve(connection); });
    counters_.accepted.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::system_error&) {
    connections_.pop_back();
    counters_.open.fetch_sub(1, std::memory_order_relaxed);
    counters_.refused.fetch_add(1, std::memory_order_relaxed);
  }
}

void LineServer::reap() {
  connections_.remove_if([](Connection& connection) {
    if (!connection.ended.load()) return false;
    connection.thread.join();
    return true;
  });
}

void LineServer::serve(Connection& connection) {
  take_wake_signal_alone();
  {
    const auto handler = new_handler_();
    if (!converse(connection, *handler)) connection.fd = Fd();
  }
  counters_.open.fetch_sub(1, std::memory_order_relaxed);
  connection.ended.store(true);
}

// True: parked between two requests. False: over.
bool LineServer::converse(Connection& connection, LineHandler& handler) {
  const int fd = connection.fd.get();
  const auto buffer = std::make_unique_for_overwrite<char[]>(limits_.line);
  std::size_t held = 0;     // bytes of a line that has not ended yet
  bool discarding = false;  // of a line over the limit, which has had its reply
  std::string reply;
  for (;;) {
    const Stage stage = stage_.load(std::memory_order_relaxed);
    if (stage != Stage::serving && held == 0 && !discarding) return true;
    if (stage == Stage::cutting) return false;
    const ssize_t got = ::recv(fd, buffer.get() + held, limits_.line - held, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;

    std::string_view rest(buffer.get(), held + static_cast<std::size_t>(got));
    std::size_t searched = held;
    for (std::size_t end; (end = rest.find('\n', searched)) != rest.npos; searched = 0) {
      if (!std::exchange(discarding, false)) {
        reply.clear();
        handler.answer(rest.substr(0, end), reply);
        const bool sent = send_all(fd, reply);
        handler.sent();
        if (!sent) return false;
        // A whole zone was listed: the connection may live on for weeks without another.
        if (reply.capacity() > largest_kept) std::string().swap(reply);
      }
      rest.remove_prefix(end + 1);
    }
    if (!discarding && rest.size() == limits_.line) {
      discarding = true;
      reply.clear();
      handler.too_long(reply);
      const bool sent = send_all(fd, reply);
      handler.sent();
      if (!sent) return false;
    }
    held = discarding ? 0 : rest.size();
    if (held != 0 && rest.data() != buffer.get()) std::memmove(buffer.get(), rest.data(), held);
  }
}

bool LineServer::send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR && stage_.load() != Stage::cutting) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::vector<Fd> LineServer::park() {
  if (!acceptor_.joinable()) return {};
  stage_.store(Stage::parking);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto woken = ::write(wake_.get(), &one, sizeof one);
  acceptor_.join();

  const auto deadline = Clock::now() + limits_.park_timeout;
  const auto running = [](const Connection& connection) { return !connection.ended.load(); };
  while (std::ranges::any_of(connections_, running)) {
    if (Clock::now() >= deadline) stage_.store(Stage::cutting);
    for (Connection& connection : connections_)
      if (running(connection)) ::pthread_kill(connection.thread.native_handle(), wake_signal);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::vector<Fd> parked;
  for (Connection& connection : connections_) {
    connection.thread.join();
    if (connection.fd) parked.push_back(std::move(connection.fd));
  }
  connections_.clear();
  return parked;
}

}  // namespace failover::net
