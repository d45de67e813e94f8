// Questions and what the table answers, also while it is written to.
#include <atomic>
#include <thread>

#include "world.hpp"

namespace failover::test {
namespace {

// "A 192.0.2.10 60; ", "no data", "no name" or "no zone".
std::string ask(Table::Reader& reader, std::string_view name) {
  const Found found = reader.find(name);
  if (found.zone == nullptr) return "no zone";
  if (!found.exists) return "no name";
  std::string text = found.is_apex ? "SOA; " : "";
  for (const Record& record : found.records) {
    text += std::string(to_string(record.type)) + ' ' + record.content + ' ' +
            std::to_string(found.ttl != 0 ? found.ttl : record.ttl) + "; ";
  }
  return text.empty() ? "no data" : text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(questions) {
  World world;
  world.must(
      zone("failover.example", {{"_sip._tcp.failover.example", "SRV", "0 5 5060 sip.example.net", 120}}));
  world.must(PutStack{"cdn", {server("edge", Role::web, {}, "edge.example.net")}});
  world.must(CreateGroup{{}, "shop", {}, "eu", "us", {}, {}});
  world.must(CreateGroup{{}, "fast", {}, "cdn", {}, 5, {}});
  world.must(CreateGroup{{}, "reserved", {}, {}, {}, {}, {}});
  world.must(CreateGroup{{}, "building", {}, "new", {}, {}, {}});
  world.must(CreateGroup{{}, "gone", {}, {}, {}, {}, {}});
  world.must(DeleteGroup{"gone"});
  const struct {
    const char *name, *answer;
  } rows[] = {
      {"shop.failover.example", "A 192.0.2.10 60; "},
      {"fast.failover.example", "CNAME edge.example.net 5; "},
      {"reserved.failover.example", "no data"},
      {"building.failover.example", "no data"},
      {"gone.failover.example", "no name"},
      {"never.failover.example", "no name"},
      {"below.shop.failover.example", "no name"},
      {"failover.example", "SOA; NS ns1.failover.example 60; "},
      {"ns1.failover.example", "A 192.0.2.53 60; AAAA 2001:db8::53 60; "},
      {"_sip._tcp.failover.example", "SRV 0 5 5060 sip.example.net 120; "},
      {"_tcp.failover.example", "no data"},
      {"example", "no zone"},
      {"www.example.net", "no zone"},
      {"", "no zone"},
  };
  Table loaded;
  loaded.load(world.state);
  Table::Reader changed(world.table), fresh(loaded);
  for (const auto& row : rows) {
    BOOST_TEST(ask(changed, row.name) == row.answer, row.name);
    BOOST_TEST(ask(fresh, row.name) == row.answer, row.name << " after a restart");
  }
  world.must(FlipGroup{"shop", {}, false});
  BOOST_TEST(ask(changed, "shop.failover.example") == "A 198.51.100.10 60; ");
  world.must(DeleteServer{"us", "web1"});
  BOOST_TEST(ask(changed, "shop.failover.example") == "no data");

  std::size_t names = 0;
  BOOST_TEST(changed.each_name("failover.example", [&](std::string_view, const Found&) { ++names; }));
  BOOST_TEST(names == 4U + 4U, "apex, ns1, _sip._tcp, _tcp and four groups");
  BOOST_TEST(!changed.each_name("nowhere.example", [](std::string_view, const Found&) {}));
}

BOOST_AUTO_TEST_CASE(many_groups_come_and_go) {
  World world;
  Table::Reader reader(world.table);
  for (int i = 0; i < 3000; ++i) {
    const std::string label = "n" + std::to_string(i);
    world.must(CreateGroup{{}, label, {}, "eu", {}, {}, {}});
    if (i % 3 != 0) continue;
    world.must(SetGroup{label, {}, std::optional<std::string>{}, {}, {}, {}});
    world.must(DeleteGroup{label});
  }
  for (int i = 0; i < 3000; ++i) {
    BOOST_TEST(ask(reader, "n" + std::to_string(i) + ".failover.example") ==
               (i % 3 == 0 ? "no name" : "A 192.0.2.10 60; "));
  }
  BOOST_TEST(world.table.group_count() == 2000U);
}

// Readers see one answer or the other, whole, and never anything else; run under the sanitizers.
BOOST_AUTO_TEST_CASE(readers_beside_a_writer) {
  World world;
  world.must(
      PutStack{"us", {server("a", Role::web, {"198.51.100.1"}), server("b", Role::web, {"198.51.100.2"})}});
  world.group("eu", "us", Side::primary);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      Table::Reader reader(world.table);
      while (!done) {
        const std::string answer = ask(reader, "g.failover.example");
        if (answer != "A 192.0.2.10 60; " && answer != "A 198.51.100.1 60; A 198.51.100.2 60; " &&
            answer != "A 198.51.100.3 60; ")
          ++wrong;
        if (ask(reader, "failover.example").find("NS ns1") == std::string::npos) ++wrong;
      }
    });
  }
  for (int i = 0; i < 500; ++i) {
    world.must(FlipGroup{"g", {}, false});
    world.must(PutStack{"us", {server("a", Role::web, {"198.51.100.3"})}});
    world.must(
        PutStack{"us", {server("a", Role::web, {"198.51.100.1"}), server("b", Role::web, {"198.51.100.2"})}});
    world.must(CreateGroup{{}, "x" + std::to_string(i), {}, {}, {}, {}, {}});
    world.must(DeleteGroup{"x" + std::to_string(i)});
    world.must(zone("failover.example", {{"t.failover.example", "TXT", i % 2 == 0 ? "\"a\"" : "\"b\"", {}}}));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  BOOST_TEST(wrong == 0);
}

}  // namespace failover::test
