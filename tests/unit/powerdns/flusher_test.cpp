#include "powerdns/flusher.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "powerdns/fake_api.hpp"

namespace failover::powerdns {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Names = std::vector<std::string>;

FlusherLimits quick() {
  FlusherLimits limits;
  limits.announcement = 60s;  // no test fails because the machine is slow
  limits.first_pause = 5ms;
  limits.last_pause = 20ms;
  limits.names_of_a_zone = 10;
  return limits;
}

std::vector<ApiUrl> urls(const Names& texts) {
  std::vector<ApiUrl> read;
  for (const auto& text : texts) read.push_back(parse_api_url(text).value());
  return read;
}

Flusher::RecentlyAnswered ago(std::optional<std::chrono::milliseconds> time) {
  return [time](std::string_view, auto) { return time ? std::optional(Clock::now() - *time) : std::nullopt; };
}

std::future<std::vector<Flushed>> announce(Flusher& flusher, Names names) {
  auto promise = std::make_shared<std::promise<std::vector<Flushed>>>();
  auto result = promise->get_future();
  flusher.announce(std::move(names), {"z.example"},
                   [promise](auto flushed) { promise->set_value(std::move(flushed)); });
  return result;
}

// Long enough for any machine; what never becomes true fails.
bool eventually(const std::function<bool()>& what) {
  for (int i = 0; i < 10000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

bool all_flushed(const Flusher& flusher) {
  return eventually([&] { return flusher.stats()[0].waiting == 0; });
}

struct Row {
  const char* rule;
  std::string reply;
  std::optional<std::chrono::milliseconds> answered;  // ago
  Names names;
  bool ok;
  const char* detail;  // a part of it
  Names flushes;       // what the server was asked by then; empty: that is another test's
};

BOOST_AUTO_TEST_CASE(what_a_server_answers_and_what_is_said_of_it) {
  const Row rows[] = {
      {"dropped nothing: once", flushed(0), {}, {"a.z.example"}, true, "", {"a.z.example."}},
      {"dropped something: again",
       flushed(2),
       {},
       {"a.z.example"},
       true,
       "",
       {"a.z.example.", "a.z.example."}},
      {"answered long ago: once", flushed(0), 500ms, {"a.z.example"}, true, "", {"a.z.example."}},
      {"a name twice is once", flushed(0), {}, {"a.z.example", "a.z.example"}, true, "", {"a.z.example."}},
      {"an unreadable count: again",
       http_reply(200, "ok"),
       {},
       {"a.z.example"},
       true,
       "",
       {"a.z.example.", "a.z.example."}},
      {"odd names are encoded", flushed(0), {}, {"*.a&b.z.example"}, true, "", {"%2A.a%26b.z.example."}},
      {"no name altered", flushed(0), {}, {}, true, "", {}},
      {"401", http_reply(401, "Unauthorized"), {}, {"a.z.example"}, false, "--powerdns-api-key-file", {}},
      {"404", http_reply(404, "Not Found"), {}, {"a.z.example"}, false, "api=yes", {}},
      {"422", http_reply(422, "{}"), {}, {"a.z.example"}, false, "answered 422", {}},
      {"500", http_reply(500, "oops"), {}, {"a.z.example"}, false, "answered 500 (oops)", {}},
      {"closes", "", {}, {"a.z.example"}, false, "no proper HTTP reply", {}},
      {"no HTTP", "220 smtp ready\r\n", {}, {"a.z.example"}, false, "no proper HTTP reply", {}},
      {"half a reply",
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
       {},
       {"a.z.example"},
       false,
       "no proper HTTP reply",
       {}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      FakeApi api([&](const auto& request) {
        return request.target.ends_with("notify") ? http_reply(422, "{}") : row.reply;
      });
      {
        Flusher flusher(urls({api.url()}), "secret", ago(row.answered), quick());
        const auto done = announce(flusher, row.names).get();
        BOOST_TEST_REQUIRE(done.size() == 1u);
        BOOST_TEST(done[0].server == api.url());
        BOOST_TEST(done[0].ok == row.ok);
        BOOST_TEST(done[0].detail.find(row.detail) != std::string::npos, done[0].detail);
        if (row.ok) BOOST_TEST(done[0].detail == "");
        if (row.ok) BOOST_TEST(api.flushes() == row.flushes, boost::test_tools::per_element());
        if (row.ok) BOOST_TEST(flusher.stats()[0].flushed_again == row.flushes.size() / 2);
        for (const auto& request : api.requests()) BOOST_TEST(request.key == "secret");
        // Whatever went wrong, it is flushed once the server is well again.
        api.play([](const auto&) { return flushed(0); });
        BOOST_TEST(all_flushed(flusher));
        BOOST_TEST(announce(flusher, {"b.z.example"}).get()[0].ok);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_second_flush_waits_until_the_answer_must_have_been_stored) {
  FakeApi api([](const auto&) { return flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago(0ms), quick());
  const auto begun = Clock::now();
  BOOST_TEST(announce(flusher, {"a.z.example"}).get()[0].ok);
  BOOST_TEST((Clock::now() - begun >= just_answered));
}

BOOST_AUTO_TEST_CASE(it_is_flushed_until_an_answer_that_is_under_way_has_been_handed_over) {
  FakeApi api([](const auto&) { return flushed(0); });
  std::atomic<bool> handed_over = false;
  std::atomic<Clock::rep> asked_about = 0;
  const auto recently = [&](std::string_view, Clock::time_point before) {
    asked_about = before.time_since_epoch().count();
    return std::optional(handed_over ? before : Clock::time_point::max());
  };
  Names many;
  for (int i = 0; i < 11; ++i) many.push_back("g" + std::to_string(i) + ".z.example");
  for (const auto& names : {Names{"a.z.example"}, Names{"z.example"}, many}) {
    BOOST_TEST_CONTEXT(names.size() << " from " << names[0]) {
      handed_over = false;
      Flusher flusher(urls({api.url()}), "", recently, quick());
      const auto begun = Clock::now();
      const auto before = api.flushes().size();
      auto done = announce(flusher, names);
      BOOST_TEST(eventually([&] { return api.flushes().size() >= before + 4; }));
      BOOST_TEST((done.wait_for(0s) == std::future_status::timeout));
      BOOST_TEST(asked_about >= begun.time_since_epoch().count());
      const auto changed = asked_about.load();
      handed_over = true;
      BOOST_TEST(done.get()[0].ok);
      BOOST_TEST(asked_about == changed, "answers begun after the change are no matter");
    }
  }
}

BOOST_AUTO_TEST_CASE(something_in_a_zone_that_changed_was_likely_asked_for) {
  FakeApi api([](const auto&) { return flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago({}), quick());
  const auto begun = Clock::now();
  BOOST_TEST(announce(flusher, {"z.example"}).get()[0].ok);
  BOOST_TEST((Clock::now() - begun >= just_answered));
  BOOST_TEST(api.flushes() == (Names{"z.example.", "z.example."}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_is_told_of_at_once_and_flushed_when_it_is_back) {
  FakeApi well([](const auto&) { return flushed(0); }), away([](const auto&) { return flushed(0); });
  away.close();
  Flusher flusher(urls({well.url(), away.url()}), "", ago({}), quick());
  for (const char* name : {"a.z.example", "b.z.example"}) {
    const auto done = announce(flusher, {name}).get();
    BOOST_TEST(done[0].ok);
    BOOST_TEST(!done[1].ok);
    BOOST_TEST(done[1].detail.find("cannot connect") != std::string::npos, done[1].detail);
  }
  BOOST_TEST(!flusher.stats()[1].reachable);
  BOOST_TEST(flusher.stats()[1].waiting == 2u);
  BOOST_TEST(flusher.stats()[1].lag.count() > 0);
  away.open();
  BOOST_TEST(eventually([&] { return flusher.stats()[1].waiting == 0; }));
  auto names = away.flushes();
  std::sort(names.begin(), names.end());
  BOOST_TEST(names == (Names{"a.z.example.", "b.z.example."}), boost::test_tools::per_element());
  BOOST_TEST(flusher.stats()[1].reachable);
  BOOST_TEST(announce(flusher, {"c.z.example"}).get()[1].ok);
}

BOOST_AUTO_TEST_CASE(all_servers_are_asked_at_once) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  FakeApi slow([&](const auto&) { return released.wait(), flushed(0); });
  FakeApi second([](const auto&) { return flushed(0); }), third([](const auto&) { return flushed(0); });
  Flusher flusher(urls({slow.url(), second.url(), third.url()}), "k", ago({}), quick());
  auto result = announce(flusher, {"a.z.example"});
  BOOST_TEST(eventually([&] { return !second.flushes().empty() && !third.flushes().empty(); }));
  release.set_value();
  for (const auto& one : result.get()) BOOST_TEST(one.ok, one.server);
}

BOOST_AUTO_TEST_CASE(the_pauses_grow) {
  std::mutex mutex;
  std::vector<Clock::time_point> asked;
  FakeApi api([&](const auto& request) {
    const std::lock_guard lock(mutex);
    if (request.target.find("flush") != std::string::npos) asked.push_back(Clock::now());
    return http_reply(401, "");
  });
  auto limits = quick();
  limits.last_pause = 1h;
  Flusher flusher(urls({api.url()}), "k", ago({}), limits);
  announce(flusher, {"a.z.example"}).get();
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return asked.size();
  };
  BOOST_REQUIRE(eventually([&] { return count() >= 6; }));
  const std::lock_guard lock(mutex);
  // 5, 10, 20, 40 and 80 ms, and what the machine took.
  BOOST_TEST((asked[5] - asked[0] >= 155ms));
}

BOOST_AUTO_TEST_CASE(a_slow_server_is_given_up_for_now_and_no_longer_waited_for) {
  std::promise<void> let_go;
  FakeApi api([gate = let_go.get_future().share()](const auto&) { return gate.wait(), flushed(0); });
  auto limits = quick();
  limits.announcement = 50ms;
  limits.request = 60s;
  Flusher flusher(urls({api.url()}), "", ago({}), limits);
  const auto first = announce(flusher, {"a.z.example"}).get();
  BOOST_TEST(!first[0].ok);
  BOOST_TEST(first[0].detail.find("no answer within 50 ms") != std::string::npos, first[0].detail);
  BOOST_TEST(!flusher.stats()[0].reachable);
  BOOST_TEST(!announce(flusher, {"b.z.example"}).get()[0].ok);
  let_go.set_value();
  BOOST_TEST(all_flushed(flusher));
  BOOST_TEST(eventually([&] { return announce(flusher, {"a.z.example"}).get()[0].ok; }));
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_is_sent_again) {
  std::promise<void> let_go;
  std::atomic<int> calls = 0;
  FakeApi api([&, gate = let_go.get_future().share()](const auto&) {
    if (++calls <= 2) gate.wait();
    return flushed(0);
  });
  auto limits = quick();
  limits.request = 20ms;
  Flusher flusher(urls({api.url()}), "", ago({}), limits);
  announce(flusher, {"a.z.example"}).get();
  BOOST_TEST(all_flushed(flusher));
  BOOST_TEST(calls >= 3);
  let_go.set_value();
}

BOOST_AUTO_TEST_CASE(a_change_after_the_flush_was_sent_is_flushed_anew_and_those_that_wait_share_one) {
  std::promise<void> let_go;
  FakeApi api([gate = let_go.get_future().share()](const auto&) { return gate.wait(), flushed(0); });
  auto limits = quick();
  limits.at_once = 1;
  Flusher flusher(urls({api.url()}), "", ago({}), limits);
  std::vector<std::future<std::vector<Flushed>>> waiting;
  waiting.push_back(announce(flusher, {"a.z.example"}));
  BOOST_TEST(eventually([&] { return api.flushes().size() == 1; }));
  for (int i = 0; i < 64; ++i) waiting.push_back(announce(flusher, {"a.z.example"}));
  BOOST_TEST(eventually([&] { return flusher.stats()[0].waiting == 2; }));
  let_go.set_value();
  for (auto& one : waiting) BOOST_TEST(one.get()[0].ok);
  BOOST_TEST(api.flushes().size() <= 3u);  // a late announcement may miss the second
  BOOST_TEST(api.flushes().size() >= 2u);
}

BOOST_AUTO_TEST_CASE(many_names_of_a_zone_become_one_flush_of_it) {
  FakeApi api([](const auto&) { return flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago({}), quick());
  Names names;
  for (int i = 0; i < 11; ++i) names.push_back("g" + std::to_string(i) + ".z.example");
  BOOST_TEST(announce(flusher, names).get()[0].ok);
  for (const auto& name : api.flushes()) BOOST_TEST(name == "z.example.");
  BOOST_TEST(api.flushes().size() >= 1u);
  BOOST_TEST(flusher.stats()[0].whole_zones == api.flushes().size());
}

BOOST_AUTO_TEST_CASE(a_new_key_is_used_at_once) {
  FakeApi api([](const auto& request) {
    return request.key == "new" ? flushed(0) : http_reply(401, "Unauthorized");
  });
  auto limits = quick();
  limits.first_pause = limits.last_pause = 1h;
  Flusher flusher(urls({api.url()}), "old", ago({}), limits);
  BOOST_TEST(!announce(flusher, {"a.z.example"}).get()[0].ok);
  flusher.set_key("new");
  BOOST_TEST(all_flushed(flusher));
  BOOST_TEST(announce(flusher, {"a.z.example"}).get()[0].ok);
}

BOOST_AUTO_TEST_CASE(secondaries_are_notified_of_many_changes_once) {
  FakeApi api([](const auto&) { return flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago({}), quick());
  for (int i = 0; i < 10; ++i) announce(flusher, {"a.z.example"}).get();
  BOOST_TEST(eventually([&] { return flusher.stats()[0].notified >= 1; }));
  BOOST_TEST(api.notifies() < 10u);
}

BOOST_AUTO_TEST_CASE(a_few_zones_are_notified_at_once) {
  std::promise<void> let_go;
  FakeApi api([gate = let_go.get_future().share()](const auto&) { return gate.wait(), flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago({}), quick());
  Names zones;
  for (int i = 0; i < 40; ++i) zones.push_back("z" + std::to_string(i) + ".example");
  flusher.announce({}, zones, [](auto) {});
  BOOST_TEST(eventually([&] { return api.notifies() >= quick().at_once; }));
  std::this_thread::sleep_for(200ms);
  BOOST_TEST(api.notifies() == quick().at_once);
  let_go.set_value();
  BOOST_TEST(eventually([&] { return flusher.stats()[0].notified >= zones.size(); }));
}

BOOST_AUTO_TEST_CASE(without_servers_it_is_done_at_once) {
  Flusher flusher({}, "", ago({}));
  bool done = false;
  flusher.announce({"a.z.example"}, {"z.example"}, [&](auto flushed) { done = flushed.empty(); });
  BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(those_who_wait_when_it_stops_are_told) {
  std::promise<void> let_go;
  FakeApi api([gate = let_go.get_future().share()](const auto&) { return gate.wait(), flushed(0); });
  std::vector<std::future<std::vector<Flushed>>> waiting;
  {
    Flusher flusher(urls({api.url()}), "", ago({}), {});
    for (int i = 0; i < 10; ++i)
      waiting.push_back(announce(flusher, {"g" + std::to_string(i) + ".z.example"}));
  }
  for (auto& one : waiting) {
    const auto done = one.get();
    BOOST_TEST(done.size() == 1u);
    BOOST_TEST(!done[0].ok);
  }
  let_go.set_value();
}

BOOST_AUTO_TEST_CASE(names_altered_before_a_restart_are_flushed_at_the_start) {
  FakeApi api([](const auto&) { return flushed(0); });
  Flusher flusher(urls({api.url()}), "", ago({}), quick());
  flusher.flush_at_start({"a.z.example"}, {"z.example"});
  BOOST_TEST(eventually([&] { return api.flushes() == Names{"a.z.example."}; }));
}

}  // namespace
}  // namespace failover::powerdns
