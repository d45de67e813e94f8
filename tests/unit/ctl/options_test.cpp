#include "ctl/options.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>

namespace failover::ctl {
namespace {

using Variables = std::map<std::string, std::string>;

Result<Endpoint> settle_with(const Options& options, const Variables& variables) {
  return settle(options, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

// Options with one of them given.
Options with(std::string Options::*option, std::string value) {
  Options options;
  options.*option = std::move(value);
  return options;
}

struct TokenFile {
  std::string path =
      (std::filesystem::temp_directory_path() / ("ctl-token-" + std::to_string(getpid()))).string();
  explicit TokenFile(const std::string& content) { std::ofstream(path) << content; }
  ~TokenFile() { std::filesystem::remove(path); }
};

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(a_flag_beats_the_environment_and_that_the_default) {
  BOOST_TEST(settle_with({}, {})->url.port == "8380");
  BOOST_TEST(settle_with({}, {{"FAILOVER_URL", "http://h.example:1"}})->url.port == "1");
  BOOST_TEST(settle_with(with(&Options::url, "http://h.example:2"), {{"FAILOVER_URL", "http://h.example:1"}})
                 ->url.port == "2");
  BOOST_TEST(settle_with({}, {{"FAILOVER_URL", ""}})->url.port == "8380");
}

BOOST_AUTO_TEST_CASE(where_the_token_comes_from) {
  const TokenFile file("from-file\n");
  const struct {
    const char* rule;
    Options options;
    Variables variables;
    const char* token;
  } rows[] = {
      {"none", {}, {}, ""},
      {"FAILOVER_TOKEN", {}, {{"FAILOVER_TOKEN", "env"}}, "env"},
      {"FAILOVER_TOKEN_FILE, its line break cut", {}, {{"FAILOVER_TOKEN_FILE", file.path}}, "from-file"},
      {"FAILOVER_TOKEN beats FAILOVER_TOKEN_FILE",
       {},
       {{"FAILOVER_TOKEN", "env"}, {"FAILOVER_TOKEN_FILE", file.path}},
       "env"},
      {"--token-file beats FAILOVER_TOKEN",
       with(&Options::token_file, file.path),
       {{"FAILOVER_TOKEN", "env"}},
       "from-file"},
      {"--token beats FAILOVER_TOKEN_FILE",
       with(&Options::token, "flag"),
       {{"FAILOVER_TOKEN_FILE", file.path}},
       "flag"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      const auto endpoint = settle_with(row.options, row.variables);
      BOOST_TEST_REQUIRE(endpoint.has_value());
      BOOST_TEST(endpoint->token == row.token);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_wrong_usage) {
  const TokenFile empty("\n");
  const struct {
    const char* says;
    Options options;
    Variables variables;
  } rows[] = {
      {"no URL", with(&Options::url, "shop"), {}},
      {"cannot read the token file", with(&Options::token_file, "/nonexistent/token"), {}},
      {"cannot read the token file", {}, {{"FAILOVER_TOKEN_FILE", "/nonexistent/token"}}},
      {"is empty", with(&Options::token_file, empty.path), {}},
      {"no token has", with(&Options::token, "a\r\nX: y"), {}},
      {"cannot read /nonexistent/ca", with(&Options::ca_file, "/nonexistent/ca"), {}},
      {"no length of time", with(&Options::timeout, "soon"), {}},
      {"--timeout 0", with(&Options::timeout, "0"), {}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.says) {
      const auto endpoint = settle_with(row.options, row.variables);
      BOOST_TEST_REQUIRE(endpoint.has_error());
      BOOST_TEST(endpoint.error().exit == Exit::wrong_usage);
      BOOST_TEST(endpoint.error().message.find(row.says) != std::string::npos, endpoint.error().message);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
