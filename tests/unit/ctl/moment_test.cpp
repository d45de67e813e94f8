#include "ctl/moment.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::ctl {
namespace {

BOOST_AUTO_TEST_SUITE(moment)

BOOST_AUTO_TEST_CASE(a_duration_is_a_number_and_a_unit) {
  const struct {
    const char* text;
    long seconds;
  } rows[] = {{"30s", 30}, {"5m", 300}, {"2h", 7200}, {"90d", 7776000}, {"0", 0}, {"15", 15}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto duration = parse_duration(row.text);
      BOOST_TEST_REQUIRE(duration.has_value());
      BOOST_TEST(duration->count() == row.seconds);
    }
  }
  for (const char* text : {"", "s", "-5s", "5 m", "5min", "1.5h", "99999999999"})
    BOOST_TEST(parse_duration(text).has_error(), text);
}

BOOST_AUTO_TEST_CASE(a_moment_is_read_as_rfc_3339_in_utc) {
  const struct {
    const char* text;
    long long milliseconds;
  } rows[] = {{"1970-01-01T00:00:01Z", 1000},
              {"2026-11-22T06:50:00Z", 1795330200000},
              {"2026-11-22T06:50:00.123Z", 1795330200123},
              {"2026-11-22T06:50:00.5Z", 1795330200500}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto moment = parse_moment(row.text);
      BOOST_TEST_REQUIRE(moment.has_value());
      BOOST_TEST(moment->time_since_epoch().count() == row.milliseconds);
    }
  }
  for (const char* text : {"", "now", "2026-11-22", "2026-11-22T06:50:00", "2026-11-22T06:50:00+01:00"})
    BOOST_TEST(!parse_moment(text).has_value(), text);
  BOOST_TEST(to_rfc3339(*parse_moment("2026-11-22T06:50:00.9Z")) == "2026-11-22T06:50:00Z");
  BOOST_TEST(local_time("never") == "never");
}

BOOST_AUTO_TEST_CASE(a_rough_length_uses_the_biggest_unit_that_fits) {
  using std::chrono::seconds;
  BOOST_TEST(rough(seconds(0)) == "0 s");
  BOOST_TEST(rough(seconds(119)) == "119 s");
  BOOST_TEST(rough(seconds(120)) == "2 min");
  BOOST_TEST(rough(seconds(7200)) == "2 h");
  BOOST_TEST(rough(seconds(172800)) == "2 d");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
