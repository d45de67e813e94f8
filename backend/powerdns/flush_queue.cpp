#include "powerdns/flush_queue.hpp"

#include <algorithm>
#include <utility>

namespace failover::powerdns {

namespace {

// Neighbours of one announcement become one, so that a bulk change does not leave a million of them.
void append(std::vector<Waiter>& to, std::vector<Waiter>&& from) {
  for (auto& waiter : from) {
    if (!to.empty() && to.back().announcement == waiter.announcement)
      to.back().names += waiter.names;
    else
      to.push_back(std::move(waiter));
  }
}

}  // namespace

void FlushQueue::add(Flush flush, Moment due) {
  // A zone's own flush drops everything below it as well.
  auto found = flush.zone.empty() ? waiting_.end() : waiting_.find(flush.zone);
  if (found == waiting_.end()) found = waiting_.find(flush.name);
  if (found != waiting_.end()) return join(found, std::move(flush), due);

  const std::string name = flush.name, zone = flush.zone;
  const auto since = flush.since;
  waiting_.emplace(name, Waiting{std::move(flush), due_.emplace(due, name), sinces_.insert(since)});
  if (!zone.empty() && zone != name && ++names_in_[zone] > names_of_a_zone_) gather(zone, due);
}

std::optional<Flush> FlushQueue::next(Moment now) {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  return take(waiting_.find(due_.begin()->second));
}

std::optional<FlushQueue::Moment> FlushQueue::next_due() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::optional<FlushQueue::Moment> FlushQueue::oldest() const {
  return sinces_.empty() ? std::nullopt : std::optional(*sinces_.begin());
}

void FlushQueue::join(Names::iterator into, Flush&& flush, Moment due) {
  auto& waiting = into->second;
  auto& kept = waiting.flush;
  kept.settled = std::max(kept.settled, flush.settled);
  kept.changed = std::max(kept.changed, flush.changed);
  kept.again = kept.again && flush.again;
  kept.failures = std::min(kept.failures, flush.failures);
  append(kept.waiters, std::move(flush.waiters));
  if (flush.since < kept.since) {
    sinces_.erase(waiting.since);
    waiting.since = sinces_.insert(flush.since);
    kept.since = flush.since;
  }
  if (due < waiting.due->first) {
    due_.erase(waiting.due);
    waiting.due = due_.emplace(due, kept.name);
  }
}

Flush FlushQueue::take(Names::iterator from) {
  due_.erase(from->second.due);
  sinces_.erase(from->second.since);
  Flush flush = std::move(from->second.flush);
  waiting_.erase(from);
  if (const auto count = names_in_.find(flush.zone); flush.name != flush.zone && count != names_in_.end())
    if (--count->second == 0) names_in_.erase(count);
  return flush;
}

void FlushQueue::gather(const std::string& zone, Moment due) {
  std::vector<std::string> names;
  for (const auto& [name, waiting] : waiting_)
    if (waiting.flush.zone == zone) names.push_back(name);

  Flush whole = take(waiting_.find(names.front()));
  for (auto name = names.begin() + 1; name != names.end(); ++name) {
    Flush one = take(waiting_.find(*name));
    whole.settled = std::max(whole.settled, one.settled);
    whole.changed = std::max(whole.changed, one.changed);
    whole.since = std::min(whole.since, one.since);
    append(whole.waiters, std::move(one.waiters));
  }
  whole.name = zone;
  whole.again = false;
  whole.failures = 0;
  add(std::move(whole), due);
}

}  // namespace failover::powerdns
