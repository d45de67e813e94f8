#include "powerdns/service.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>

#include "powerdns/sample.hpp"

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(service)
namespace {

struct Serving : Sample {
  std::unique_ptr<Recent> recent = std::make_unique<Recent>();
  Service service{table, *recent, [] { return Revision{12}; }};

  std::uint64_t count(Outcome outcome) const {
    return service.stats().read().by_outcome[static_cast<std::size_t>(outcome)];
  }
};

const std::string two =
    R"([{"qtype":"A","qname":"two.failover.example.","content":"192.0.2.10","ttl":60,"auth":1,"domain_id":1}])";

}  // namespace

BOOST_FIXTURE_TEST_CASE(lines, Serving) {
  const auto handler = service.new_line_handler();
  std::string reply;
  handler->answer(R"({"method":"lookup","parameters":{"qname":"two.failover.example.","qtype":"A"}})", reply);
  BOOST_TEST(reply == "{\"result\":" + two + "}\n");
  BOOST_TEST((recent->last("two.failover.example", Recent::Clock::now()) == Recent::underway),
             "in flight until it is sent");
  handler->sent();
  const auto sent = recent->last("two.failover.example", Recent::Clock::now());
  BOOST_TEST((sent && recent->last("two.failover.example", Recent::Clock::now()) == sent));

  reply.clear();
  handler->too_long(reply);
  handler->sent();
  BOOST_TEST(reply == "{\"result\":false,\"log\":[\"failoverd: a request longer than 65536 bytes\"]}\n");
}

BOOST_FIXTURE_TEST_CASE(http, Serving) {
  net::HttpAnswer answer = service.answer({"/dns/lookup/two%2efailover%2eexample%2e/A", "", ""});
  BOOST_TEST(answer.content_type == "application/json");
  BOOST_TEST(answer.body == "{\"result\":" + two + "}\n");
  BOOST_TEST((recent->last("two.failover.example", Recent::Clock::now()) == Recent::underway));
  answer.until_sent.reset();
  const auto sent = recent->last("two.failover.example", Recent::Clock::now());
  BOOST_TEST((sent && recent->last("two.failover.example", Recent::Clock::now()) == sent));

  answer = service.answer({"", "", "the body is over 65536 bytes"});
  BOOST_TEST(answer.body == "{\"result\":false,\"log\":[\"failoverd: the body is over 65536 bytes\"]}\n");
  BOOST_TEST((answer.until_sent == nullptr));
}

BOOST_FIXTURE_TEST_CASE(counts, Serving) {
  const auto handler = service.new_line_handler();
  const auto ask = [&](const std::string& line) {
    std::string reply;
    handler->answer(line, reply);
    handler->sent();
  };
  const auto lookup = [&](const std::string& name) {
    ask(R"({"method":"lookup","parameters":{"qname":")" + name + R"(","qtype":"ANY"}})");
  };
  lookup("two.failover.example.");
  lookup("failover.example.");
  lookup("held.failover.example.");
  lookup("none.failover.example.");
  lookup("elsewhere.test.");
  ask(R"({"method":"getAllDomains"})");
  ask("broken");
  BOOST_TEST(count(Outcome::noerror) == 2u);
  BOOST_TEST(count(Outcome::nodata) == 1u);
  BOOST_TEST(count(Outcome::nxdomain) == 1u);
  BOOST_TEST(count(Outcome::refused) == 1u);
  BOOST_TEST(count(Outcome::done) == 1u);
  BOOST_TEST(count(Outcome::error) == 1u);
  const Stats::Totals totals = service.stats().read();
  std::uint64_t lookups = 0;
  for (const std::uint64_t bucket : totals.lookups) lookups += bucket;
  BOOST_TEST(lookups == 5u);
  BOOST_TEST(totals.lookup_time.count() > 0);
}

BOOST_AUTO_TEST_CASE(latencies_fall_into_the_bucket_that_holds_them) {
  Stats stats;
  Stats::Shard& shard = stats.shard();
  for (const auto bound : Stats::bounds) {
    shard.lookup_took(bound);
    shard.lookup_took(bound + std::chrono::nanoseconds(1));
  }
  const auto totals = stats.read();
  BOOST_TEST(totals.lookups.front() == 1u);
  BOOST_TEST(totals.lookups.back() == 1u);
  for (std::size_t i = 1; i + 1 < totals.lookups.size(); ++i) BOOST_TEST(totals.lookups[i] == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
