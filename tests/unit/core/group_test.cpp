// Rules 1 to 6 and 9, and the state chart at the head of core/rules.hpp, row by row.
#include "world.hpp"

namespace failover::test {
namespace {

using Null = std::optional<std::string>;
constexpr auto primary = Side::primary, backup = Side::backup, none = Side::none;

SetGroup attach(const char* to_primary, const char* to_backup) {
  SetGroup request{"g", {}, {}, {}, {}, {}};
  if (*to_primary != 0) request.primary = std::string(to_primary) == "-" ? Null{} : Null{to_primary};
  if (*to_backup != 0) request.backup = std::string(to_backup) == "-" ? Null{} : Null{to_backup};
  return request;
}
SetGroup with_live(SetGroup request, Side live) {
  request.live = live;
  return request;
}

}  // namespace

BOOST_AUTO_TEST_CASE(state_chart) {
  const struct {
    const char *rule, *primary, *backup;
    Side live;
    Command request;
    const char *outcome, *then;
  } rows[] = {
      // none
      {"the first stack attached is live", "-", "-", none, attach("eu", ""), "ok", "eu/- primary"},
      {"on either side", "-", "-", none, attach("", "us"), "ok", "-/us backup"},
      {"both at once: the primary is live", "-", "-", none, attach("eu", "us"), "ok", "eu/us primary"},
      {"both at once, with a say", "-", "-", none, with_live(attach("eu", "us"), backup), "ok",
       "eu/us backup"},
      {"nothing to flip to", "-", "-", none, FlipGroup{"g", {}, false}, "side_is_empty", "-/- none"},
      {"nothing to detach", "-", "-", none, attach("-", "-"), "unchanged", "-/- none"},
      {"an empty group can go", "-", "-", none, DeleteGroup{"g"}, "ok", "gone"},
      // primary
      {"the other side joins as it is", "eu", "-", primary, attach("", "us"), "ok", "eu/us primary"},
      {"the only stack leaves", "eu", "-", primary, attach("-", ""), "ok", "-/- none"},
      {"the live side stays while the other has a stack", "eu", "us", primary, attach("-", ""),
       "side_is_live", "eu/us primary"},
      {"unless the same request sets live", "eu", "us", primary, with_live(attach("-", ""), backup), "ok",
       "-/us backup"},
      {"dropping the live side while attaching the other", "eu", "-", primary, attach("-", "us"),
       "side_is_live", "eu/- primary"},
      {"the other side leaves", "eu", "us", primary, attach("", "-"), "ok", "eu/- primary"},
      {"both leave", "eu", "us", primary, attach("-", "-"), "ok", "-/- none"},
      {"the live side gets another stack", "eu", "-", primary, attach("us", ""), "ok", "us/- primary"},
      {"the same stack twice", "eu", "-", primary, attach("", "eu"), "invalid /backup", "eu/- primary"},
      {"sides swap", "eu", "us", primary, attach("us", "eu"), "ok", "us/eu primary"},
      {"flip", "eu", "us", primary, FlipGroup{"g", {}, false}, "ok", "eu/us backup"},
      {"flip to a named side", "eu", "us", primary, FlipGroup{"g", backup, false}, "ok", "eu/us backup"},
      {"flip to the live side", "eu", "us", primary, FlipGroup{"g", primary, false}, "unchanged",
       "eu/us primary"},
      {"flip to none", "eu", "us", primary, FlipGroup{"g", none, false}, "invalid /to", "eu/us primary"},
      {"flip to an empty side", "eu", "-", primary, FlipGroup{"g", {}, false}, "side_is_empty",
       "eu/- primary"},
      {"not even by force", "eu", "-", primary, FlipGroup{"g", {}, true}, "side_is_empty", "eu/- primary"},
      {"flip to a stack with no web head", "eu", "new", primary, FlipGroup{"g", {}, false}, "no_web_head",
       "eu/new primary"},
      {"by force", "eu", "new", primary, FlipGroup{"g", {}, true}, "ok", "eu/new backup"},
      {"set live to a stack with no web head", "eu", "new", primary, with_live(attach("", ""), backup),
       "no_web_head", "eu/new primary"},
      {"set live to none", "eu", "us", primary, with_live(attach("", ""), none), "invalid /live",
       "eu/us primary"},
      {"set live to an empty side", "eu", "-", primary, with_live(attach("", ""), backup), "side_is_empty",
       "eu/- primary"},
      {"set live as it is", "eu", "us", primary, with_live(attach("", ""), primary), "unchanged",
       "eu/us primary"},
      {"a group with a stack stays", "eu", "-", primary, DeleteGroup{"g"}, "group_has_stacks",
       "eu/- primary"},
      // backup: the mirror image
      {"flip back", "eu", "us", backup, FlipGroup{"g", {}, false}, "ok", "eu/us primary"},
      {"the live backup stays", "eu", "us", backup, attach("", "-"), "side_is_live", "eu/us backup"},
      {"the primary leaves", "eu", "us", backup, attach("-", ""), "ok", "-/us backup"},
      {"the primary joins as it is", "-", "us", backup, attach("eu", ""), "ok", "eu/us backup"},
      {"the only backup leaves", "-", "us", backup, attach("", "-"), "ok", "-/- none"},
      // references
      {"a stack that is not there", "eu", "-", primary, attach("", "nowhere"), "invalid /backup",
       "eu/- primary"},
      {"a group that is not there", "eu", "-", primary, FlipGroup{"nowhere", {}, false}, "not_found",
       "eu/- primary"},
      {"a name in any case", "eu", "us", primary, FlipGroup{"G.FAILOVER.Example.", {}, false}, "ok",
       "eu/us backup"},
  };
  for (const auto& row : rows) {
    World world;
    world.group(row.primary, row.backup, row.live);
    const Revision before = world.state.revision();
    const auto decision = world.run(row.request);
    BOOST_TEST(outcome(decision) == row.outcome, row.rule << ": " << outcome(decision));
    BOOST_TEST(world.group() == row.then, row.rule);
    BOOST_TEST(world.state.revision() == before + (std::string(row.outcome) == "ok" ? 1 : 0), row.rule);
    if (!decision) BOOST_TEST(!decision.error().detail.empty(), row.rule);
  }
}

BOOST_AUTO_TEST_CASE(creation) {
  const std::string long_label(63, 'a');
  const struct {
    const char* rule;
    CreateGroup request;
    std::string outcome;
  } rows[] = {
      {"nothing said: an address drawn at random", {{}, {}, {}, {}, {}, {}, {}}, "ok"},
      {"a name in any script", {{}, {}, "caf\u00e9 \u00a0\u2603", {}, {}, {}, {}}, "ok"},
      {"a name of two lines", {{}, {}, "a\nb", {}, {}, {}, {}}, "invalid /name"},
      {"a name that clears a screen", {{}, {}, "\u001b[2J", {}, {}, {}, {}}, "invalid /name"},
      {"a name with a control character of C1", {{}, {}, "a\u0085b", {}, {}, {}, {}}, "invalid /name"},
      {"a label of one's own, in any case", {{}, "Shop", {}, {}, {}, {}, {}}, "ok"},
      {"a label issued before", {{}, "old", {}, {}, {}, {}, {}}, "address_retired"},
      {"a label in use", {{}, "G", {}, {}, {}, {}, {}}, "address_taken"},
      {"a nameserver's label", {{}, "ns1", {}, {}, {}, {}, {}}, "address_taken"},
      {"no DNS label", {{}, "a.b", {}, {}, {}, {}, {}}, "invalid /label"},
      {"the longest label", {{}, long_label, {}, {}, {}, {}, {}}, "ok"},
      {"TTL below", {{}, {}, {}, {}, {}, 4, {}}, "invalid /ttl"},
      {"TTL above", {{}, {}, {}, {}, {}, 301, {}}, "invalid /ttl"},
      {"lowest TTL", {{}, {}, {}, {}, {}, 5, {}}, "ok"},
      {"highest TTL", {{}, {}, {}, {}, {}, 300, {}}, "ok"},
      {"every mistake at once",
       {"nowhere.example", "-", {}, "x", "y", 0, {}},
       "invalid /zone /ttl /primary /backup /label"},
      {"the same stack twice", {{}, {}, {}, "eu", "EU", {}, {}}, "invalid /backup"},
      {"a zone named", {"Failover.Example.", {}, {}, {}, {}, {}, {}}, "ok"},
      {"live without a stack", {{}, {}, {}, {}, {}, {}, primary}, "invalid /live"},
  };
  for (const auto& row : rows) {
    World world;
    world.group("-", "-", none);
    world.must(CreateGroup{{}, "old", {}, {}, {}, {}, {}});
    world.must(DeleteGroup{"old"});
    BOOST_TEST(outcome(world.run(row.request)) == row.outcome, row.rule);
  }
}

BOOST_AUTO_TEST_CASE(no_address_is_issued_twice) {
  World world;
  world.must(CreateGroup{{}, "kept", {}, {}, {}, {}, {}});
  world.must(DeleteGroup{"kept"});
  world.must(DeleteZone{"failover.example"});
  world.must(zone("failover.example"));
  BOOST_TEST(outcome(world.run(CreateGroup{{}, "kept", {}, {}, {}, {}, {}})) == "address_retired");
  BOOST_TEST(outcome(world.run(zone("failover.example", {{"kept.failover.example", "TXT", "\"x\"", {}}}))) ==
             "address_retired");
}

BOOST_AUTO_TEST_CASE(two_zones) {
  World world;
  world.must(zone("second.example"));
  BOOST_TEST(outcome(world.run(CreateGroup{{}, "g", {}, {}, {}, {}, {}})) == "invalid /zone");
  world.must(CreateGroup{"failover.example", "g", {}, {}, {}, {}, {}});
  world.must(CreateGroup{"second.example", "g", {}, {}, {}, {}, {}});
  const auto refusal = world.run(DeleteGroup{"g"});
  BOOST_TEST(outcome(refusal) == "not_found");
  BOOST_TEST(refusal.error().detail.find("g.failover.example and g.second.example") != std::string::npos);
  BOOST_TEST(outcome(world.run(DeleteGroup{"g.second.example"})) == "ok");
}

BOOST_AUTO_TEST_CASE(revisions) {
  World world;
  world.group("eu", "us", primary);
  const Revision standing = world.state.revision();
  BOOST_TEST(outcome(world.run(FlipGroup{"g", {}, false}, standing - 1)) == "stale");
  BOOST_TEST(outcome(world.run(FlipGroup{"g", {}, false}, standing)) == "ok");
  BOOST_TEST(outcome(world.run(zone("new.example"), 1)) == "stale");
}

BOOST_AUTO_TEST_CASE(what_alters_an_answer) {
  const auto ttl = [](std::optional<std::int64_t> value) {
    return SetGroup{"g", {}, {}, {}, std::optional(value), {}};
  };
  const struct {
    const char* rule;
    Command request;
    bool alters;
  } rows[] = {
      {"a flip", FlipGroup{"g", {}, false}, true},
      {"a flip to no data", FlipGroup{"empty", {}, true}, true},
      {"a TTL", ttl(30), true},
      {"a TTL that is the zone's", ttl(60), false},
      {"a name", SetGroup{"g", Null{"shop"}, {}, {}, {}, {}}, false},
      {"a stack joins on the side that is not live", attach("", "-"), false},
      {"an address is reserved", CreateGroup{{}, "r", {}, {}, {}, {}, {}}, true},
      {"an address goes", DeleteGroup{"reserved"}, true},
      {"a live stack's servers", PutStack{"eu", {server("web1", Role::web, {"192.0.2.11"})}}, true},
      {"the other stack's servers", PutStack{"us", {server("web1", Role::web, {"192.0.2.11"})}}, false},
      {"an address given twice", PutStack{"eu", {server("web1", Role::web, {"192.0.2.10", "192.0.2.10"})}},
       false},
      {"a server renamed", RenameServer{"eu", "web1", "web9"}, false},
      {"a stack renamed", SetStack{"eu", "europe", {}}, false},
  };
  for (const auto& row : rows) {
    World world;
    world.group("eu", "us", primary);
    world.must(CreateGroup{{}, "reserved", {}, {}, {}, {}, {}});
    world.must(CreateGroup{{}, "empty", {}, "eu", "new", {}, {}});
    const auto serial = world.serial();
    const Decision decision = world.must(row.request);
    BOOST_TEST((world.serial() > serial) == row.alters, row.rule);
    BOOST_REQUIRE(decision.change);
    BOOST_TEST(decision.change->altered.empty() != row.alters, row.rule);
  }
}

}  // namespace failover::test
