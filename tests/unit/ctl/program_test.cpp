#include "ctl/program.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <vector>

namespace failover::ctl {
namespace {

struct Ran {
  int exit;
  std::string out, err;
};

Ran run_with(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "failoverctl");
  std::ostringstream out, err;
  const int exit = run(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {exit, out.str(), err.str()};
}

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(wrong_usage_exits_2_before_any_server_is_asked) {
  const std::vector<const char*> rows[] = {
      {},
      {"nonsense"},
      {"groups"},
      {"groups", "nonsense"},
      {"groups", "show"},
      {"groups", "show", "a", "b"},
      {"groups", "list", "--nonsense"},
      {"groups", "flip", "shop", "--to", "elsewhere"},
      {"groups", "set"},
      {"groups", "set", "shop"},
      {"groups", "set", "shop", "--label", "store", "--name", "x"},
      {"groups", "set", "shop", "--ttl", "soon"},
      {"groups", "set", "shop", "--primary", "a", "--no-primary"},
      {"groups", "create", "--ttl", "-5"},
      {"stacks", "put", "s", "--server", "web1:proxy=192.0.2.1"},
      {"stacks", "put", "s", "--server", "web1=192.0.2.1", "--file", "x"},
      {"stacks", "put", "s", "--file", "/nonexistent"},
      {"zones", "put", "z.example", "--nameserver", "ns1", "--record", "x"},
      {"tokens", "create", "a"},
      {"tokens", "create", "a", "--role", "root"},
      {"tokens", "create", "a", "--role", "viewer", "--expires-in", "soon"},
      {"import"},
      {"import", "/nonexistent"},
      {"status"},
      {"exec", "s"},
      {"exec", "s", "--max-age", "long", "--", "true"},
      {"doctor", "--dns", "here"},
      {"completion", "fish"},
      {"--url", "nonsense", "groups", "list"},
      {"--token-file", "/nonexistent", "groups", "list"},
  };
  for (const auto& row : rows) {
    std::string line;
    for (const char* word : row) line += std::string(" ") + word;
    BOOST_TEST_CONTEXT("failoverctl" << line) {
      const Ran ran = run_with(row);
      BOOST_TEST(ran.exit == 2);
      BOOST_TEST(ran.out == "");
      BOOST_TEST(ran.err.starts_with("failoverctl: "), ran.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mistyped_command_is_named) {
  BOOST_TEST(run_with({"grops", "list"}).err ==
             "failoverctl: 'grops' means nothing here. See 'failoverctl --help'.\n");
  BOOST_TEST(run_with({"groups", "flop"}).err ==
             "failoverctl: 'flop' means nothing here. See 'failoverctl groups --help'.\n");
  BOOST_TEST(run_with({"groups"}).err == "failoverctl: give a command. See 'failoverctl groups --help'.\n");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_exits_3) {
  // Port 1 is reserved (tcpmux), and nothing listens there.
  for (const char* command : {"list", "show", "delete"}) {
    std::vector<const char*> words{"--url", "http://127.0.0.1:1", "groups", command};
    if (std::string(command) != "list") words.push_back("shop");
    const Ran ran = run_with(words);
    BOOST_TEST(ran.exit == 3);
    BOOST_TEST(ran.err.find("cannot reach http://127.0.0.1:1") != std::string::npos, ran.err);
    BOOST_TEST(ran.err.find("FAILOVER_URL") != std::string::npos, ran.err);
  }
}

BOOST_AUTO_TEST_CASE(help_and_version_exit_0) {
  BOOST_TEST(run_with({"--version"}).exit == 0);
  BOOST_TEST(run_with({"--version"}).out.starts_with("failoverctl "));
  BOOST_TEST(run_with({"groups", "flip", "--help"}).exit == 0);
  BOOST_TEST(run_with({"groups", "flip", "--help"}).out.find("--reason TEXT") != std::string::npos);
  BOOST_TEST(run_with({"man"}).out.starts_with(".TH FAILOVERCTL 1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
