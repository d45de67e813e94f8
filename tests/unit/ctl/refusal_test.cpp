#include "ctl/refusal.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::ctl {
namespace {

constexpr const char* how =
    ": set FAILOVER_TOKEN or FAILOVER_TOKEN_FILE, or give --token-file. An administrator can make "
    "one with 'failoverctl tokens create'.";

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(a_refusal_speaks_of_the_command_line) {
  struct {
    const char* problem;
    std::string text;
  } const rows[] = {
      {R"({"code":"group_has_stacks","detail":"Detach them."})", "Detach them."},
      {R"({"code":"unauthorized","detail":"Send a token as \"Authorization: Bearer TOKEN\"."})",
       std::string("The token is not known, was revoked or has expired") + how},
      {R"({"code":"no_web_head","detail":"s has none: give it one, or flip with force to answer no data."})",
       "s has none: give it one, or flip with --force to answer no data."},
      {R"({"code":"side_is_live","detail":"Flip first, or set live in the same request."})",
       "Flip first, or give --live in the same command."},
      {R"({"code":"invalid","detail":"5 to 300.","errors":[{"pointer":"/ttl","detail":"5 to 300."}]})",
       "/ttl: 5 to 300."},
      {R"({"code":"invalid","detail":"Send an object.","errors":[{"pointer":"","detail":"Send an object."}]})",
       "Send an object."},
      {R"({"code":"invalid","detail":"The request has 2 mistakes: correct each one in errors.",)"
       R"("errors":[{"pointer":"/ttl","detail":"a"},{"pointer":"","detail":"b"}]})",
       "The request has 2 mistakes: correct each one.\n  /ttl: a\n  b"},
      {R"({"code":"x","detail":"\u001b[2J"})", "?[2J"},
  };
  for (const auto& row : rows) {
    rapidjson::Document problem;
    problem.Parse(row.problem);
    BOOST_TEST(refusal_text(problem, true) == row.text);
  }
  rapidjson::Document problem;
  problem.Parse(R"({"code":"unauthorized","detail":"x"})");
  BOOST_TEST(refusal_text(problem, false) == std::string("No token was given") + how);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
