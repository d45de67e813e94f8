// Paths, parameters and preconditions.
#include "admin/query.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "admin/routes.hpp"

namespace failover::admin {
namespace bdata = boost::unit_test::data;

struct Path {
  const char* target;
  const char* found;  // "PATTERN|parameter|parameter", "" where there is none
};
std::ostream& operator<<(std::ostream& out, const Path& path) { return out << path.target; }

struct Parameters {
  const char* query;
  const char* known;
  const char* mistakes;  // their pointers
};
std::ostream& operator<<(std::ostream& out, const Parameters& one) { return out << one.query; }

struct Precondition {
  const char* header;
  const char* outcome;  // the revision, "any" or "stale"
};
std::ostream& operator<<(std::ostream& out, const Precondition& one) { return out << one.header; }

BOOST_AUTO_TEST_SUITE(query)

const Path paths[] = {
    {"/", "/"},
    {"/?x=1", "/"},
    {"/metrics", "/metrics"},
    {"/app.js", "/{file}|app.js"},
    {"/v1/groups", "/v1/groups"},
    {"/v1/groups/shop", "/v1/groups/{group}|shop"},
    {"/v1/groups/sh%6Fp?limit=1", "/v1/groups/{group}|shop"},
    {"/v1/groups/a%2Fb", "/v1/groups/{group}|a/b"},
    {"/v1/groups/shop/flip", "/v1/groups/{group}/flip|shop"},
    {"/v1/stacks/eu/servers/web1", "/v1/stacks/{stack}/servers/{server}|eu|web1"},
    {"/v1/stacks/eu/failover-status", "/v1/stacks/{stack}/failover-status|eu"},
    {"/v1", "/{file}|v1"},
    {"/v1/", ""},
    {"/v1/groups/", ""},
    {"/v1/groups//flip", ""},
    {"/v1/groups/shop/flop", ""},
    {"/v1/groups/shop/flip/", ""},
    {"/v2/groups", ""},
    {"/v1/groups/%", ""},
    {"/v1/groups/%zz", ""},
    {"v1/groups", ""},
    {"*", ""},
    {"", ""},
    {"/v1/groups/a b", ""},
};

BOOST_DATA_TEST_CASE(a_path_finds_its_route, bdata::make(paths)) {
  std::string text;
  if (const auto target = parse_target(sample.target)) {
    std::vector<std::string> path;
    const auto found = match(target->segments, path);
    if (!found.empty()) text = found[0]->pattern;
    if (!found.empty())
      for (const auto& part : path) text += '|' + part;
  }
  BOOST_TEST(text == sample.found);
}

const Parameters parameters[] = {
    {"", "limit after", ""},
    {"limit=1", "limit after", ""},
    {"limit=1000&after=x", "limit after", ""},
    {"limit=0", "limit", "/limit"},
    {"limit=1001", "limit", "/limit"},
    {"limit=-1", "limit", "/limit"},
    {"limit=ten", "limit", "/limit"},
    {"limit=", "limit", "/limit"},
    {"limit=1.5", "limit", "/limit"},
    {"limit=99999999999999999999", "limit", "/limit"},
    {"limit=1&limit=1", "limit", "/limit"},
    {"colour=red", "limit after", "/colour"},
    {"lim=1", "limit after", "/lim"},
    {"x=1&y=2&limit=0", "limit", "/x /y /limit"},
    {"x=1", "", "/x"},
};

BOOST_DATA_TEST_CASE(every_wrong_parameter_is_told, bdata::make(parameters)) {
  const auto target = parse_target("/v1/groups?" + std::string(sample.query));
  // A bare "?" is an empty query.
  const auto checked = check_query(std::string_view(sample.query).empty() ? Target{} : *target, sample.known);
  std::string pointers;
  if (!checked) {
    BOOST_TEST((checked.error().code == Code::invalid));
    for (const auto& mistake : checked.error().mistakes)
      pointers += (pointers.empty() ? "" : " ") + mistake.pointer;
  }
  BOOST_TEST(pointers == sample.mistakes);
}

const Precondition preconditions[] = {
    {"", "any"},
    {"*", "any"},
    {"\"17\"", "17"},
    {"\"0\"", "0"},
    {"W/\"17\"", "stale"},
    {"17", "stale"},
    {"\"17\", \"18\"", "stale"},
    {"\"x\"", "stale"},
    {"\"-1\"", "stale"},
    {"\"\"", "stale"},
    {"\"", "stale"},
};

BOOST_DATA_TEST_CASE(if_match_takes_one_quoted_revision, bdata::make(preconditions)) {
  const auto read = if_match_from(sample.header);
  BOOST_TEST((!read ? "stale" : !*read ? "any" : std::to_string(**read)) == sample.outcome);
}

BOOST_AUTO_TEST_CASE(what_accept_prefers) {
  const struct {
    const char* accept;
    bool text;
  } rows[] = {
      {"", false},
      {"*/*", false},
      {"text/plain", true},
      {"TEXT/Plain", true},
      {"text/*", true},
      {"text/plainx", false},
      {"text/plain;q=0", false},
      {"text/plain;q=0, application/json", false},
      {"text/plain;q=0.5, application/json", false},
      {"application/json;q=0.5, text/plain", true},
      {"application/*, text/plain;q=0.1", false},
      {"text/plain, application/json", true},
      {"application/json, text/plain", false},
      {"text/plain, */*;q=0.1", true},
      {"text/html, */*", false},
      {" text/plain ; charset=utf-8 ; Q=1 ", true},
      {",,;q", false},
  };
  for (const auto& row : rows) BOOST_TEST(prefers_text(row.accept) == row.text, row.accept);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
