// The JSON of resources, to the letter.
#include "control/render.hpp"

#include <boost/test/unit_test.hpp>

#include "core/world.hpp"

namespace failover::test {

BOOST_AUTO_TEST_CASE(resources) {
  World world;
  world.must(CreateGroup{{}, "414-262-781", "say \"hi\" \\", "eu", {}, {}, {}});
  const Group& group = **find_group(world.state, "414-262-781");
  const Stack& eu = *world.state.stack("eu");
  const std::string id = eu.id;
  BOOST_TEST(
      render(world.state, group) ==
      R"({"label":"414-262-781","address":"414-262-781.failover.example","zone":"failover.example","name":"say \"hi\" \\",)"
      R"("primary":{"id":")" +
          id +
          R"(","name":"eu"},"backup":null,"live":"primary","live_since":"2026-09-21T14:13:24.000Z","ttl":60,)"
          R"("answer":[{"type":"A","content":"192.0.2.10"}],"revision":5,"created_at":"2026-09-21T14:13:24.000Z","updated_at":"2026-09-21T14:13:24.000Z"})");
  BOOST_TEST(
      render(world.state, eu) ==
      R"({"id":")" + id +
          R"(","name":"eu","servers":[{"name":"web1","role":"web","addresses":["192.0.2.10"],"hostname":null}],)"
          R"("web_head":["web1"],"failover_status":"online","groups":["414-262-781"],"revision":2,)"
          R"("created_at":"2026-09-21T14:13:21.000Z","updated_at":"2026-09-21T14:13:21.000Z"})");
}

BOOST_AUTO_TEST_CASE(times) {
  const struct {
    std::int64_t milliseconds;
    const char* text;
  } rows[] = {{0, "1970-01-01T00:00:00.000Z"},
              {1'790'000'000'007, "2026-09-21T14:13:20.007Z"},
              {-1, "1969-12-31T23:59:59.999Z"}};
  for (const auto& row : rows)
    BOOST_TEST(render(Time(std::chrono::milliseconds(row.milliseconds))) == row.text);
}

}  // namespace failover::test
