// Has one PowerDNS server notify the secondaries of zones that changed, at the times notices.hpp says.
//
// Belongs to the thread that runs `io`.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "powerdns/api_client.hpp"
#include "powerdns/notices.hpp"

namespace failover::powerdns {

class Notifier {
 public:
  // `key` is the API's and may change. At most `at_once` requests are under way, each for `limit`. Calls
  // `notified` for each that the server took.
  Notifier(boost::asio::io_context& io, const ApiUrl& url, const std::string& key,
           std::chrono::milliseconds limit, std::size_t at_once, std::function<void()> notified)
      : io_(io),
        url_(url),
        key_(key),
        limit_(limit),
        at_once_(at_once),
        notified_(std::move(notified)),
        timer_(io) {}

  void changed(const std::vector<std::string>& zones, Notices::Moment now);

 private:
  void arm();
  void go_on();

  boost::asio::io_context& io_;
  const ApiUrl& url_;
  const std::string& key_;
  const std::chrono::milliseconds limit_;
  const std::size_t at_once_;
  const std::function<void()> notified_;
  Notices notices_;
  std::deque<std::string> due_;  // taken from them, and not yet sent
  boost::asio::steady_timer timer_;
  std::size_t under_way_ = 0;
};

}  // namespace failover::powerdns
