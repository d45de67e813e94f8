// Plays a PowerDNS server's HTTP API on loopback, badly where a test wants it so. Closes after each reply, as
// the real one.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/fd.hpp"

namespace failover::powerdns {

class FakeApi {
 public:
  struct Request {
    std::string method, target, key;
  };
  // What goes over the wire, "" to close without a word. Called from several threads at once.
  using Play = std::function<std::string(const Request&)>;

  explicit FakeApi(Play play);
  ~FakeApi();

  // "http://127.0.0.1:PORT"
  std::string url() const;
  void play(Play play);
  // From now on connections are refused, until open() takes the same port again.
  void close();
  void open();

  std::vector<Request> requests() const;
  // Targets alone, without notifies and their common beginning: "a.zone."
  std::vector<std::string> flushes() const;
  std::size_t notifies() const;

 private:
  void run();
  void serve(net::Fd connection);

  int port_ = 0;
  net::Fd listener_;
  mutable std::mutex mutex_;
  Play play_;
  std::vector<Request> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A whole HTTP reply.
std::string http_reply(int status, const std::string& body);

// What PowerDNS answers to a flush that dropped so many entries.
std::string flushed(int entries);

}  // namespace failover::powerdns
