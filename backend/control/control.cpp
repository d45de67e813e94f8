#include "control/control.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "control/render.hpp"

namespace failover {
namespace {

// Beyond so many writes no more join a commit: the first would wait too long for the last.
constexpr std::size_t most_together = 1024;

Time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::uint64_t random_seed() {
  // Made once: asking the processor what it has takes tens of microseconds under a hypervisor.
  static thread_local std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

// What the trail keeps of a thing.
std::string settings(const View& view, const Zone& zone) { return render(view, zone); }
std::string settings(const View&, const Stack& stack) { return render_settings(stack); }
std::string settings(const View& view, const Group& group) { return render(view, group); }
std::string settings(const View& view, const Token& token) { return render(view, token); }

void record_before(Change& change, const View& view) {
  std::visit(
      [&](const auto& touched) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(touched)>, Retired>) {
          if (touched.before) change.before = settings(view, *touched.before);
        }
      },
      change.subject);
}

void record_after(Change& change, const View& view) {
  std::visit(
      [&](const auto& touched) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(touched)>, Retired>) {
          if (touched.after) change.after = settings(view, *touched.after);
        }
      },
      change.subject);
}

// The subject as the API answers it, read from a view that shows the change.
void describe(Outcome& outcome, const View& view, const Decision& decision, const Change* change) {
  if (const auto* zone = std::get_if<Zone>(&decision.subject)) {
    outcome.id = zone->name;
    outcome.revision = zone->revision;
    outcome.body = render(view, *view.zone(zone->no));
  } else if (const auto* stack = std::get_if<Stack>(&decision.subject)) {
    outcome.id = stack->id;
    outcome.revision = stack->revision;
    outcome.body = render(view, *stack);
  } else if (const auto* group = std::get_if<Group>(&decision.subject)) {
    outcome.id = address(view, *group);
    outcome.revision = group->revision;
    outcome.body = change ? change->after : render(view, *group);
    // An earlier flip may still be on its way through the resolvers.
    const auto settled = group->live_since + std::chrono::seconds(effective_ttl(view, *group));
    if (!outcome.changed) outcome.all_clear_at = std::max(outcome.all_clear_at, Time(settled));
  } else if (const auto* token = std::get_if<Token>(&decision.subject)) {
    outcome.id = token->id;
    outcome.revision = token->revision;
    outcome.body = render(view, *token);
  }
}

// The results of a job whose writes were tried one at a time: each comes when its flush is over, from
// whatever thread, and the last one answers the job.
class Gathered {
 public:
  Gathered(std::size_t count, Control::DoneAll done)
      : results_(count), missing_(count), done_(std::move(done)) {}

  void put(std::size_t place, Result<Outcome> result) {
    const std::unique_lock lock(mutex_);
    results_[place] = std::move(result);
    if (--missing_ != 0) return;
    std::vector<Result<Outcome>> all;
    for (auto& one : results_) all.push_back(std::move(*one));
    done_(std::move(all));
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<Result<Outcome>>> results_;
  std::size_t missing_;
  Control::DoneAll done_;
};

}  // namespace

// One write's way through a commit.
struct Control::Decided {
  Result<Outcome> result;
  const Change* change;  // one of the commit's; nullptr where there is none
  bool flush_again;
};

Control::Control(Store& store, Table& table, Announcer& announcer)
    : store_(store), table_(table), announcer_(announcer) {
  store_.load(state_);
  table_.load(state_);
  thread_ = std::thread([this] { run(); });
}

Control::~Control() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_filled_.notify_one();
  thread_.join();
}

void Control::submit(Write write, Done done) {
  std::vector<Write> writes;
  writes.push_back(std::move(write));
  submit_all(std::move(writes), [done = std::move(done)](std::vector<Result<Outcome>> results) {
    done(std::move(results.front()));
  });
}

void Control::submit_all(std::vector<Write> writes, DoneAll done) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back({std::move(writes), std::move(done)});
  }
  queue_filled_.notify_one();
}

Control::Counters Control::counters() const {
  const std::lock_guard lock(queue_mutex_);
  return counters_;
}

