// What each change has PowerDNS drop from its caches, and whether the serial rises.
#include "core/rules_common.hpp"
#include "world.hpp"

namespace failover::test {
namespace {

// The zone with own records that lead to the group g, in one step and in two, and some that do not.
PutZone leading() {
  return zone("failover.example", {{"www.failover.example", "CNAME", "g.failover.example", {}},
                                   {"old.failover.example", "CNAME", "www.failover.example.", {}},
                                   {"failover.example", "MX", "10 g.failover.example", {}},
                                   {"_sip._tcp.failover.example", "SRV", "0 5 5060 G.failover.example", {}},
                                   {"txt.failover.example", "TXT", "\"g.failover.example\"", {}},
                                   {"other.failover.example", "CNAME", "big.failover.example", {}},
                                   {"away.failover.example", "CNAME", "a.example.net", {}}});
}

PutZone nameserver(std::vector<std::string> addresses) {
  PutZone request = leading();
  request.nameservers[0].addresses = std::move(addresses);
  return request;
}

PutZone with(std::vector<RecordSpec> more, std::size_t fewer = 0) {
  PutZone request = leading();
  request.records.erase(request.records.begin(),
                        request.records.begin() + static_cast<std::ptrdiff_t>(fewer));
  request.records.insert(request.records.end(), more.begin(), more.end());
  return request;
}

std::vector<RecordSpec> many(int count) {
  std::vector<RecordSpec> records;
  for (int i = 0; i < count; ++i)
    records.push_back({"n" + std::to_string(i) + ".failover.example", "TXT", "\"x\"", {}});
  return records;
}

PutZone hostmaster(std::string name) {
  PutZone request = leading();
  request.hostmaster = std::move(name);
  return request;
}

std::string joined(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += name.substr(0, name.find(".failover.example")) + ' ';
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_dropped_from_caches) {
  const std::string all = "_sip._tcp failover.example g old www ";
  const struct {
    const char* rule;
    Command request;
    std::string dropped;  // below the zone; "" is nothing, and then the serial stays
  } rows[] = {
      {"a flip: the address and what leads to it", FlipGroup{"g", {}, false}, all},
      {"a server's address", PutServer{"eu", server("web1", Role::web, {"192.0.2.11"})}, all},
      {"a TTL", SetGroup{"g", {}, {}, {}, 30, {}}, all},
      {"a name alone", SetGroup{"g", "shop", {}, {}, {}, {}}, ""},
      {"a stack that is not live", PutServer{"us", server("web1", Role::web, {"192.0.2.11"})}, ""},
      {"a new address", CreateGroup{{}, "new", {}, {}, {}, {}, {}}, "new "},
      {"a nameserver's address", nameserver({"192.0.2.54"}), "failover.example "},
      {"the order of a nameserver's addresses", nameserver({"2001:db8::53", "192.0.2.53"}), ""},
      {"a record, and what leads to it",
       with({{"www.failover.example", "CNAME", "big.failover.example", {}}}, 1), "old www "},
      {"a name where there was none, and those that exist through it",
       with({{"a.b.c.failover.example", "TXT", "\"new\"", {}}}), "a.b.c b.c c "},
      {"more records than are dropped one by one", with(many(101)), "failover.example "},
      {"a record at the apex", with({{"failover.example", "TXT", "\"new\"", {}}}), "failover.example "},
      {"the hostmaster", hostmaster("ops.failover.example"), "failover.example "},
      {"a nameserver's address twice", nameserver({"192.0.2.53", "2001:db8::53", "192.0.2.53"}), ""},
  };
  for (const auto& row : rows) {
    World world;
    world.must(leading());
    world.group("eu", "us", Side::primary);
    const auto before = world.serial();
    const auto decision = world.must(row.request);
    BOOST_REQUIRE(decision.change);
    BOOST_TEST(joined(decision.change->altered) == row.dropped, row.rule);
    BOOST_TEST((world.serial() > before) == !row.dropped.empty(), row.rule);
  }
}

}  // namespace failover::test
