// Drops names from one PowerDNS server's caches, by the quickest way there is.
//
// TWO WAYS. The HTTP API (PUT cache/flush, pdns/ws-auth.cc) drops a name and everything below it, and walks
// all 1,024 shards of both caches to find that: 8 ms with 180,000 names cached. "PURGE name." on the control
// socket (pdns/dynhandler.cc, DLPurgeHandler) drops just that name, from the one shard of each cache that can
// have it: 0.06 ms, whatever is cached (both measured on 4.7.3). Nothing here is answered differently because
// of a name above it, other than by its zone: there are neither wildcards nor DNAMEs. So single names of a
// zone go through the socket where the server runs on this machine and its socket can be opened; zones, and
// everything where there is no such socket, through the API.
//
// WHICH SOCKET. The server's API tells where it is. Another server may have put its own in that place (two
// with the default socket-dir), so the process at the other end is asked for its own settings, and then known
// by its number, which the kernel tells at each connection. With another number, or no answer, the name goes
// through the API and the socket is looked for again.
//
// Belongs to the thread that runs `io`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "powerdns/api_client.hpp"
#include "powerdns/control_socket.hpp"

namespace failover::powerdns {

// What came of it.
struct Dropped {
  enum class Blame { none, connection, server, name };  // what speaks against it: no reply, or a refusal

  Blame blame = Blame::none;
  std::string trouble;        // for people, with what to do; "" where it was done
  std::uint64_t entries = 1;  // how many there were; 1 where that is not known
};

class CacheClient {
 public:
  // A socket that was looked for in vain is looked for again after `pause`, when there is something to drop.
  // `changed` is called when socket() or why_not() has changed, which may be after a drop is done.
  CacheClient(boost::asio::io_context& io, const ApiUrl& url, std::function<void()> changed,
              std::chrono::milliseconds pause = std::chrono::seconds(30))
      : io_(io),
        url_(url),
        changed_(std::move(changed)),
        pause_(pause),
        why_not_(is_here(url) ? "" : "it runs on another machine") {}

  // Drops `name`, and all below it where it is a `whole_zone`. Calls `done` once, at most `limit` and a
  // second later; never, where `io` is stopped before. `key` is the API's.
  void drop(std::string name, bool whole_zone, std::string key, std::chrono::milliseconds limit,
            std::function<void(Dropped)> done);

  // The control socket's path; "" while there is none, and `why_not` says why, or is "" before the first
  // look.
  const std::string& socket() const { return socket_; }
  const std::string& why_not() const { return why_not_; }

 private:
  using Clock = std::chrono::steady_clock;

  void through_api(const std::string& name, std::string key, std::chrono::milliseconds limit,
                   std::function<void(Dropped)> done);
  void look(const std::string& key);
  void look_behind(const std::string& path, std::map<std::string, std::string> settings);
  void found(const std::string& path, pid_t process);
  void found_none(std::string why);

  boost::asio::io_context& io_;
  const ApiUrl& url_;
  const std::function<void()> changed_;
  const std::chrono::milliseconds pause_;
  std::string socket_, why_not_;
  pid_t process_ = 0;
  bool looking_ = false;
  Clock::time_point look_at_{};
};

}  // namespace failover::powerdns
