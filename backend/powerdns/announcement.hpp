// An announcement on its way through the flusher. Belongs to the flusher's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "control/announcer.hpp"

namespace failover::powerdns {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;
using Done = std::function<void(std::vector<Flushed>)>;

// As it was handed over.
struct Incoming {
  struct Name {
    std::string name;
    Moment settled;
  };
  std::vector<Name> names;
  std::vector<std::string> zones;
  Done done;
  Moment at;
};

// Somebody who waits for all servers. A part is decided once; what comes after does not matter to it.
struct Announcement {
  struct Part {
    std::size_t left;  // names not flushed yet
    bool decided = false;
  };
  Announcement(boost::asio::io_context& io, Done&& when_done, Moment now)
      : deadline(io), done(std::move(when_done)), begun(now) {}

  std::vector<Part> parts = {};  // by server
  std::vector<Flushed> flushed = {};
  std::size_t undecided = 0;
  boost::asio::steady_timer deadline;
  Done done;
  Moment begun;
};

}  // namespace failover::powerdns
