// The state, and a draft over it, show the same things once a draft's changes are applied.
#include "world.hpp"

namespace failover::test {
namespace {

std::vector<std::string> addresses(const State& state, std::string_view after) {
  std::vector<std::string> found;
  state.each_group_after(after,
                         [&](const Group& group) { return found.push_back(address(state, group)), true; });
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(groups_in_order_of_address) {
  World world;
  world.must(zone("a.example"));
  for (const char* label : {"b", "a", "a-b", "a1"})
    world.must(CreateGroup{"failover.example", label, {}, {}, {}, {}, {}});
  world.must(CreateGroup{"a.example", "a", {}, {}, {}, {}, {}});
  const std::vector<std::string> order{"a-b.failover.example", "a.a.example", "a.failover.example",
                                       "a1.failover.example", "b.failover.example"};
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));
  for (std::size_t i = 0; i <= order.size(); ++i) {
    const std::vector<std::string> rest(order.begin() + static_cast<std::ptrdiff_t>(i), order.end());
    BOOST_TEST(addresses(world.state, i == 0 ? "" : order[i - 1]) == rest, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_draft_shows_what_is_not_yet_applied) {
  World world;
  world.group("eu", "-", Side::primary);
  Draft draft(world.state);
  const Context by{start, "alice", "192.0.2.1", "", 99};
  const auto add = [&](const Command& command) {
    const auto decision = decide(draft, command, by);
    BOOST_REQUIRE_MESSAGE(decision, decision.error().detail);
    draft.add(*decision->change);
    return *decision->change;
  };
  std::vector<Change> changes;
  changes.push_back(add(
      SetGroup{"g", {}, std::optional<std::string>{}, std::optional<std::string>("us"), {}, Side::backup}));
  changes.push_back(add(DeleteStack{"eu"}));
  changes.push_back(add(PutStack{"eu", {server("w", Role::web, {"192.0.2.77"})}}));
  changes.push_back(add(zone("second.example")));
  changes.push_back(add(CreateGroup{"second.example", "h", {}, "eu", {}, {}, {}}));
  changes.push_back(add(CreateGroup{"second.example", "i", {}, {}, {}, {}, {}}));
  changes.push_back(add(DeleteGroup{"i"}));

  BOOST_TEST(world.group() == "eu/- primary");
  BOOST_TEST(world.state.group_count() == 1U);
  for (const Change& change : changes) world.state.apply(change);

  for (const View* view : {static_cast<const View*>(&draft), static_cast<const View*>(&world.state)}) {
    BOOST_TEST(view->revision() == changes.back().revision);
    const Stack* eu = view->stack("eu");
    const Zone* second = view->zone("second.example");
    BOOST_REQUIRE(eu != nullptr);
    BOOST_REQUIRE(second != nullptr);
    BOOST_TEST(view->group_count(second->no) == 1U);
    BOOST_TEST(view->is_retired("second.example", "i"));
    BOOST_TEST(to_string(failover_status(*view, eu->no)) == "online");
    BOOST_TEST(to_string(failover_status(*view, view->stack("us")->no)) == "online");
    BOOST_TEST(second->serial == view->last_serial("second.example"));
  }
}

}  // namespace failover::test
