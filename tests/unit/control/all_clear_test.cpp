#include "control/all_clear.hpp"

#include <boost/test/unit_test.hpp>

namespace failover {
namespace {

using namespace std::chrono_literals;

const Time start{1'790'000'000s};
const std::string shop = "shop.failover.example", cart = "cart.failover.example";

Change altered(std::vector<std::string> names, std::uint32_t old_ttl) {
  Change change;
  change.subject = Touched<Group>{Group{}, Group{}};
  change.zone = "failover.example";
  change.altered = std::move(names);
  change.old_ttl = old_ttl;
  change.serials = {{"failover.example", 1}};
  return change;
}

Change created(const std::string& name) {
  Change change = altered({name}, 30);
  change.subject = Touched<Group>{{}, Group{}};
  return change;
}

Change zone_ttl(std::uint16_t before, std::uint16_t after) {
  Change change = altered({"failover.example"}, 300);
  Zone old, now;
  old.ttl = before;
  now.ttl = after;
  change.subject = Touched<Zone>{old, now};
  return change;
}

Change very_many() { return altered(std::vector<std::string>(5001, cart), 60); }

}  // namespace

BOOST_AUTO_TEST_CASE(when_old_answers_are_forgotten) {
  struct Step {
    std::chrono::seconds at;
    Change change;
    bool flushed = true;
  };
  const struct {
    const char* rule;
    std::vector<Step> steps;
    std::chrono::seconds all_clear;  // of shop, after the start; 0 is never altered
  } rows[] = {
      {"nothing happened", {}, 0s},
      {"a TTL after a flip", {{10s, altered({shop}, 60)}}, 70s},
      {"a flip after the TTL was lowered", {{0s, altered({shop}, 300)}, {1s, altered({shop}, 5)}}, 300s},
      {"a flip after the stack was emptied", {{0s, altered({shop}, 60)}, {9s, altered({shop}, 30)}}, 60s},
      {"the later of two", {{0s, altered({shop}, 60)}, {20s, altered({shop}, 60)}}, 80s},
      {"PowerDNS may have kept it", {{0s, altered({shop}, 60), false}}, 180s},
      {"a success does not undo that", {{0s, altered({shop}, 60), false}, {9s, altered({shop}, 60)}}, 180s},
      {"another address", {{0s, altered({cart}, 60)}}, 0s},
      {"a new address was in nobody's cache", {{0s, created(shop)}}, 0s},
      {"the zone's TTL was lowered", {{0s, zone_ttl(300, 5)}}, 300s},
      {"the zone's records alone", {{0s, zone_ttl(60, 60)}}, 0s},
      {"more than are kept one by one", {{0s, very_many()}}, 60s},
  };
  for (const auto& row : rows) {
    AllClear all_clear;
    for (const Step& step : row.steps) {
      const std::vector<Flushed> flushed{{"http://ns1", true, ""}, {"http://ns2", step.flushed, "away"}};
      all_clear.announced(step.change, flushed, start + step.at);
    }
    const Time expected = row.all_clear == 0s ? Time{} : start + row.all_clear;
    BOOST_TEST((all_clear.of(shop) == expected), row.rule);
  }
}

BOOST_AUTO_TEST_CASE(what_has_passed_is_forgotten) {
  AllClear all_clear;
  for (int i = 0; i < 1000; ++i)
    all_clear.announced(altered({std::to_string(i) + ".example"}, 60), {}, start + i * 60s);
  BOOST_TEST((all_clear.of("0.example") == Time{}));
  BOOST_TEST((all_clear.of("999.example") == start + 1000 * 60s));
}

}  // namespace failover
