// The one writer on a real store: durable, visible, announced, and only then answered; one commit for many.
#include "control/control.hpp"

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <filesystem>
#include <future>

#include "control/render.hpp"
#include "core/world.hpp"

namespace failover::test {
namespace {

// Announces nothing until it is let go; then every server has been flushed.
class HeldAnnouncer : public Announcer {
 public:
  void announce(std::vector<std::string> names, std::vector<std::string>,
                std::function<void(std::vector<Flushed>)> done) override {
    std::unique_lock lock(mutex_);
    for (auto& name : names) announced.push_back(std::move(name));
    if (!held) return lock.unlock(), done(answer);
    waiting_.push_back(std::move(done));
    changed_.notify_all();
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() >= count; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    for (const auto& done : waiting_) done(answer);
    waiting_.clear();
  }
  std::vector<std::string> announced;
  std::vector<Flushed> answer{{"http://127.0.0.1:8081", true, ""}};
  bool held = false;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void(std::vector<Flushed>)>> waiting_;
};

// A store that can be made to fail, as a full disk does.
class FailingStore : public Store {
 public:
  explicit FailingStore(std::unique_ptr<Store> kept) : kept_(std::move(kept)) {}
  void load(State& state) override { kept_->load(state); }
  Result<void> commit(std::span<const Change> changes) override {
    ++commits;
    if (full) return Refusal{Code::store_unavailable, "The disk is full."};
    for (const Change& change : changes) {
      if (change.group == bad_label) return Refusal{Code::internal_error, "A constraint failed."};
    }
    return kept_->commit(changes);
  }
  Result<std::vector<TrailEntry>> trail(const TrailQuery& query) override { return kept_->trail(query); }
  std::vector<std::string> altered_since(Time since) override { return kept_->altered_since(since); }
  std::string check() override { return kept_->check(); }
  std::atomic<bool> full{false};
  std::atomic<int> commits{0};
  std::string bad_label = "-";

 private:
  std::unique_ptr<Store> kept_;
};

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "control-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

struct Rig {
  Folder folder;
  FailingStore store{open_store("sqlite:" + (folder.path / "failover.db").string())};
  Table table;
  HeldAnnouncer announcer;
  std::optional<Control> control{std::in_place, store, table, announcer};
  Table::Reader reader{table};

