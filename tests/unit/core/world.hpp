// A small world to try rules in: one zone, some stacks, and requests that are decided and applied one by one.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "core/draft.hpp"
#include "core/rules.hpp"
#include "core/state.hpp"
#include "core/table.hpp"

namespace failover::test {

inline const Time start = Time(std::chrono::seconds(1'790'000'000));

inline ServerSpec server(std::string name, Role role, std::vector<std::string> addresses,
                         std::string hostname = "") {
  return {std::move(name), role, std::move(addresses), std::move(hostname), "/servers/0"};
}

inline PutZone zone(std::string name, std::vector<RecordSpec> records = {}) {
  return {name, {{"ns1." + name, {"192.0.2.53", "2001:db8::53"}}}, {}, {}, {}, std::move(records)};
}

// Stacks of the world below: eu and us have a web server each, new has none yet.
class World {
 public:
  World() {
    must(zone("failover.example"));
    must(PutStack{"eu", {server("web1", Role::web, {"192.0.2.10"})}});
    must(PutStack{"us", {server("web1", Role::web, {"198.51.100.10"})}});
    must(PutStack{"new", {}});
  }

  // Decided and, where accepted, applied.
  Result<Decision> run(const Command& command, std::optional<Revision> if_match = {}) {
    Context by{start + std::chrono::seconds(state.revision()), "alice", "192.0.2.1", "", seed++};
    auto decision = decide(state, command, by, if_match);
    if (decision && decision->change) state.apply(*decision->change), table.apply(*decision->change);
    return decision;
  }
  Decision must(const Command& command) {
    auto decision = run(command);
    BOOST_REQUIRE_MESSAGE(decision, decision.error().detail);
    return *decision;
  }
  // A group with the label "g", as `eu/us primary` says: primary, backup ("-" is none) and live side.
  void group(const std::string& primary, const std::string& backup, Side live) {
    const auto side = [](const std::string& name) {
      return name == "-" ? std::nullopt : std::optional(name);
    };
    must(CreateGroup{{}, "g", {}, side(primary), side(backup), {}, live});
  }
  // "eu/us primary"
  std::string group() const {
    const auto found = find_group(state, "g");
    if (!found) return "gone";
    const auto name = [&](StackNo no) { return no == 0 ? "-" : state.stack(no)->name; };
    return name((*found)->primary) + '/' + name((*found)->backup) + ' ' +
           std::string(to_string((*found)->live));
  }
  std::uint32_t serial() const { return state.zone("failover.example")->serial; }

  State state;
  Table table;
  std::uint64_t seed = 1;
};

// "ok", or the refusal's code and, for `invalid`, its pointers: "invalid /ttl /name".
inline std::string outcome(const Result<Decision>& decision) {
  if (decision) return decision->change ? "ok" : "unchanged";
  std::string text(to_string(decision.error().code));
  for (const Mistake& mistake : decision.error().mistakes) text += ' ' + mistake.pointer;
  return text;
}

}  // namespace failover::test
