// Keeps PowerDNS's caches true: after each change every configured server is asked to drop exactly the names
// that were altered, and to notify the zone's secondaries. Has one thread of its own; no lookup ever waits
// for it, so a server may call back into this backend while it flushes (newer ones do).
//
// THE RACE. A flush is not one moment. PowerDNS 4.7.3 drops a name from its packet cache and then from its
// query cache (pdns/auth-caches.cc). Nothing marks an entry as made from data older than the flush, and an
// insert takes place whenever its thread gets there (pdns/packethandler.cc, "sendit"; there is no queue: what
// finds its shard locked is not stored at all). So an old answer can be stored behind a flush's back in two
// ways:
// - We handed out the old answer just before the change, and its thread stores it after the flush. The thread
//   has only to parse our reply, and to ask for what else the packet needs; `just_answered` is generous for
//   that. Such a name is flushed again, no earlier than `just_answered` after the answer was handed over;
//   where it still is being handed over (its thread has lost the processor), every `just_answered` until it
//   has been. For a whole zone, or very many names, every name's answer counts.
// - A question comes after the packet cache's turn and before the query cache's: it misses the first, is
//   answered with old data by the second, and is stored in the first, to be served for up to 20 s. We never
//   see it. Measured with 180,000 names cached and 3,000 questions a second for the name: 12 stale answers in
//   200 flips. It takes an entry in the query cache, and the flush's reply counts what it dropped. So where
//   it dropped anything, the name is flushed again at once; by then the query cache holds nothing old: 0 in
//   200. (Later versions drop from the query cache first; there the second flush merely costs its time.)
// A name that nobody had cached or asked for, that is most names of many, is flushed once.
//
// BULK. A flush of a zone's own name drops every entry of it in 121 ms (178,271 entries), but leaves PowerDNS
// with an empty cache, which takes 6 s to fill again (30,000 answers a second). With so many cached, 5,000
// single flushes take some 16 s through the API, a second or less through the control socket
// (cache_client.hpp has the two ways).
//
// A SERVER THAT IS DOWN is asked again with growing pauses until every name is flushed, and at once where
// something is announced: it may be back. One that has let an announcement wait in vain is not waited for
// again until it has answered.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/announcer.hpp"
#include "powerdns/api_client.hpp"

namespace failover::powerdns {

// How long after our reply PowerDNS may still store it. Handing over to storing is tens of microseconds on an
// idle machine, a few scheduler slices (3 to 4 ms each) on one that has more to do than cores.
constexpr std::chrono::milliseconds just_answered{10};

struct FlusherLimits {
  std::chrono::milliseconds announcement{
      5000};                                // how long one waits for a server, once: then it counts as late
  std::chrono::milliseconds request{5000};  // how long a server may take before it is asked again
  std::chrono::milliseconds first_pause{100};  // before a server that failed is asked again; doubles
  std::chrono::milliseconds last_pause{30000};
  // Requests under way to one server. With 180,000 names cached, 64 clients got 82, 127, 221 and 311 flushes
  // a second out of 1, 2, 4 and 8: those that walk the shards close together find them in the processor's
  // cache.
  std::size_t at_once = 8;
  std::size_t names_of_a_zone = 5000;  // where more wait, the zone is flushed whole
};

// Upper bounds of FlusherStats::took, in seconds; the last bucket has none.
constexpr std::array took_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0};

// One server's figures since the start.
struct FlusherStats {
  std::string server;
  bool reachable = true;            // false from a failure to the next success
  std::uint64_t flushed = 0;        // requests that succeeded
  std::uint64_t failed = 0;         // and that did not
  std::uint64_t flushed_again = 0;  // of `flushed`: for the race's sake
  std::uint64_t whole_zones = 0;    // of `flushed`
  std::uint64_t notified = 0;
  std::size_t waiting = 0;            // names and zones
  std::chrono::nanoseconds lag{0};    // age of the oldest change the server has not been flushed for
  std::string control_socket;         // "" while names go through the API (cache_client.hpp), since:
  std::string why_no_control_socket;  // "" where it was not looked for yet
  std::array<std::uint64_t, took_bounds.size() + 1> took = {};
  double took_seconds = 0;
};

class Flusher : public Announcer {
 public:
  // When the last answer for a name ("": for any) that was begun by `before` was handed to PowerDNS
  // (recent.hpp): max() while one is being made, nullopt where it is long ago. It must count an answer from
  // before the table is read for it, or the race above is open. Any thread.
  using Moment = std::chrono::steady_clock::time_point;
  using RecentlyAnswered = std::function<std::optional<Moment>(std::string_view name, Moment before)>;

  Flusher(std::vector<ApiUrl> servers, std::string key, RecentlyAnswered recently_answered,
          FlusherLimits limits = {});
  // Stops at once. Announcements that still wait are done, with ok=false.
  ~Flusher() override;

  // As the interface says. `done` is called from the flusher's thread, or this one where no server is
  // configured.
  void announce(std::vector<std::string> names, std::vector<std::string> zones,
                std::function<void(std::vector<Flushed>)> done) override;

  // For names altered shortly before a restart, whose flush may not have been sent.
  void flush_at_start(std::vector<std::string> names, std::vector<std::string> zones);

  // The key from now on; servers that failed are asked again at once. Any thread.
  void set_key(std::string key);

  // A copy, in the order configured. Any thread.
  std::vector<FlusherStats> stats() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace failover::powerdns
