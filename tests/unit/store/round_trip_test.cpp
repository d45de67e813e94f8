#include <boost/test/unit_test.hpp>
#include <tuple>

#include "store/support.hpp"

using namespace failover;
using namespace failover::test;

namespace {

auto fields(const Zone& z) {
  return std::tie(z.no, z.name, z.nameservers, z.hostmaster, z.ttl, z.negative_ttl, z.records, z.serial,
                  z.revision, z.created_at, z.updated_at);
}
auto fields(const Stack& s) {
  return std::tie(s.no, s.id, s.name, s.servers, s.revision, s.created_at, s.updated_at);
}
auto fields(const Group& g) {
  return std::tie(g.label, g.name, g.zone, g.primary, g.backup, g.ttl, g.live, g.revision, g.created_at,
                  g.updated_at, g.live_since);
}
auto fields(const Token& t) {
  return std::tie(t.id, t.name, t.role, t.stack, t.expires_at, t.hash, t.revision, t.created_at);
}

// A store that is closed and opened again before it is looked at.
struct Fixture {
  Directory directory;
  Changes changes;

  void commit(std::vector<Change> list) {
    const auto result = directory.open()->commit(list);
    BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().detail));
  }
  Code refused(std::vector<Change> list) {
    const auto result = directory.open()->commit(list);
    BOOST_REQUIRE(!result);
    return result.error().code;
  }
  std::unique_ptr<State> load() {
    auto state = std::make_unique<State>();
    directory.open()->load(*state);
    return state;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(round_trip_test, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_store_is_empty) {
  const auto state = load();
  BOOST_TEST(state->revision() == 0);
  BOOST_TEST(state->zone_count() == 0u);
  BOOST_TEST(state->group_count() == 0u);
  BOOST_TEST(directory.open()->check() == "ok");
  BOOST_TEST(directory.open()->commit({}).has_value());
}

BOOST_AUTO_TEST_CASE(zones_come_back_as_they_were_set_and_their_serials_outlive_them) {
  Zone zone = changes.zone();
  commit({changes.create(zone, 100), changes.create(changes.zone(2, "other.example"), 7)});
  zone.serial = 100;
  BOOST_TEST((fields(*load()->zone(1)) == fields(zone)));

  Zone after = zone;
  after.nameservers.clear();
  after.records.pop_back();
  after.hostmaster = "root.example.net";
  after.ttl = 300;
  after.negative_ttl = 300;
  after.updated_at = at(1'800'000'000'123);
  after.revision = changes.revision + 1;
  Change set = changes.change("zone_put", Touched<Zone>{zone, after});
  set.serials = {{zone.name, 4'294'967'295}};
  commit({set});
  after.serial = 4'294'967'295;
  BOOST_TEST((fields(*load()->zone("failover.example")) == fields(after)));
  BOOST_TEST(load()->zone_count() == 2u);

  commit({changes.change("zone_delete", Touched<Zone>{after, {}})});
  BOOST_TEST((load()->zone(1) == nullptr));
  BOOST_TEST(load()->last_serial("failover.example") == 4'294'967'295u);
}

BOOST_AUTO_TEST_CASE(stacks_come_back_as_they_were_set) {
  const Stack stack = changes.stack(7, "shop-eu");
  commit({changes.create(stack)});
  BOOST_TEST((fields(*load()->stack(7)) == fields(stack)));

  Stack after = stack;
  after.name = "shop-europe";
  after.servers.erase(after.servers.begin());
  after.revision = changes.revision + 1;
  after.updated_at = at(1'800'000'000'123);
  commit({changes.change("stack_rename", Touched<Stack>{stack, after})});
  BOOST_TEST((fields(*load()->stack("shop-europe")) == fields(after)));

  commit({changes.change("stack_delete", Touched<Stack>{after, {}})});
  BOOST_TEST(load()->stack_count() == 0u);
}

// They are read ten thousand at a time.
BOOST_AUTO_TEST_CASE(many_groups_come_back_each_once) {
  commit(changes.start());
  for (const int more : {9'999, 1}) {
    std::vector<Change> list;
    for (int i = 0; i < more; ++i)
      list.push_back(changes.create(changes.group(std::to_string(more) + '-' + std::to_string(i), 1)));
    commit(std::move(list));
    const auto state = load();
    BOOST_TEST(state->group_count() == std::size_t(more == 1 ? 10'001 : 10'000));
    BOOST_TEST(state->group_count(1) == state->group_count());
  }
}

BOOST_AUTO_TEST_CASE(groups_come_back_as_they_were_set_and_stay_issued) {
  commit(changes.start());
  Group group = changes.group("a-label-of-its-own");
  group.name = std::string("caf\xc3\xa9 \0 \"quoted\"", 16);
  commit({changes.create(group)});
  const GroupKey key{1, group.label};
  BOOST_TEST((fields(*load()->group(key)) == fields(group)));

  Group after = group;
  after.backup = 2;
  after.live = Side::backup;
  after.ttl = 5;
  after.updated_at = at(1'800'000'000'123);
  after.live_since = at(1'800'000'000'456);
  after.revision = changes.revision + 1;
  commit({changes.touch("group_set", group, after)});
  BOOST_TEST((fields(*load()->group(key)) == fields(after)));

  // The sides swapped, then both given up: the stacks can be deleted afterwards, and not before.
  Group swapped = *load()->group({1, "414-262-781"});
  std::swap(swapped.primary, swapped.backup);
  commit({changes.touch("group_set", changes.group("414-262-781", 1, 2), swapped)});
  const Stack first = *load()->stack(1);
  Changes ahead = changes;
  BOOST_TEST((refused({ahead.change("stack_delete", Touched<Stack>{first, {}})}) == Code::internal_error));
  commit({changes.touch("group_set", swapped, changes.group("414-262-781"))});
  commit({changes.change("stack_delete", Touched<Stack>{first, {}})});

  commit({changes.touch("group_set", after, changes.group(group.label)),
          changes.touch("group_delete", changes.group(group.label), {})});
  const auto state = load();
  BOOST_TEST((state->group(key) == nullptr));
  BOOST_TEST(state->is_retired("failover.example", group.label));
  BOOST_TEST(!state->is_retired("failover.example", "414-262-781"));
  ahead = changes;
  BOOST_TEST((refused({ahead.create(ahead.group(group.label))}) == Code::internal_error));
}

BOOST_AUTO_TEST_CASE(groups_of_several_zones_come_back_whole) {
  std::vector<Change> list = changes.start();
  list.push_back(changes.create(changes.zone(2, "a.example")));
  for (const char* label : {"b", "a-b", "a", "a0", "414-262-781"}) {
    Group group = changes.group(label, 2, 1);
    group.zone = 2;
    list.push_back(changes.create(group));
  }
  commit(list);
  std::vector<std::string> addresses;
  const auto state = load();
  state->each_group_after("", [&](const Group& group) {
    addresses.push_back(address(*state, group));
    return true;
  });
  const std::vector<std::string> expected = {"414-262-781.a.example", "414-262-781.failover.example",
                                             "a-b.a.example",         "a.a.example",
                                             "a0.a.example",          "b.a.example"};
  BOOST_TEST(addresses == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tokens_come_back_as_they_were_made_and_go_with_their_stack) {
  commit(changes.start());
  Token admin = changes.token("tok_0000000000001");
  admin.expires_at = at(1'900'000'000'001);
  commit({changes.create(admin)});
  const Token bound = changes.token("tok_0000000000002", TokenRole::stack, 3);
  commit({changes.create(bound)});
  BOOST_TEST((fields(*load()->token(admin.id)) == fields(admin)));
  BOOST_TEST((fields(*load()->token(bound.id)) == fields(bound)));

  commit({changes.change("token_revoke", Touched<Token>{admin, {}})});
  BOOST_TEST((load()->token(admin.id) == nullptr));
  commit({changes.change("stack_delete", Touched<Stack>{*load()->stack(3), {}})});
  BOOST_TEST((load()->token(bound.id) == nullptr));
}

BOOST_AUTO_TEST_CASE(an_address_retired_elsewhere_stays_so_once_or_twice) {
  commit({changes.change("retire", Retired{"gone.example", "shop"})});
  commit({changes.change("retire", Retired{"gone.example", "shop"})});
  const auto state = load();
  BOOST_TEST(state->is_retired("gone.example", "shop"));
  BOOST_TEST(state->retired_count() == 1u);
  BOOST_TEST(state->revision() == 2);
}

BOOST_AUTO_TEST_CASE(a_commit_is_kept_whole_or_not_at_all) {
  commit(changes.start());
  const Revision before = changes.revision;
  struct Row {
    const char* what;
    std::function<Change(Changes&)> second;
  };
  const Row rows[] = {
      {"a group without its stack", [](Changes& next) { return next.create(next.group("x", 99)); }},
      {"a group without its zone",
       [](Changes& next) {
         Group group = next.group("x");
         group.zone = 9;
         return next.create(group);
       }},
      {"an address twice", [](Changes& next) { return next.create(next.group("414-262-781")); }},
      {"a name twice", [](Changes& next) { return next.create(next.stack(9, "shop-eu")); }},
      {"a row that is not there",
       [](Changes& next) { return next.touch("group_delete", next.group("never-made"), {}); }},
      {"a revision left out",
       [](Changes& next) { return ++next.revision, next.create(next.stack(9, "new")); }},
      {"a serial that goes back",
       [](Changes& next) {
         Change change = next.create(next.stack(9, "new"));
         change.serials = {{"failover.example", 99}};
         return change;
       }},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.what) {
      const auto store = directory.open();
      Changes next = changes;
      std::vector<Change> list = {next.create(next.group("first", 1))};
      list.push_back(row.second(next));
      const auto refused = store->commit(list);
      BOOST_REQUIRE(!refused);
      BOOST_TEST((refused.error().code == Code::internal_error));
      State state;
      store->load(state);
      BOOST_TEST(state.revision() == before);
      BOOST_TEST(state.group_count() == 1u);
      BOOST_TEST(state.last_serial("failover.example") == 100u);
      BOOST_TEST(store->trail({})->size() == static_cast<std::size_t>(before));
    }
  }
  commit({changes.create(changes.group("first", 1))});
}

BOOST_AUTO_TEST_SUITE_END()
