#include "powerdns/flusher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_set>
#include <utility>

#include "core/name.hpp"
#include "powerdns/announcement.hpp"
#include "powerdns/cache_client.hpp"
#include "powerdns/flush_queue.hpp"
#include "powerdns/notifier.hpp"

namespace failover::powerdns {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;

namespace {

std::string zone_of(std::string_view name, const std::unordered_set<std::string>& zones) {
  for (; !name.empty(); name = parent(name))
    if (auto zone = std::string(name); zones.contains(zone)) return zone;
  return "";
}

}  // namespace

// All of it belongs to the flusher's thread, except what a mutex is named for.
class Flusher::Work {
 public:
  Work(std::vector<ApiUrl> urls, std::string key, RecentlyAnswered recently_answered, FlusherLimits limits)
      : limits_(limits),
        recently_answered_(std::move(recently_answered)),
        key_(std::move(key)),
        guard_(io_.get_executor()) {
    for (auto& url : urls)
      servers_.push_back(std::make_unique<Server>(*this, std::move(url), servers_.size()));
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Work() {
    io_.stop();
    thread_.join();
    const std::string why =
        "failoverd was stopped before this server had answered: start it, and it flushes again";
    while (!open_.empty()) {
      const auto announcement = *open_.begin();
      for (auto& server : servers_) decide(*server, announcement, false, why);
    }
    for (auto& incoming : inbox_) {
      std::vector<Flushed> flushed;
      for (const auto& server : servers_) flushed.push_back({server->url.text, false, why});
      incoming.done(std::move(flushed));
    }
  }

  bool idle() const { return servers_.empty(); }
  std::size_t names_of_a_zone() const { return limits_.names_of_a_zone; }

  // When a flush of a name that was altered by `changed` counts as the last one; max() where that is not
  // known yet. Any thread.
  Moment settled(std::string_view name, Moment changed) const {
    const auto answered = recently_answered_(name, changed);
    if (!answered) return Moment::min();
    return *answered == Moment::max() ? Moment::max() : *answered + just_answered;
  }

  // The same for a flush at `now` or later of names that are likely to have been asked for: whichever they
  // are.
  Moment settled_all(Moment now, Moment changed) const {
    return std::max(now + just_answered, settled("", changed));
  }

  void take(Incoming incoming) {
    {
      std::lock_guard lock(inbox_mutex_);
      inbox_.push_back(std::move(incoming));
      if (inbox_.size() > 1) return;
    }
    asio::post(io_, [this] { open_inbox(); });
  }

  void set_key(std::string key) {
    asio::post(io_, [this, key = std::move(key)]() mutable {
      key_ = std::move(key);
      for (auto& server : servers_) {
        server->retry_at = Clock::now();
        server->pause = limits_.first_pause;
        pump(*server);
      }
    });
  }

  std::vector<FlusherStats> stats() const {
    const auto now = Clock::now();
    std::lock_guard lock(stats_mutex_);
    std::vector<FlusherStats> copy;
    for (const auto& server : servers_) {
      copy.push_back(server->stats);
      if (server->oldest) copy.back().lag = now - *server->oldest;
    }
    return copy;
  }

 private:
  struct Server {
    Server(Work& work, ApiUrl&& api, std::size_t place)
        : url(std::move(api)),
          index(place),
          caches(work.io_, url, [this, &work] { work.publish(*this); }),
          queue(work.limits_.names_of_a_zone),
          notifier(work.io_, url, work.key_, work.limits_.request, work.limits_.at_once,
                   [this, &work] {
                     std::lock_guard lock(work.stats_mutex_);
                     ++stats.notified;
                   }),
          timer(work.io_),
          pause(work.limits_.first_pause) {
      stats.server = url.text;
    }
    // No use waiting for it.
    bool troubled() const { return down || late; }

    ApiUrl url;
    std::size_t index;
    CacheClient caches;
    FlushQueue queue;
    Notifier notifier;
    asio::steady_timer timer;
    std::multiset<Moment> under_way;  // the flushes sent, by since
    bool down = false;                // its last reply was a failure
    bool late = false;                // it let an announcement wait in vain, and has not answered since
    std::string why;
    std::chrono::milliseconds pause;
    Moment tried{}, retry_at{}, succeeded{};
    FlusherStats stats;            // with stats_mutex_
    std::optional<Moment> oldest;  // with stats_mutex_
  };

  void open_inbox() {
    std::vector<Incoming> incoming;
    {
      std::lock_guard lock(inbox_mutex_);
      incoming.swap(inbox_);
    }
    for (auto& one : incoming) begin(std::move(one));
    for (auto& server : servers_) pump(*server);
  }

  void begin(Incoming incoming) {
    const auto announcement = std::make_shared<Announcement>(io_, std::move(incoming.done), incoming.at);
    announcement->undecided = servers_.size();
    open_.insert(announcement);
    const std::unordered_set<std::string> zones(incoming.zones.begin(), incoming.zones.end());
    for (const auto& server : servers_) {
      announcement->parts.push_back({incoming.names.size()});
      announcement->flushed.push_back({server->url.text, false, ""});
    }
    for (const auto& [name, settled] : incoming.names) {
      const auto zone = zone_of(name, zones);
      for (auto& server : servers_) {
        Flush flush{name, zone, incoming.at, incoming.at, settled};
        // A server that lets everybody wait in vain would gather waiters without end.
        if (!server->late) flush.waiters.push_back({announcement, 1});
        server->queue.add(std::move(flush), incoming.at);
      }
    }
    for (auto& server : servers_) {
      server->notifier.changed(incoming.zones, incoming.at);
      if (incoming.names.empty()) decide(*server, announcement, true, "");
      if (server->late) {
        decide(*server, announcement, false, server->why);
        // Somebody cares: try again within a second, whatever pause it has come to.
        server->retry_at = std::min(server->retry_at, server->tried + std::chrono::seconds(1));
      } else if (server->down) {
        // It may be back, and then nobody should be told that it is not. A refusal comes at once.
        server->retry_at = incoming.at;
      }
    }
    if (announcement->undecided == 0) return;
    announcement->deadline.expires_at(incoming.at + limits_.announcement);
    announcement->deadline.async_wait([this, announcement](boost::system::error_code error) {
      if (!error) give_up(announcement);
    });
  }

  void give_up(const std::shared_ptr<Announcement>& announcement) {
    for (auto& server : servers_) {
      if (announcement->parts[server->index].decided) continue;
      if (server->succeeded < announcement->begun) {
        server->late = true;
        server->why = "no answer within " + std::to_string(limits_.announcement.count()) +
                      " ms: see whether pdns_server is overloaded or hangs; it goes on being asked";
        publish(*server);
      }
      decide(*server, announcement, false,
             server->late ? server->why
                          : "more flushes wait for this server than it manages: it goes on being asked");
    }
  }

  void decide(Server& server, const std::shared_ptr<Announcement>& announcement, bool ok,
              const std::string& detail) {
    auto& part = announcement->parts[server.index];
    if (std::exchange(part.decided, true)) return;
    announcement->flushed[server.index].ok = ok;
    announcement->flushed[server.index].detail = detail;
    if (--announcement->undecided > 0) return;
    announcement->deadline.cancel();
    open_.erase(announcement);
    std::exchange(announcement->done, nullptr)(std::move(announcement->flushed));
  }

  // Sends what may be sent, and sees to it that it is called again when there is more.
  void pump(Server& server) {
    const auto now = Clock::now();
    const std::size_t room = server.down ? 1 : limits_.at_once;
    if (!server.down || now >= server.retry_at)
      while (server.under_way.size() < room) {
        auto flush = server.queue.next(now);
        if (!flush) break;
        send(server, std::make_shared<Flush>(std::move(*flush)));
      }
    publish(server);
    const auto due = server.queue.next_due();
    if (!due || server.under_way.size() >= room) return;
    server.timer.expires_at(server.down ? std::max(*due, server.retry_at) : *due);
    server.timer.async_wait([this, &server](boost::system::error_code error) {
      if (!error) pump(server);
    });
  }

  void send(Server& server, std::shared_ptr<Flush> flush) {
    server.under_way.insert(flush->since);
    const auto sent = Clock::now();
    server.tried = sent;
    // A name of no zone that is known may be one that was deleted, and is dropped like a zone.
    const bool whole_zone = flush->zone.empty() || flush->zone == flush->name;
    server.caches.drop(flush->name, whole_zone, key_, limits_.request,
                       [this, &server, flush, sent](const Dropped& dropped) {
                         answered(server, std::move(*flush), sent, dropped);
                         pump(server);
                       });
  }

  void answered(Server& server, Flush flush, Moment sent, const Dropped& dropped) {
    const auto now = Clock::now();
    server.under_way.erase(server.under_way.find(flush.since));
    count(server, flush, dropped.blame == Dropped::Blame::none, now - sent);
    if (dropped.blame == Dropped::Blame::none)
      return succeeded(server, std::move(flush), sent, now, dropped.entries);

    // A connection may be lost for no reason that lasts, so once is no trouble yet.
    if (dropped.blame == Dropped::Blame::connection && !server.troubled() && flush.failures++ == 0)
      return server.queue.add(std::move(flush), now);
    const auto& trouble = dropped.trouble;
    const auto waiters = std::exchange(flush.waiters, {});
    if (dropped.blame == Dropped::Blame::name) {
      const auto pause = limits_.first_pause * (1 << std::min(++flush.failures, 20u));
      spdlog::debug("{}: flushing {}: {}", server.url.text, flush.name, trouble);
      server.queue.add(std::move(flush), now + std::min(pause, limits_.last_pause));
      for (const auto& waiter : waiters) decide(server, waiter.announcement, false, trouble);
      return;
    }
    server.queue.add(std::move(flush), now);
    if (!server.down) spdlog::warn("{}: {}", server.url.text, trouble);
    server.down = true;
    server.why = trouble;
    if (now >= server.retry_at) {
      server.retry_at = now + server.pause;
      server.pause = std::min(server.pause * 2, limits_.last_pause);
    }
    publish(server);  // whoever is told of the failure finds it in the metrics
    for (const auto& waiter : waiters) decide(server, waiter.announcement, false, trouble);
    const auto open = open_;
    for (const auto& announcement : open) decide(server, announcement, false, trouble);
  }

  void succeeded(Server& server, Flush flush, Moment sent, Moment now, std::uint64_t entries) {
    if (server.down) spdlog::info("{}: answers again, {} names wait", server.url.text, server.queue.size());
    server.down = server.late = false;
    server.pause = limits_.first_pause;
    server.succeeded = now;
    if (sent < flush.settled || (entries > 0 && !flush.again)) {
      if (flush.settled == Moment::max())
        flush.settled =
            flush.name == flush.zone ? settled_all(now, flush.changed) : settled(flush.name, flush.changed);
      flush.again = true;
      flush.failures = 0;
      const auto due = flush.settled == Moment::max() ? now + just_answered : std::max(now, flush.settled);
      return server.queue.add(std::move(flush), due);
    }
    publish(server);
    for (const auto& waiter : flush.waiters) {
      auto& left = waiter.announcement->parts[server.index].left;
      if ((left -= waiter.names) == 0) decide(server, waiter.announcement, true, "");
    }
  }

  void count(Server& server, const Flush& flush, bool ok, Clock::duration took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const auto bucket =
        std::lower_bound(took_bounds.begin(), took_bounds.end(), seconds) - took_bounds.begin();
    std::lock_guard lock(stats_mutex_);
    auto& stats = server.stats;
    ++(ok ? stats.flushed : stats.failed);
    if (ok && flush.again) ++stats.flushed_again;
    if (ok && flush.name == flush.zone) ++stats.whole_zones;
    ++stats.took[static_cast<std::size_t>(bucket)];
    stats.took_seconds += seconds;
  }

  void publish(Server& server) {
    auto oldest = server.queue.oldest();
    if (!server.under_way.empty()) {
      const auto sent = *server.under_way.begin();
      oldest = oldest ? std::min(*oldest, sent) : sent;
    }
    std::lock_guard lock(stats_mutex_);
    server.oldest = oldest;
    server.stats.waiting = server.queue.size() + server.under_way.size();
    server.stats.reachable = !server.troubled();
    server.stats.control_socket = server.caches.socket();
    server.stats.why_no_control_socket = server.caches.why_not();
  }

  const FlusherLimits limits_;
  const RecentlyAnswered recently_answered_;
  std::string key_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::set<std::shared_ptr<Announcement>> open_;  // undecided somewhere
  std::mutex inbox_mutex_;
  std::vector<Incoming> inbox_;  // with inbox_mutex_
  mutable std::mutex stats_mutex_;
  std::thread thread_;
};

Flusher::Flusher(std::vector<ApiUrl> servers, std::string key, RecentlyAnswered recently_answered,
                 FlusherLimits limits)
    : work_(
          std::make_unique<Work>(std::move(servers), std::move(key), std::move(recently_answered), limits)) {}

Flusher::~Flusher() = default;

void Flusher::announce(std::vector<std::string> names, std::vector<std::string> zones, Done done) {
  if (work_->idle()) return done({});
  const auto now = Clock::now();
  Incoming incoming{{}, std::move(zones), std::move(done), now};
  incoming.names.reserve(names.size());
  // In a whole zone, or among so many that they become flushes of whole zones, one is likely to have been
  // asked for.
  const bool many = names.size() > work_->names_of_a_zone();
  std::optional<Moment> all;
  for (auto& name : names) {
    const bool likely = many || std::ranges::find(incoming.zones, name) != incoming.zones.end();
    if (likely && !all) all = work_->settled_all(now, now);
    const auto settled = likely ? *all : work_->settled(name, now);
    incoming.names.push_back({std::move(name), settled});
  }
  work_->take(std::move(incoming));
}

void Flusher::flush_at_start(std::vector<std::string> names, std::vector<std::string> zones) {
  announce(std::move(names), std::move(zones), [](auto) {});
}

void Flusher::set_key(std::string key) { work_->set_key(std::move(key)); }

std::vector<FlusherStats> Flusher::stats() const { return work_->stats(); }

}  // namespace failover::powerdns
