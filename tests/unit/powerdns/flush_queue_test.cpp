#include "powerdns/flush_queue.hpp"

#include <boost/test/unit_test.hpp>

#include "powerdns/announcement.hpp"
#include "powerdns/notices.hpp"

namespace failover::powerdns {
namespace {

using namespace std::chrono_literals;
const Moment start{};

// What waits, in the order it is due, with how many names somebody waits for: "a 1, z 12".
std::string drained(FlushQueue& queue, Moment now) {
  std::string all;
  while (const auto flush = queue.next(now)) {
    std::size_t names = 0;
    for (const auto& waiter : flush->waiters) names += waiter.names;
    all += (all.empty() ? "" : ", ") + flush->name + " " + std::to_string(names);
  }
  return all;
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_server) {
  struct Added {
    const char* name;
    const char* zone;
    std::chrono::milliseconds due;
  };
  struct Row {
    const char* rule;
    std::vector<Added> added;
    const char* at_once;
    const char* later;
  };
  const Row rows[] = {
      {"in the order they came", {{"b", "z", 0ms}, {"a", "z", 0ms}}, "b 1, a 1", ""},
      {"a name waits once", {{"a", "z", 0ms}, {"b", "z", 0ms}, {"a", "z", 0ms}}, "a 2, b 1", ""},
      {"not before it is due", {{"a", "z", 9ms}, {"b", "z", 0ms}}, "b 1", "a 1"},
      {"the earlier time counts", {{"a", "z", 9ms}, {"a", "z", 0ms}}, "a 2", ""},
      {"three of a zone are three", {{"a", "z", 0ms}, {"b", "z", 0ms}, {"c", "z", 0ms}}, "a 1, b 1, c 1", ""},
      {"four are the zone", {{"a", "z", 0ms}, {"b", "z", 0ms}, {"c", "z", 0ms}, {"d", "z", 0ms}}, "z 4", ""},
      {"a zone that waits takes in what comes", {{"z", "z", 0ms}, {"a", "z", 0ms}}, "z 2", ""},
      {"zones count apart",
       {{"a", "z", 0ms}, {"b", "z", 0ms}, {"c", "y", 0ms}, {"d", "y", 0ms}},
       "a 1, b 1, c 1, d 1",
       ""},
      {"without a zone they stay names",
       {{"a", "", 0ms}, {"b", "", 0ms}, {"c", "", 0ms}, {"d", "", 0ms}},
       "a 1, b 1, c 1, d 1",
       ""},
  };
  boost::asio::io_context io;
  const auto somebody = std::make_shared<Announcement>(io, nullptr, start);
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      FlushQueue queue(3);
      for (const auto& [name, zone, due] : row.added)
        queue.add({name, zone, start, start, start, false, 0, {{somebody, 1}}}, start + due);
      BOOST_TEST(drained(queue, start) == row.at_once);
      BOOST_TEST(drained(queue, start + 9ms) == row.later);
      BOOST_TEST(queue.size() == 0u);
      BOOST_TEST(!queue.next_due());
      BOOST_TEST(!queue.oldest());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_joins_keeps_the_stricter_terms) {
  FlushQueue queue(3);
  queue.add({"a", "z", start + 5ms, start + 5ms, start + 10ms, true}, start);
  queue.add({"a", "z", start + 1ms, start + 1ms, start + 2ms, false}, start);
  BOOST_TEST((queue.oldest() == start + 1ms));
  const auto flush = queue.next(start).value();
  BOOST_TEST((flush.since == start + 1ms));
  BOOST_TEST((flush.changed == start + 5ms));
  BOOST_TEST((flush.settled == start + 10ms));
  BOOST_TEST(!flush.again);
}

BOOST_AUTO_TEST_CASE(notices_of_a_zone) {
  struct Row {
    const char* rule;
    std::vector<std::chrono::milliseconds> changes;
    std::vector<std::chrono::milliseconds> told;
  };
  const Row rows[] = {
      {"soon, and when each cache has the new serial", {0ms}, {100ms, 4000ms, 24000ms}},
      {"changes at once are one", {0ms, 10ms, 20ms}, {100ms, 4020ms, 24020ms}},
      {"a second apart", {0ms, 200ms}, {100ms, 1100ms, 4200ms, 24200ms}},
      {"a late change begins anew", {0ms, 5000ms}, {100ms, 4000ms, 5100ms, 9000ms, 29000ms}},
      {"changes without a pause put none off",
       {0ms, 90ms, 180ms, 270ms, 360ms, 450ms, 540ms, 630ms, 720ms, 810ms, 900ms, 990ms, 1080ms},
       {100ms, 1100ms, 5080ms, 25080ms}},
      {"no change", {}, {}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      Notices notices;
      std::vector<std::chrono::milliseconds> told;
      for (auto now = 0ms; now <= 60s; now += 10ms) {
        for (const auto change : row.changes)
          if (change == now) notices.changed("z.example", start + now);
        for (const auto& zone : notices.take(start + now)) {
          BOOST_TEST(zone == "z.example");
          told.push_back(now);
        }
      }
      BOOST_TEST((told == row.told));
      BOOST_TEST(!notices.next_due());
    }
  }
}

}  // namespace
}  // namespace failover::powerdns
