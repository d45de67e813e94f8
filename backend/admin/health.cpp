#include "admin/health.hpp"

#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "control/render.hpp"
#include "core/answer.hpp"

namespace failover::admin {
namespace {

constexpr std::size_t looked_at_once = 4096;
constexpr std::size_t most_named = 20;

Family family(std::string name, std::string help, Family::Kind kind, double value) {
  return {std::move(name), std::move(help), kind, {{{}, value}}, {}};
}

// Names of groups with something amiss, a bounded number of them, and how many there are.
struct Amiss {
  std::size_t count = 0;
  std::string names;
  void add(const std::string& name) {
    if (++count <= most_named) names += (names.empty() ? "" : ", ") + name;
  }
  Check check(std::string name, const std::string& what, const std::string& advice) const {
    if (count == 0) return {std::move(name), true, "Every group in use has one."};
    return {std::move(name), false,
            std::to_string(count) + what + names + (count > most_named ? ", ..." : "") + ". " + advice};
  }
};

}  // namespace

std::vector<Family> Health::own_metrics() const {
  using enum Family::Kind;
  const auto counters = control_.counters();
  std::vector<Family> all;
  all.push_back({"failover_changes_total", "Committed changes, by verb.", counter, {}, {}});
  for (const auto& [verb, count] : counters.changes)
    all.back().samples.push_back({{{"verb", verb}}, static_cast<double>(count)});
  all.push_back(family("failover_commits_total", "Commits to the store, each of one change or more.", counter,
                       static_cast<double>(counters.commits)));
  all.push_back(
      family("failover_commit_seconds_total", "Time spent committing.", counter, counters.commit_seconds));
  all.push_back(family("failover_store_errors_total", "Commits that the store could not keep.", counter,
                       static_cast<double>(counters.store_errors)));
  control_.read([&](const State& state) {
    const auto size = [](std::string kind, std::size_t count) {
      return Sample{{{"kind", std::move(kind)}}, static_cast<double>(count)};
    };
    all.push_back({"failover_table_size",
                   "What is registered, by kind.",
                   gauge,
                   {size("zone", state.zone_count()), size("stack", state.stack_count()),
                    size("group", state.group_count()), size("retired", state.retired_count())},
                   {}});
    all.push_back(family("failover_revision", "The last committed revision.", gauge,
                         static_cast<double>(state.revision())));
  });
  return all;
}

std::string Health::metrics() const {
  auto all = own_metrics();
  for (const auto& source : sources_.metrics)
    for (auto& one : source()) all.push_back(std::move(one));
  return to_text(all);
}

std::vector<Check> Health::group_checks() const {
  Amiss headless, without_backup, cannot_take_over;
  std::string after;
  bool more = true;
  while (more) {
    control_.read([&](const State& state) {
      std::size_t looked_at = 0;
      more = false;
      state.each_group_after(after, [&](const Group& group) {
        // A group without a stack is an address that is only reserved.
        const auto* live = state.stack(group.live_stack());
        if (live && web_head(live->servers).empty()) headless.add(address(state, group));
        if (live && (group.primary == 0 || group.backup == 0)) without_backup.add(address(state, group));
        const auto* waiting = live ? state.stack(group.stack_at(other(group.live))) : nullptr;
        if (waiting && web_head(waiting->servers).empty()) cannot_take_over.add(address(state, group));
        if (++looked_at < looked_at_once) return true;
        after = address(state, group);
        more = true;
        return false;
      });
    });
  }
  return {
      headless.check("groups-web-head", " groups answer nothing, since their live stack has no web head: ",
                     "Give it a server with an address or hostname, or flip them."),
      without_backup.check("groups-backup",
                           " groups have one stack only and cannot be flipped: ", "Attach a second one."),
      cannot_take_over.check("groups-other-side",
                             " groups cannot be flipped, since their other stack has no web head: ",
                             "Give it a server with an address or hostname.")};
}

std::vector<Check> Health::examine() const {
  std::vector<Check> checks;
  const auto integrity = control_.store().check();
  checks.push_back({"store", integrity == "ok",
                    integrity == "ok"
                        ? "The database is intact."
                        : integrity + ". Stop failoverd and restore the database from a backup."});
  checks.push_back({"ready", ready(),
                    ready() ? "Lookups are answered." : "Lookups are not answered: see failoverd's log."});
  if (sources_.checks)
    for (auto& check : sources_.checks()) checks.push_back(std::move(check));
  for (auto& check : group_checks()) checks.push_back(std::move(check));
  return checks;
}

void show_alive(Health&, Call call) { call.reply(plain(200, "ok\n")); }

void show_ready(Health& health, Call call) {
  call.reply(health.ready() ? plain(200, "ready\n") : plain(503, "lookups are not answered yet\n"));
}

void show_metrics(Health& health, Call call) {
  call.reply({200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, health.metrics()});
}

void examine(Health& health, Call call) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string body = "{\"time\":" + quoted(render(now)) + ",\"checks\":[";
  for (const auto& check : health.examine()) {
    if (body.back() != '[') body += ',';
    body += "{\"name\":" + quoted(check.name) + ",\"ok\":" + (check.ok ? "true" : "false") +
            ",\"detail\":" + quoted(valid_utf8(check.detail)) + '}';
  }
  call.reply(json(200, body + "]}"));
}

}  // namespace failover::admin