  std::future<Result<Outcome>> begin(Command command) {
    auto promise = std::make_shared<std::promise<Result<Outcome>>>();
    control->submit({std::move(command), {{}, "alice", "192.0.2.1", "why", 0}, {}},
                    [promise](auto result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }
  Result<Outcome> run(Command command) { return begin(std::move(command)).get(); }
  Outcome must(Command command) {
    auto result = run(std::move(command));
    BOOST_REQUIRE_MESSAGE(result, result.error().detail);
    return *result;
  }
  std::string answer(std::string_view name) {
    const Found found = reader.find(name);
    return !found.exists ? "no name" : found.records.empty() ? "no data" : found.records.front().content;
  }
  void begin_world() {
    must(zone("failover.example"));
    must(PutStack{"eu", {server("web1", Role::web, {"192.0.2.10"})}});
    must(PutStack{"us", {server("web1", Role::web, {"198.51.100.10"})}});
    must(CreateGroup{{}, "g", {}, "eu", "us", {}, {}});
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_comes_after_the_flush) {
  Rig rig;
  rig.begin_world();
  rig.announcer.held = true;
  auto flip = rig.begin(FlipGroup{"g", {}, false});
  rig.announcer.wait_for(1);
  BOOST_TEST((flip.wait_for(std::chrono::seconds(0)) == std::future_status::timeout));
  BOOST_TEST(rig.answer("g.failover.example") == "198.51.100.10", "visible before PowerDNS is flushed");
  rig.announcer.let_go();
  const auto outcome = flip.get();
  BOOST_TEST(outcome->changed);
  BOOST_TEST(outcome->flushed.size() == 1U);
  BOOST_TEST(outcome->previous.front().content == "192.0.2.10");
  BOOST_TEST(rig.announcer.announced.back() == "g.failover.example");
}

BOOST_AUTO_TEST_CASE(writes_that_wait_share_a_commit) {
  Rig rig;
  rig.begin_world();
  const int before = rig.store.commits;
  std::vector<Write> writes;
  for (int i = 0; i < 50; ++i) {
    writes.push_back({CreateGroup{{}, "n" + std::to_string(i / 2), {}, {}, {}, {}, {}}, {}, {}});
  }
  std::promise<std::vector<Result<Outcome>>> promise;
  rig.control->submit_all(std::move(writes), [&](auto results) { promise.set_value(std::move(results)); });
  const auto results = promise.get_future().get();
  BOOST_TEST(rig.store.commits == before + 1);
  for (std::size_t i = 0; i < results.size(); ++i) {
    BOOST_TEST((results[i].has_value() == (i % 2 == 0)),
               "a later write sees an earlier one of the same commit");
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
  Rig rig;
  rig.begin_world();
  const Revision before = rig.control->read([](const State& state) { return state.revision(); });
  rig.store.full = true;
  const auto refused = rig.run(FlipGroup{"g", {}, false});
  BOOST_REQUIRE(!refused);
  BOOST_TEST(to_string(refused.error().code) == "store_unavailable");
  BOOST_TEST(rig.answer("g.failover.example") == "192.0.2.10");
  BOOST_TEST(rig.control->read([](const State& state) { return state.revision(); }) == before);
  rig.store.full = false;
  BOOST_TEST(rig.run(FlipGroup{"g", {}, false})->changed);
  BOOST_TEST(rig.answer("g.failover.example") == "198.51.100.10");
}

BOOST_AUTO_TEST_CASE(one_bad_write_does_not_cost_the_others) {
  Rig rig;
  rig.begin_world();
  rig.store.bad_label = "bad";
  std::vector<Write> writes;
  for (const char* label : {"first", "bad", "last"})
    writes.push_back({CreateGroup{{}, label, {}, {}, {}, {}, {}}, {}, {}});
  std::promise<std::vector<Result<Outcome>>> promise;
  rig.control->submit_all(std::move(writes), [&](auto results) { promise.set_value(std::move(results)); });
  const auto results = promise.get_future().get();
  BOOST_TEST((results[0].has_value() && !results[1].has_value() && results[2].has_value()));
  BOOST_TEST(rig.answer("last.failover.example") == "no data");
  BOOST_TEST(rig.answer("bad.failover.example") == "no name");
}

// PowerDNS answers later, and each of the writes tried alone has to be waited for.
BOOST_AUTO_TEST_CASE(one_bad_write_and_a_flush_that_takes_its_time) {
  Rig rig;
  rig.begin_world();
  rig.store.bad_label = "bad";
  rig.announcer.held = true;
  std::vector<Write> writes;
  for (const char* label : {"first", "bad", "last"}) {
    writes.push_back({CreateGroup{{}, label, {}, {}, {}, {}, {}}, {}, {}});
  }
  std::promise<std::vector<Result<Outcome>>> promise;
  auto answered = promise.get_future();
  rig.control->submit_all(std::move(writes), [&](auto results) { promise.set_value(std::move(results)); });
  rig.announcer.wait_for(2);
  BOOST_TEST((answered.wait_for(std::chrono::seconds(0)) == std::future_status::timeout));
  rig.announcer.let_go();
  const auto results = answered.get();
  BOOST_REQUIRE(results.size() == 3U);
  BOOST_TEST((results[0].has_value() && !results[1].has_value() && results[2].has_value()));
  BOOST_TEST(results[0]->flushed.size() == 1U);
}

// Each of them alone would wait for the store's lock in turn, and everybody behind them.
BOOST_AUTO_TEST_CASE(a_store_that_takes_nothing_is_asked_once) {
  Rig rig;
  rig.begin_world();
  rig.store.full = true;
  const int before = rig.store.commits;
  std::vector<Write> writes;
  for (const char* label : {"first", "second", "last"})
    writes.push_back({CreateGroup{{}, label, {}, {}, {}, {}, {}}, {}, {}});
  std::promise<std::vector<Result<Outcome>>> promise;
  rig.control->submit_all(std::move(writes), [&](auto results) { promise.set_value(std::move(results)); });
  const auto results = promise.get_future().get();
  BOOST_REQUIRE(results.size() == 3U);
  for (const auto& result : results) BOOST_TEST((result.error().code == Code::store_unavailable));
  BOOST_TEST(rig.store.commits == before + 1);
}

BOOST_AUTO_TEST_CASE(a_flip_that_is_asked_for_again_is_answered_when_it_is_over) {
  Rig rig;
  rig.begin_world();
  rig.must(FlipGroup{"g", Side::backup, false});
  rig.announcer.announced.clear();
  rig.announcer.answer.front().ok = false;
  const auto again = rig.must(FlipGroup{"g", Side::backup, false});
  BOOST_TEST(!again.changed);
  BOOST_TEST(rig.announcer.announced == std::vector<std::string>{"g.failover.example"},
             boost::test_tools::per_element());
  BOOST_REQUIRE(again.flushed.size() == 1U);
  BOOST_TEST(!again.flushed.front().ok);
}

BOOST_AUTO_TEST_CASE(all_clear) {
  const struct {
    const char* rule;
    bool flushed;
    int ttls;
  } rows[] = {{"one TTL after a flush", true, 1}, {"two caches more where it failed", false, 3}};
  for (const auto& row : rows) {
    Rig rig;
    rig.begin_world();
    rig.announcer.answer.front().ok = row.flushed;
    const Time before = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto outcome = rig.must(FlipGroup{"g", {}, false});
    BOOST_TEST((outcome.all_clear_at >= before + row.ttls * std::chrono::seconds(60)), row.rule);
    BOOST_TEST((outcome.all_clear_at < before + (row.ttls + 1) * std::chrono::seconds(60)), row.rule);
    rig.announcer.answer.front().ok = true;
    const auto again = rig.must(FlipGroup{"g", Side::backup, false});
    BOOST_TEST(!again.changed);
    BOOST_TEST((again.all_clear_at == outcome.all_clear_at), "an earlier flip is still on its way");
  }
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_there_after_a_restart) {
  Rig rig;
  rig.begin_world();
  rig.must(FlipGroup{"g", {}, false});
  const auto shown = [&] {
    return rig.control->read([](const State& state) { return render(state, **find_group(state, "g")); });
  };
  const std::string before = shown();
  rig.control.reset();
  Table table;
  rig.control.emplace(rig.store, table, rig.announcer);
  BOOST_TEST(shown() == before);
  const auto trail = rig.store.trail({0, 100, "", "g", "", ""});
  BOOST_REQUIRE(trail);
  BOOST_TEST(trail->back().verb == "flip");
  BOOST_TEST(trail->back().actor == "alice");
  BOOST_TEST(trail->back().reason == "why");
}

}  // namespace failover::test
