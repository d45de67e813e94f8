// Answers PowerDNS on every connector: joins net's servers to decode, the table and respond, and keeps count.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/table.hpp"
#include "net/closing_http_server.hpp"
#include "net/line_server.hpp"
#include "powerdns/notified.hpp"
#include "powerdns/recent.hpp"
#include "powerdns/stats.hpp"

namespace failover::powerdns {

class Service {
 public:
  // `table` and `recent` outlive this, and this outlives every handler. `revision` is called on any thread
  // and must not wait for a writer.
  Service(const Table& table, Recent& recent, std::function<Revision()> revision);
  ~Service();

  // For a LineServer: one connection's handler. Throws std::length_error where the table has no place for a
  // reader.
  std::unique_ptr<net::LineHandler> new_line_handler();

  // For a ClosingHttpServer. Any thread.
  net::HttpAnswer answer(const net::HttpQuestion& question);

  const Stats& stats() const { return stats_; }

 private:
  class Answerer;
  class OnLines;
  class UntilSent;

  const Table& table_;
  Recent& recent_;
  const std::function<Revision()> revision_;
  Notified notified_;
  Stats stats_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Answerer>> idle_;  // of HTTP; as many as ever answered at once
};

}  // namespace failover::powerdns
