// Rules 6, 11, 13 and 14: zones and their own records.
#include "core/rules_common.hpp"
#include "world.hpp"

namespace failover::test {
namespace {

PutZone with(PutZone request, void (*alter)(PutZone&)) {
  alter(request);
  return request;
}
PutZone record(const char* name, const char* type, const char* content,
               std::optional<std::int64_t> ttl = {}) {
  return zone("failover.example", {{name, type, content, ttl}});
}

}  // namespace

BOOST_AUTO_TEST_CASE(zones) {
  const struct {
    const char* rule;
    Command request;
    const char* outcome;
  } rows[] = {
      {"a new zone", zone("other.example"), "ok"},
      {"what stands already, in any case", zone("Failover.EXAMPLE"), "unchanged"},
      {"no DNS name", zone("a..b"), "invalid "},
      {"inside another", zone("deep.failover.example"), "zone_overlaps"},
      {"around another", zone("example"), "zone_overlaps"},
      {"around a registered hostname", zone("net"), "zone_overlaps"},
      {"no nameserver", with(zone("a.example"), [](PutZone& z) { z.nameservers.clear(); }),
       "invalid /nameservers"},
      {"a nameserver inside without an address",
       with(zone("a.example"), [](PutZone& z) { z.nameservers[0].addresses.clear(); }),
       "invalid /nameservers/0/addresses"},
      {"a nameserver elsewhere needs none",
       with(zone("a.example"),
            [](PutZone& z) {
              z.nameservers[0] = {"ns.example.org", {}};
            }),
       "ok"},
      {"a mailbox is no name", with(zone("a.example"), [](PutZone& z) { z.hostmaster = "me@example.org"; }),
       "invalid /hostmaster"},
      {"negative TTL", with(zone("a.example"), [](PutZone& z) { z.negative_ttl = 301; }),
       "invalid /negative_ttl"},
      {"negative TTL 0", with(zone("a.example"), [](PutZone& z) { z.negative_ttl = 0; }), "ok"},
      {"TTL", with(zone("a.example"), [](PutZone& z) { z.ttl = 4; }), "invalid /ttl"},
      {"a record at the apex", record("failover.example", "MX", "10 mail.example.net."), "ok"},
      {"a record of a service", record("_sip._tcp.failover.example", "SRV", "0 5 5060 sip.example.net"),
       "ok"},
      {"a record elsewhere", record("www.example.net", "A", "192.0.2.1"), "invalid /records/0/name"},
      {"a type that is not for zones here", record("a.failover.example", "NS", "ns.example.net"),
       "invalid /records/0/type"},
      {"an unknown type", record("a.failover.example", "BOGUS", "x"), "invalid /records/0/type"},
      {"a wildcard", record("*.failover.example", "A", "192.0.2.1"), "invalid /records/0/name"},
      {"content of another type", record("a.failover.example", "A", "2001:db8::1"),
       "invalid /records/0/content"},
      {"a record's TTL", record("a.failover.example", "A", "192.0.2.1", 86401), "invalid /records/0/ttl"},
      {"a CNAME at the apex", record("failover.example", "CNAME", "a.example.net"), "invalid /records"},
      {"a CNAME at a nameserver", record("ns1.failover.example", "CNAME", "a.example.net"),
       "invalid /records"},
      {"a second TTL beside a nameserver's address", record("ns1.failover.example", "A", "192.0.2.54", 600),
       "invalid /records"},
      {"another address of a nameserver", record("ns1.failover.example", "A", "192.0.2.54", 60), "ok"},
      {"a record at a group's address", record("g.failover.example", "TXT", "\"x\""), "address_taken"},
      {"a record below a group's address", record("_dnsauth.g.failover.example", "TXT", "\"x\""), "ok"},
      {"a zone with groups stays", DeleteZone{"failover.example"}, "zone_has_groups"},
      {"a zone that is not there", DeleteZone{"nowhere.example"}, "not_found"},
  };
  for (const auto& row : rows) {
    World world;
    world.must(PutStack{"cdn", {server("edge", Role::load_balancer, {}, "edge.example.net")}});
    world.group("-", "-", Side::none);
    BOOST_TEST(outcome(world.run(row.request)) == row.outcome, row.rule);
  }
}

BOOST_AUTO_TEST_CASE(record_contents) {
  const std::string longest(255, 'x');
  const auto strings_of_255 = [&](int count) {
    std::string text = '"' + longest + '"';
    while (--count > 0) text += " \"" + longest + '"';
    return text;
  };
  const struct {
    Type type;
    std::string given, kept;  // "" is refused
  } rows[] = {
      {Type::A, "192.0.2.1", "192.0.2.1"},
      {Type::A, "x", ""},
      {Type::AAAA, "2001:DB8::1", "2001:db8::1"},
      {Type::CNAME, "A.Example.", "a.example"},
      {Type::CNAME, ".", ""},
      {Type::MX, "10  Mail.Example.", "10 mail.example"},
      {Type::MX, "0 .", "0 ."},
      {Type::MX, "65536 mail.example", ""},
      {Type::MX, "mail.example", ""},
      {Type::SRV, "0 5 5060 sip.example.", "0 5 5060 sip.example"},
      {Type::SRV, "0 5 sip.example", ""},
      {Type::TXT, "\"v=spf1 -all\"", "\"v=spf1 -all\""},
      {Type::TXT, "\"a\" \"b\"", "\"a\" \"b\""},
      {Type::TXT, "\"say \\\"hi\\\" \\195\"", "\"say \\\"hi\\\" \\195\""},
      {Type::TXT, '"' + longest + '"', '"' + longest + '"'},
      {Type::TXT, '"' + longest + "x\"", ""},
      {Type::TXT, strings_of_255(63), strings_of_255(63)},
      {Type::TXT, strings_of_255(64), ""},
      {Type::TXT, "bare", ""},
      {Type::TXT, "\"open", ""},
      {Type::TXT, "\"bad \\999\"", ""},
      {Type::TXT, "", ""},
      {Type::CAA, "0 issue \"ca.example.net\"", "0 issue \"ca.example.net\""},
      {Type::CAA, "256 issue \"x\"", ""},
      {Type::CAA, "0 issue x", ""},
  };
  for (const auto& row : rows) {
    const auto content = rules::record_content(row.type, row.given);
    BOOST_TEST((content ? *content : "") == row.kept, row.given);
  }
}

BOOST_AUTO_TEST_CASE(serials_never_go_back) {
  World world;
  const auto before = world.serial();
  world.must(DeleteZone{"failover.example"});
  world.must(zone("failover.example"));
  BOOST_TEST(world.serial() > before);
  BOOST_TEST(rules::next_serial(4'000'000'000, start) == 4'000'000'001U, "a clock that went back");
}

}  // namespace failover::test
