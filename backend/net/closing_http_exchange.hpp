// One request to a ClosingHttpServer and its reply. For closing_http_server.cpp alone.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "net/closing_http_server.hpp"

namespace failover::net {

// Goes as far as it can without waiting, which is all the way where the whole request is there and the kernel
// takes the whole reply, as with PowerDNS's questions. What remains is the event loop's.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Live = std::unordered_set<Exchange*>;  // those on the loop; its thread's own

  // Counted in `counters.open` by the caller until it ends.
  Exchange(Fd fd, const ClosingHttpServer::Handler& handler, const ClosingHttpLimits& limits,
           HttpCounters& counters);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Never waits. True: it is over, and the connection is closed when the last owner lets go. False: go_on().
  bool at_once();

  // The rest. On the loop's thread; keeps itself alive by the operation that is under way.
  void go_on(boost::asio::io_context& loop, Live& live);

  // The server parks: a request that is not complete is given up, a reply where this is the second time. On
  // the loop's thread.
  void hurry();

 private:
  using Error = boost::system::error_code;

  void read();
  bool answer(Error error);
  std::array<boost::asio::const_buffer, 2> reply() const;
  void write();
  void drain();
  void drain_some();

  Fd fd_;
  std::optional<boost::beast::tcp_stream> stream_;  // has the descriptor from go_on() on
  boost::beast::flat_buffer buffer_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  const ClosingHttpServer::Handler& handler_;
  const ClosingHttpLimits& limits_;
  HttpCounters& counters_;
  Live* live_ = nullptr;
  HttpAnswer answer_;
  std::string head_;  // "" until the handler has answered
  std::size_t sent_ = 0;
  bool is_hurried_ = false;
  bool unread_input_ = false;
  std::size_t drained_ = 0;
};

}  // namespace failover::net
