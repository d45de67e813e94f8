// The small parts: the limit on failed sign-ins, problems, tokens, metrics.
#include <rapidjson/document.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "admin/limiter.hpp"
#include "admin/metrics.hpp"
#include "admin/problem.hpp"
#include "admin/tokens.hpp"
#include "net/peer.hpp"

namespace failover::admin {
namespace bdata = boost::unit_test::data;
using namespace std::chrono_literals;
using enum Limiter::Failure;

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(ten_failures_at_once_and_one_a_second_after) {
  Limiter limiter;
  const Limiter::Clock::time_point start{};
  for (int i = 0; i < 10; ++i) BOOST_TEST((limiter.fail("192.0.2.1", start) == noted));
  BOOST_TEST((limiter.fail("192.0.2.1", start) == first_over));
  BOOST_TEST((limiter.fail("192.0.2.2", start) == noted));
  BOOST_TEST((limiter.fail("192.0.2.1", start + 900ms) == over));
  BOOST_TEST((limiter.fail("192.0.2.1", start + 1900ms) == noted));
  BOOST_TEST((limiter.fail("192.0.2.1", start + 1900ms) == over));
  BOOST_TEST(limiter.failures() == 15u);
  // Quiet for as long as it takes to be let in as at first.
  for (int i = 0; i < 10; ++i) BOOST_TEST((limiter.fail("192.0.2.1", start + 20s) == noted));
  BOOST_TEST((limiter.fail("192.0.2.1", start + 20s) == first_over));
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_counts_as_one) {
  Limiter limiter;
  const Limiter::Clock::time_point start{};
  for (int i = 0; i < 10; ++i) BOOST_TEST((limiter.fail("2001:db8::" + std::to_string(i), start) == noted));
  BOOST_TEST((limiter.fail("2001:db8::ffff", start) == first_over));
  BOOST_TEST((limiter.fail("2001:db8:0:1::1", start) == noted));
}

BOOST_AUTO_TEST_CASE(the_limiter_forgets_rather_than_grows) {
  Limiter limiter;
  const Limiter::Clock::time_point start{};
  for (int i = 0; i < 11; ++i) limiter.fail("192.0.2.1", start);
  for (std::size_t i = 0; i < Limiter::most_addresses; ++i) limiter.fail("host" + std::to_string(i), start);
  BOOST_TEST((limiter.fail("192.0.2.1", start) == noted));
}

BOOST_AUTO_TEST_CASE(a_problem_has_what_rfc_9457_and_the_api_promise) {
  const auto reply =
      problem({Code::invalid, "put it \"right\" \xff", {{"/ttl", "5 to 300"}, {"/name", "shorter"}}});
  BOOST_TEST(reply.status == 422);
  BOOST_TEST(reply.headers.at(0).second == "application/problem+json");
  rapidjson::Document body;
  body.Parse(reply.body.c_str());
  BOOST_TEST(body["status"].GetInt() == 422);
  BOOST_TEST(body["code"].GetString() == "invalid");
  BOOST_TEST(body["detail"].GetString() == "put it \"right\" \xEF\xBF\xBD");
  BOOST_TEST(body["errors"].Size() == 2u);
  BOOST_TEST(body["errors"][0]["pointer"].GetString() == "/ttl");
  BOOST_TEST(body.HasMember("type"));
  BOOST_TEST(body.HasMember("title"));
}

struct Status {
  Code code;
  int status;
  const char* header;  // that it must carry
};
std::ostream& operator<<(std::ostream& out, const Status& one) { return out << to_string(one.code); }

const Status statuses[] = {
    {Code::malformed_json, 400, ""},
    {Code::unauthorized, 401, "WWW-Authenticate"},
    {Code::forbidden, 403, ""},
    {Code::not_found, 404, ""},
    {Code::method_not_allowed, 405, ""},
    {Code::address_retired, 409, ""},
    {Code::address_taken, 409, ""},
    {Code::side_is_live, 409, ""},
    {Code::side_is_empty, 409, ""},
    {Code::no_web_head, 409, ""},
    {Code::group_has_stacks, 409, ""},
    {Code::stack_in_use, 409, ""},
    {Code::zone_has_groups, 409, ""},
    {Code::zone_overlaps, 409, ""},
    {Code::name_taken, 409, ""},
    {Code::stale, 412, ""},
    {Code::too_large, 413, ""},
    {Code::unsupported_media_type, 415, ""},
    {Code::invalid, 422, ""},
    {Code::slow_down, 429, "Retry-After"},
    {Code::store_unavailable, 503, ""},
    {Code::internal_error, 500, ""},
};

BOOST_DATA_TEST_CASE(every_code_has_its_status, bdata::make(statuses)) {
  const auto reply = problem({sample.code, "do something"});
  BOOST_TEST(reply.status == sample.status);
  const std::string wanted = sample.header;
  BOOST_TEST((wanted.empty() ||
              std::ranges::any_of(reply.headers, [&](auto& header) { return header.first == wanted; })));
}

BOOST_AUTO_TEST_CASE(secrets_are_long_and_never_twice_the_same) {
  const auto one = new_secret(), two = new_secret();
  BOOST_TEST(one.text.size() == 46u);
  BOOST_TEST(one.text.starts_with("fo_"));
  BOOST_TEST(one.text != two.text);
  BOOST_TEST((one.hash == hash_of(one.text)));
  BOOST_TEST((one.hash != two.hash));
}

BOOST_AUTO_TEST_CASE(the_admin_token_file_is_made_once_and_read_again) {
  const net::TemporaryFolder folder;
  const auto path = folder / "admin.token";
  AdminToken token(path);
  struct stat there {};
  BOOST_TEST(::stat(path.c_str(), &there) == 0);
  BOOST_TEST((there.st_mode & 0777) == 0600u);
  std::string secret;
  std::ifstream(path) >> secret;
  BOOST_TEST(token.matches(hash_of(secret)));
  BOOST_TEST(AdminToken(path).matches(hash_of(secret)));

  std::ofstream(path) << "another-secret\n";
  BOOST_TEST(token.reload() == "");
  BOOST_TEST(token.matches(hash_of("another-secret")));
  BOOST_TEST(!token.matches(hash_of(secret)));

  std::ofstream(path, std::ios::trunc).close();
  BOOST_TEST(token.reload() != "");
  BOOST_TEST(token.matches(hash_of("another-secret")));
}

BOOST_AUTO_TEST_CASE(a_token_file_that_could_not_be_filled_is_not_left_behind) {
  const net::TemporaryFolder folder;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{0, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &none);
  BOOST_CHECK_THROW(AdminToken(folder / "admin.token"), std::runtime_error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  BOOST_TEST(!std::filesystem::exists(folder / "admin.token"));
}

BOOST_AUTO_TEST_CASE(a_token_file_that_cannot_be_made_is_told) {
  BOOST_CHECK_THROW(AdminToken("/proc/no/such/place"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(metrics_are_prometheus_text) {
  Histogram histogram{{{"kind", "x"}}, {0.1, 1}, {2, 3}, 1, 4.5};
  const auto text =
      to_text({{"lookups_total", "Lookups.", Family::Kind::counter, {{{{"result", "hit"}}, 7}}, {}},
               {"seconds", "Time.", Family::Kind::histogram, {}, {histogram}}});
  for (const char* line :
       {"# TYPE lookups_total counter", "lookups_total{result=\"hit\"} 7", "# TYPE seconds histogram",
        "seconds_count{kind=\"x\"} 6", "seconds_bucket{kind=\"x\",le=\"0.1\"} 2",
        "seconds_bucket{kind=\"x\",le=\"1\"} 5", "seconds_bucket{kind=\"x\",le=\"+Inf\"} 6"})
    BOOST_TEST(text.find(line) != text.npos, line << " is missing from\n" << text);
}

BOOST_AUTO_TEST_CASE(requests_are_counted_by_route_and_status) {
  RequestCounts counts;
  counts.count("GET", "/v1/groups", 200, 3ms);
  counts.count("GET", "/v1/groups", 200, 20s);
  counts.count("GET", "/v1/groups", 401, 1ms);
  const auto text = to_text(counts.families());
  BOOST_TEST(
      text.find("failover_http_requests_total{method=\"GET\",route=\"/v1/groups\",status=\"200\"} 2") !=
      text.npos);
  BOOST_TEST(text.find("failover_http_request_seconds_bucket{route=\"/v1/groups\",le=\"0.005\"} 2") !=
             text.npos);
  BOOST_TEST(text.find("failover_http_request_seconds_count{route=\"/v1/groups\"} 3") != text.npos);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
