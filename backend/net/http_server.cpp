#include "net/http_server.hpp"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "net/http_session.hpp"
#include "net/tls.hpp"

namespace failover::net {

namespace asio = boost::asio;
using boost::system::error_code;

std::string_view HttpRequest::header(std::string_view name) const {
  auto found =
      std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

struct HttpServer::Core {
  Core(const Fd& listener, HttpApplication& app, HttpLimits given, std::optional<TlsFiles> files)
      : application(app),
        limits(given),
        tls_files(std::move(files)),
        acceptor(asio::make_strand(context)),
        pause(acceptor.get_executor()) {
    if (tls_files) tls = load_tls(*tls_files);
    int fd = ::fcntl(listener.get(), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::system_category(), "duplicating the admin listener");
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
    acceptor.assign(bound.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd);
  }

  void run() {
    accept();
    for (int i = 0; i < 2; ++i) threads.emplace_back([this] { context.run(); });
  }

  void accept() {
    acceptor.async_accept(asio::make_strand(context),
                          [this](error_code failed, asio::ip::tcp::socket socket) {
                            if (failed == asio::error::operation_aborted || !acceptor.is_open()) return;
                            if (failed) return accept_later();
                            // Asio accepts without close-on-exec, and a program started in this one's place
                            // must not inherit it.
                            ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
                            take(std::move(socket));
                            accept();
                          });
  }

  // No descriptor or memory is left: it may be better in a moment.
  void accept_later() {
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([this](error_code failed) {
      if (!failed) accept();
    });
  }

  void take(asio::ip::tcp::socket socket) {
    std::unique_lock lock(mutex);
    if (stopping) return;
    if (sessions.size() >= limits.connections && !close_longest(&HttpSession::stranger_since) &&
        !close_longest(&HttpSession::idle_since)) {
      lock.unlock();
      return turn_away(std::move(socket));
    }
    auto session = make_session(std::move(socket), application, limits, tls);
    const auto number = next++;
    sessions.emplace(number, session);
    lock.unlock();
    session->start([this, number] {
      std::lock_guard again(mutex);
      sessions.erase(number);
      if (sessions.empty()) emptied.notify_all();
    });
  }

  bool close_longest(std::int64_t (HttpSession::*since_when)() const) {
    std::int64_t least = 0;
    std::shared_ptr<HttpSession> chosen;
    for (const auto& [number, session] : sessions) {
      const auto since = (session.get()->*since_when)();
      if (since != 0 && (!chosen || since < least)) {
        least = since;
        chosen = session;
      }
    }
    if (chosen) chosen->cut();
    return chosen != nullptr;
  }

  // Best effort: one write without waiting. A client that expects TLS would not understand it.
  void turn_away(asio::ip::tcp::socket socket) {
    error_code ignored;
    if (!tls) {
      const auto reply = application.refuse(503);
      std::string text = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(reply.body.size()) + "\r\n";
      for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
      socket.non_blocking(true, ignored);
      socket.send(asio::buffer(text + "\r\n" + reply.body), 0, ignored);
    }
    socket.close(ignored);
  }

  void stop(std::chrono::milliseconds drain) {
    asio::post(acceptor.get_executor(), [this] {
      error_code ignored;
      acceptor.close(ignored);
      pause.cancel();
    });
    std::unique_lock lock(mutex);
    stopping = true;
    for (const auto& [number, session] : sessions) session->close_if_idle();
    emptied.wait_for(lock, drain, [this] { return sessions.empty(); });
    for (const auto& [number, session] : sessions) session->cut();
    // Cut connections end at once, and the threads with the last of them: so everyone who waits for a body's
    // next piece is told.
    emptied.wait_for(lock, std::chrono::seconds(2), [this] { return sessions.empty(); });
    if (!sessions.empty()) context.stop();
    lock.unlock();
    work.reset();
    for (auto& thread : threads) thread.join();
    threads.clear();
  }

  HttpApplication& application;
  HttpLimits limits;
  std::optional<TlsFiles> tls_files;
  mutable std::mutex mutex;
  std::condition_variable emptied;
  std::shared_ptr<asio::ssl::context> tls;  // guarded by mutex
  std::uint64_t next = 0;                   // guarded by mutex
  bool stopping = false;                    // guarded by mutex
  asio::io_context context{2};
  std::map<std::uint64_t, std::shared_ptr<HttpSession>> sessions;  // guarded by mutex; gone before `context`
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::ip::tcp::acceptor acceptor;  // with `pause` on a strand of its own: stop() closes it while it accepts
  asio::steady_timer pause;
  std::vector<std::thread> threads;
};

HttpServer::HttpServer(const Fd& listener, HttpApplication& application, HttpLimits limits,
                       std::optional<TlsFiles> tls)
    : core_(std::make_unique<Core>(listener, application, limits, std::move(tls))) {
  core_->run();
}

HttpServer::~HttpServer() {
  if (!core_->threads.empty()) stop(std::chrono::milliseconds(0));
}

void HttpServer::stop(std::chrono::milliseconds drain) { core_->stop(drain); }

std::string HttpServer::reload_tls() {
  if (!core_->tls_files) return {};
  try {
    auto fresh = load_tls(*core_->tls_files);
    std::lock_guard lock(core_->mutex);
    core_->tls = std::move(fresh);
    return {};
  } catch (const std::runtime_error& problem) {
    return problem.what();
  }
}

std::size_t HttpServer::connections() const {
  std::lock_guard lock(core_->mutex);
  return core_->sessions.size();
}

}  // namespace failover::net
