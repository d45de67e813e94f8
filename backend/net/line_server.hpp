// Serves requests that end in a newline on a listening unix socket: read a line, ask a handler, write its
// reply.
//
// A thread a connection with blocking reads and writes, since the callers are few, stay for long and ask one
// thing at a time: two system calls a request, no event loop and no hand-over between threads in the way.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/fd.hpp"

namespace failover::net {

// One connection's side of the conversation. Made, used and destroyed on the connection's thread. Must not
// throw.
class LineHandler {
 public:
  virtual ~LineHandler() = default;

  // Appends the reply, its newline included, to `reply`, which is empty. `line` is without its newline.
  virtual void answer(std::string_view line, std::string& reply) = 0;

  // The same for a line over the limit, whose rest is thrown away.
  virtual void too_long(std::string& reply) = 0;

  // The last reply has been handed to the kernel, or could not be.
  virtual void sent() = 0;
};

struct LineLimits {
  std::size_t connections = 512;  // what comes above is closed at once, and counted
  std::size_t line = 64 * 1024;
  std::chrono::milliseconds send_timeout{10'000};  // for a caller that does not read its reply
  std::chrono::milliseconds park_timeout{1'000};   // for a line that is half read when parking
};

struct LineCounters {
  std::atomic<std::uint64_t> accepted{0}, refused{0};
  std::atomic<std::int64_t> open{0};
};

class LineServer {
 public:
  using NewHandler = std::function<std::unique_ptr<LineHandler>()>;

  // Serves at once. `adopted` are connections that another LineServer parked. The path of the listener stays
  // the caller's: it is never unlinked here. Throws std::system_error, or ends the program, where no thread
  // can be had.
  LineServer(Fd listener, NewHandler new_handler, LineLimits limits = {}, std::vector<Fd> adopted = {});

  // As stop().
  ~LineServer();
  LineServer(const LineServer&) = delete;
  LineServer& operator=(const LineServer&) = delete;

  // For handing everything to another process image: stops accepting, lets every connection finish what it
  // has begun, and returns the connections, each between two requests: nothing half read, no reply owed. One
  // whose line stays half read is closed. What nobody has accepted or read yet waits in the kernel. Called
  // once.
  std::vector<Fd> park();

  // The listening socket, once parked.
  Fd take_listener() { return std::move(listener_); }

  // Finishes the requests at hand and closes the connections.
  void stop() { park(); }

  const LineCounters& counters() const { return counters_; }

 private:
  struct Connection {
    Fd fd;
    std::thread thread;
    std::atomic<bool> ended{false};
  };

  void accept_loop();
  void start(Fd fd);
  void reap();
  void serve(Connection& connection);
  bool converse(Connection& connection, LineHandler& handler);
  bool send_all(int fd, std::string_view bytes);

  Fd listener_;
  Fd wake_;  // an eventfd that ends accept_loop
  const NewHandler new_handler_;
  const LineLimits limits_;
  LineCounters counters_;
  // cutting: parking has lasted too long, leave what is unfinished.
  enum class Stage { serving, parking, cutting };
  std::atomic<Stage> stage_{Stage::serving};
  std::list<Connection> connections_;  // of the accepting thread while that runs, then of park()'s caller
  std::thread acceptor_;
};

}  // namespace failover::net
