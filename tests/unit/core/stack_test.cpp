// Rules 7, 8, 10, 12 and 13: stacks, servers, tokens.
#include "world.hpp"

namespace failover::test {

BOOST_AUTO_TEST_CASE(stacks) {
  const auto one = [](ServerSpec spec) { return std::vector<ServerSpec>{std::move(spec)}; };
  const struct {
    const char* rule;
    Command request;
    const char* outcome;
  } rows[] = {
      {"a new stack", PutStack{"asia", one(server("w", Role::web, {"192.0.2.1"}))}, "ok"},
      {"in any case", PutStack{"EU", one(server("WEB1", Role::web, {"192.0.2.10"}))}, "unchanged"},
      {"what stands already", PutStack{"eu", one(server("web1", Role::web, {"192.0.2.10"}))}, "unchanged"},
      {"a name that is no label", PutStack{"a_b", {}}, "invalid "},
      {"an id that is not there", PutStack{"stk_0000000000000", {}}, "not_found"},
      {"every mistake", PutStack{"eu", one(server("-", Role::web, {"x", "192.0.2.1", "0.0.0.0"}, "one"))},
       "invalid /servers/0/name /servers/0/addresses/0 /servers/0/addresses/2 /servers/0/hostname"},
      {"a hostname inside a zone served here",
       PutStack{"eu", one(server("w", Role::web, {}, "a.failover.example"))}, "invalid /servers/0/hostname"},
      {"an address where a hostname belongs", PutStack{"eu", one(server("w", Role::web, {}, "192.0.2.1"))},
       "invalid /servers/0/hostname"},
      {"two servers of one name", PutStack{"eu", {server("w", Role::web, {}), server("W", Role::web, {})}},
       "invalid /servers/0/name"},
      {"renamed", SetStack{"eu", "europe", {}}, "ok"},
      {"renamed to a name in use", SetStack{"eu", "US", {}}, "name_taken"},
      {"renamed to what it is", SetStack{"eu", "Eu", {}}, "unchanged"},
      {"renamed to no label", SetStack{"eu", "e.u", {}}, "invalid /name"},
      {"a stack in use stays", DeleteStack{"eu"}, "stack_in_use"},
      {"a stack of no group goes", DeleteStack{"new"}, "ok"},
      {"a server more", PutServer{"eu", server("web2", Role::web, {"192.0.2.2"})}, "ok"},
      {"a server replaced by itself", PutServer{"eu", server("web1", Role::web, {"192.0.2.10"})},
       "unchanged"},
      {"a server of a stack that is not there", PutServer{"nowhere", server("w", Role::web, {})},
       "not_found"},
      {"a server renamed", RenameServer{"us", "web1", "web7"}, "ok"},
      {"a server renamed to another's name", RenameServer{"two", "a", "B"}, "name_taken"},
      {"a server that is not there", RenameServer{"eu", "web9", "x"}, "not_found"},
      {"a server goes", DeleteServer{"eu", "WEB1"}, "ok"},
      {"a server that is gone", DeleteServer{"eu", "web9"}, "not_found"},
  };
  for (const auto& row : rows) {
    World world;
    world.must(PutStack{"two", {server("a", Role::web, {}), server("b", Role::web, {})}});
    world.group("eu", "-", Side::primary);
    BOOST_TEST(outcome(world.run(row.request)) == row.outcome, row.rule);
  }
}

BOOST_AUTO_TEST_CASE(a_server_keeps_its_place) {
  World world;
  world.must(PutStack{"two", {server("a", Role::web, {}), server("b", Role::web, {})}});
  world.must(PutServer{"two", server("a", Role::other, {})});
  BOOST_TEST(world.state.stack("two")->servers.front().name == "a");
  world.must(RenameServer{"two", "a", "z"});
  BOOST_TEST(world.state.stack("two")->servers.front().name == "z");
}

BOOST_AUTO_TEST_CASE(failover_statuses) {
  const struct {
    const char *rule, *primary, *backup;
    Side live;
    const char *eu, *us;
  } rows[] = {
      {"in no group", "-", "-", Side::none, "none", "none"},
      {"the live one and the other", "eu", "us", Side::primary, "online", "offline"},
      {"the other way round", "eu", "us", Side::backup, "offline", "online"},
      {"alone", "-", "us", Side::backup, "none", "online"},
  };
  for (const auto& row : rows) {
    World world;
    world.group(row.primary, row.backup, row.live);
    const auto status = [&](const char* name) {
      return to_string(failover_status(world.state, world.state.stack(name)->no));
    };
    BOOST_TEST(status("eu") == row.eu, row.rule);
    BOOST_TEST(status("us") == row.us, row.rule);
  }
}

BOOST_AUTO_TEST_CASE(every_group_that_follows_a_stack_is_altered) {
  World world;
  world.must(zone("second.example"));
  world.must(CreateGroup{"failover.example", "a", {}, "eu", {}, {}, {}});
  world.must(CreateGroup{"second.example", "b", {}, "us", "eu", {}, Side::backup});
  world.must(CreateGroup{"second.example", "c", {}, "us", "eu", {}, {}});
  const auto change = world.must(DeleteServer{"eu", "web1"}).change;
  auto altered = change->altered;
  std::sort(altered.begin(), altered.end());
  BOOST_TEST(altered == (std::vector<std::string>{"a.failover.example", "b.second.example"}),
             boost::test_tools::per_element());
  BOOST_TEST(change->serials.size() == 2U);
}

BOOST_AUTO_TEST_CASE(tokens) {
  const struct {
    const char* rule;
    CreateToken request;
    const char* outcome;
  } rows[] = {
      {"a viewer", {"grafana", TokenRole::viewer, {}, {}, {}}, "ok"},
      {"a stack's", {"cron", TokenRole::stack, "eu", {}, {}}, "ok"},
      {"a stack's without a stack", {"cron", TokenRole::stack, {}, {}, {}}, "invalid /stack"},
      {"a stack that is not there", {"cron", TokenRole::stack, "nowhere", {}, {}}, "invalid /stack"},
      {"an operator's with a stack", {"x", TokenRole::operator_, "eu", {}, {}}, "invalid /stack"},
      {"expired before it is used", {"x", TokenRole::viewer, {}, start, {}}, "invalid /expires_at"},
      {"for nobody", {"", TokenRole::viewer, {}, {}, {}}, "invalid /name"},
  };
  for (const auto& row : rows) BOOST_TEST(outcome(World().run(row.request)) == row.outcome, row.rule);
  World world;
  BOOST_TEST(outcome(world.run(RevokeToken{"tok_0"})) == "not_found");
  const auto made = std::get<Token>(world.must(rows[1].request).subject);
  BOOST_TEST(world.state.token_by_hash(made.hash) != nullptr);
  world.must(DeleteStack{"eu"});
  BOOST_TEST(world.state.token(made.id) == nullptr, "a stack's tokens go with it");
}

}  // namespace failover::test