void Control::run() {
  while (true) {
    std::vector<Job> jobs;
    {
      std::unique_lock lock(queue_mutex_);
      queue_filled_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      for (std::size_t writes = 0; !queue_.empty() && writes < most_together; queue_.pop_front()) {
        writes += queue_.front().writes.size();
        jobs.push_back(std::move(queue_.front()));
      }
    }
    if (try_together(jobs)) continue;
    // One of them may be why: what can be kept is kept.
    for (Job& job : jobs) {
      const auto gathered = std::make_shared<Gathered>(job.writes.size(), std::move(job.done));
      for (std::size_t i = 0; i < job.writes.size(); ++i) {
        std::vector<Job> alone;
        alone.push_back({{std::move(job.writes[i])},
                         [gathered, i](auto result) { gathered->put(i, std::move(result.front())); }});
        try_together(alone);
      }
    }
  }
}

bool Control::try_together(std::vector<Job>& jobs) {
  Draft draft(state_);
  std::vector<std::vector<Decided>> decided(jobs.size());
  std::size_t writes = 0;
  for (const Job& job : jobs) writes += job.writes.size();
  const auto changes = std::make_shared<std::vector<Change>>();
  changes->reserve(writes);  // so that they stay where they are
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    for (Write& write : jobs[i].writes) {
      write.by.at = now();
      write.by.seed = random_seed();
      auto decision = decide(draft, write.command, write.by, write.if_match);
      if (!decision) {
        decided[i].push_back({decision.error(), nullptr, false});
        continue;
      }
      Outcome outcome{};
      outcome.changed = decision->change.has_value();
      outcome.created = decision->created;
      outcome.previous = std::move(decision->previous);
      outcome.all_clear_at = write.by.at;
      const Change* made = nullptr;
      if (outcome.changed) {
        Change& change = changes->emplace_back(std::move(*decision->change));
        record_before(change, draft);
        draft.add(change);
        record_after(change, draft);
        made = &change;
      }
      describe(outcome, draft, *decision, made);
      decided[i].push_back({std::move(outcome), made, decision->flush_again});
    }
  }
  if (!changes->empty()) {
    const auto started = std::chrono::steady_clock::now();
    const auto kept = store_.commit(*changes);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    {
      const std::lock_guard lock(queue_mutex_);
      ++counters_.commits;
      counters_.commit_seconds += took.count();
      if (!kept) ++counters_.store_errors;
      for (const Change& change : *changes) {
        if (kept) ++counters_.changes[change.verb];
      }
    }
    if (!kept) {
      if (writes > 1 && kept.error().code == Code::internal_error) return false;
      // What was decided beside it may rest on what was not kept.
      for (Job& job : jobs) job.done(std::vector<Result<Outcome>>(job.writes.size(), kept.error()));
      return true;
    }
    const std::unique_lock lock(state_mutex_);
    for (const Change& change : *changes) state_.apply(change);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) publish(jobs[i], std::move(decided[i]), changes);
  if (!changes->empty()) feed_.publish(changes);
  return true;
}

// The table first, then PowerDNS, then the answer.
void Control::publish(Job& job, std::vector<Decided> decided, std::shared_ptr<const void> changes) {
  std::vector<std::string> names;
  std::set<std::string> zones;
  for (const Decided& one : decided) {
    if (one.flush_again) names.push_back(one.result->id);
    if (!one.change) continue;
    table_.apply(*one.change);
    names.insert(names.end(), one.change->altered.begin(), one.change->altered.end());
    for (const NewSerial& serial : one.change->serials) zones.insert(serial.zone);
  }
  auto answer = [all_clear = all_clear_, decided = std::move(decided), changes = std::move(changes),
                 done = std::move(job.done)](std::vector<Flushed> flushed) mutable {
    std::vector<Result<Outcome>> results;
    for (Decided& one : decided) {
      if (one.change || one.flush_again) one.result->flushed = flushed;
      if (one.change) one.result->all_clear_at = all_clear->announced(*one.change, flushed, now());
      if (one.result)
        one.result->all_clear_at = std::max(one.result->all_clear_at, all_clear->of(one.result->id));
      results.push_back(std::move(one.result));
    }
    done(std::move(results));
  };
  if (names.empty()) return answer({});
  announcer_.announce(std::move(names), {zones.begin(), zones.end()}, std::move(answer));
}

}  // namespace failover
