#include "ctl/doctor.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::ctl {
namespace {

using Names = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_AUTO_TEST_CASE(the_parents_ns_set_against_the_zones_own) {
  const struct {
    const char* rule;
    Names at_parent, own;
    const char *level, *says;
  } rows[] = {
      {"the same", {"ns1.z.example"}, {"ns1.z.example"}, "ok", "the parent names ns1.z.example"},
      {"not delegated",
       {},
       {"ns1.z.example", "ns2.z.example"},
       "fail",
       "NS records for ns1.z.example, ns2.z.example"},
      {"one lacks at the parent",
       {"a.example"},
       {"a.example", "b.example"},
       "warn",
       "the zone names b.example"},
      {"one too many at the parent",
       {"a.example", "b.example"},
       {"a.example"},
       "warn",
       "the parent names b.example"},
      {"none in common", {"x.example"}, {"a.example"}, "fail", "the parent names x.example"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      const Finding finding = delegation_finding("z.example", row.at_parent, row.own);
      BOOST_TEST(finding.level == row.level);
      BOOST_TEST(finding.detail.find(row.says) != std::string::npos, finding.detail);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_servers_clock_against_this_one) {
  const Moment before = *parse_moment("2026-11-22T06:50:00Z");
  const Moment after = *parse_moment("2026-11-22T06:50:05Z");
  const struct {
    const char *time, *level, *says;
  } rows[] = {
      {"2026-11-22T06:50:02.500Z", "ok", "agrees"},
      {"2026-11-22T06:50:07Z", "ok", "agrees"},
      {"2026-11-22T06:49:58Z", "ok", "agrees"},
      {"2026-11-22T06:50:15Z", "warn", "10 s ahead of"},
      {"2026-11-22T06:49:50Z", "warn", "10 s behind"},
      {"2026-11-22T04:50:00Z", "fail", "2 h behind"},
      {"", "warn", "does not say"},
      {"yesterday", "warn", "does not say"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.time) {
      const Finding finding = clock_finding(row.time, before, after);
      BOOST_TEST(finding.level == row.level);
      BOOST_TEST(finding.detail.find(row.says) != std::string::npos, finding.detail);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
