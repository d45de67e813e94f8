#include "powerdns/respond.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <boost/test/unit_test.hpp>

#include "core/rules.hpp"
#include "powerdns/sample.hpp"
#include "powerdns/show.hpp"

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(replies)
namespace {

const std::function<Revision()> revision = [] { return Revision{12}; };

struct Asking : Sample {
  Table::Reader reader{table};
  Notified notified;
  Decoder decoder;
  Outcome outcome{};

  std::string ask(const std::string& method, const std::string& parameters) {
    std::string reply;
    outcome = respond(decoder.line(R"({"method":")" + method + R"(","parameters":{)" + parameters + "}}"),
                      {reader, notified, revision}, reply);
    BOOST_TEST(is_reply(reply), reply);
    return reply.substr(0, reply.size() - 1);
  }
  std::string lookup(const std::string& name, const std::string& type) {
    return ask("lookup", R"("qname":")" + name + R"(","qtype":")" + type + '"');
  }

  // "qtype qname ttl content" of each record.
  static std::vector<std::string> records(const std::string& reply) {
    rapidjson::Document document;
    document.Parse(reply.c_str());
    std::vector<std::string> lines;
    for (const auto& record : document["result"].GetArray()) {
      BOOST_TEST(record["auth"].GetInt() == 1);
      lines.push_back(std::string(record["qtype"].GetString()) + ' ' + record["qname"].GetString() + ' ' +
                      std::to_string(record["ttl"].GetInt()) + ' ' + record["content"].GetString());
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(lookups, Asking) {
  const std::string zone = "failover.example.";
  const std::string soa = "ns1.failover.example hostmaster.failover.example 7 60 30 604800 30";
  struct Row {
    std::string name, type;
    Outcome outcome;
    Lines records;
  };
  const std::vector<Row> rows{
      {"two." + zone,
       "ANY",
       Outcome::noerror,
       {"A two." + zone + " 60 192.0.2.10", "AAAA two." + zone + " 60 2001:db8::10"}},
      {"two." + zone, "A", Outcome::noerror, {"A two." + zone + " 60 192.0.2.10"}},
      {"two." + zone, "MX", Outcome::noerror, {}},
      {"two." + zone, "NAPTR", Outcome::noerror, {}},
      {"tWo.Failover.EXAMPLE.", "A", Outcome::noerror, {"A tWo.Failover.EXAMPLE. 60 192.0.2.10"}},
      {"two.failover.example", "A", Outcome::noerror, {"A two.failover.example. 60 192.0.2.10"}},
      {"host." + zone, "ANY", Outcome::noerror, {"CNAME host." + zone + " 5 www.example.net"}},
      {"host." + zone, "A", Outcome::noerror, {}},
      {"held." + zone, "ANY", Outcome::nodata, {"ENT held." + zone + " 60 "}},
      {"held." + zone, "A", Outcome::nodata, {}},
      {"wait." + zone, "ANY", Outcome::nodata, {"ENT wait." + zone + " 60 "}},
      {"_tcp." + zone, "ANY", Outcome::nodata, {"ENT _tcp." + zone + " 60 "}},
      {"_sip._tcp." + zone,
       "ANY",
       Outcome::noerror,
       {"SRV _sip._tcp." + zone + " 120 0 5 5060 sip.example.net"}},
      {"note." + zone, "TXT", Outcome::noerror, {"TXT note." + zone + R"( 60 "say \"hi\"" "two")"}},
      {"ns1." + zone,
       "ANY",
       Outcome::noerror,
       {"A ns1." + zone + " 60 192.0.2.1", "AAAA ns1." + zone + " 60 2001:db8::1"}},
      {"none." + zone, "ANY", Outcome::nxdomain, {}},
      {"below.two." + zone, "ANY", Outcome::nxdomain, {}},
      {"*." + zone, "ANY", Outcome::nxdomain, {}},
      {"two.elsewhere.test.", "ANY", Outcome::refused, {}},
      {"example.", "SOA", Outcome::refused, {}},
      {".", "SOA", Outcome::refused, {}},
      {zone, "SOA", Outcome::noerror, {"SOA " + zone + " 2 " + soa}},
      {zone,
       "NS",
       Outcome::noerror,
       {"NS " + zone + " 60 ns1.failover.example", "NS " + zone + " 60 ns2.example.net"}},
      {zone,
       "ANY",
       Outcome::noerror,
       {"SOA " + zone + " 2 " + soa, "NS " + zone + " 60 ns1.failover.example",
        "NS " + zone + " 60 ns2.example.net", "MX " + zone + " 300 10 mx.example.net"}},
  };
  for (const auto& [name, type, expected, lines] : rows) {
    BOOST_TEST_CONTEXT(name << ' ' << type) {
      BOOST_TEST(records(lookup(name, type)) == lines, boost::test_tools::per_element());
      BOOST_TEST(to_string(outcome) == to_string(expected));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_bytes_of_replies, Asking) {
  const std::string a_zone =
      R"({"id":1,"zone":"failover.example.","kind":"master","masters":[],"serial":7,"notified_serial":0,"last_check":0})";
  struct Row {
    std::string method, parameters, reply;
  };
  const std::vector<Row> rows{
      {"initialize", "", R"({"result":true})"},
      {"lookup", R"("qname":"host.failover.example.","qtype":"ANY")",
       R"({"result":[{"qtype":"CNAME","qname":"host.failover.example.","content":"www.example.net","ttl":5,"auth":1,"domain_id":1}]})"},
      {"lookup", R"("qname":"none.failover.example.","qtype":"ANY")", R"({"result":[]})"},
      {"getDomainInfo", R"("name":"Failover.Example.")", R"({"result":)" + a_zone + "}"},
      {"getDomainInfo", R"("name":"two.failover.example.")", R"({"result":false})"},
      {"getDomainInfo", R"("name":"elsewhere.test.")", R"({"result":false})"},
      {"getAllDomainMetadata", R"("name":"failover.example.")", R"({"result":{}})"},
      {"getDomainMetadata", R"("name":"failover.example.","kind":"X")", R"({"result":[]})"},
      {"list", R"("zonename":"elsewhere.test.")",
       R"({"result":false,"log":["failoverd: list: no such zone here"]})"},
      {"list", R"("zonename":"two.failover.example.")",
       R"({"result":false,"log":["failoverd: list: no such zone here"]})"},
      {"directBackendCmd", R"("query":"ping")", R"({"result":"pong"})"},
      {"directBackendCmd", R"("query":"revision")", R"({"result":"12"})"},
      {"directBackendCmd", R"("query":"lookup TWO.failover.example.")",
       R"({"result":"two.failover.example. 60 IN A 192.0.2.10\u000atwo.failover.example. 60 IN AAAA 2001:db8::10\u000a"})"},
      {"directBackendCmd", R"("query":"lookup held.failover.example")",
       R"({"result":"held.failover.example. no data"})"},
      {"directBackendCmd", R"("query":"lookup x.failover.example")",
       R"({"result":"x.failover.example. no such name"})"},
      {"directBackendCmd", R"("query":"lookup x\u0000\u00e4")",
       R"({"result":"x\u0000\u00c3\u00a4. in no zone here"})"},
      {"directBackendCmd", R"("query":"reboot")",
       R"({"result":false,"log":["failoverd: unknown command, use one of: ping, revision, lookup NAME"]})"},
      {"frob\\\"nicate\\u001f\\u00e4", "",
       R"({"result":false,"log":["failoverd: unknown method frob\"nicate\u001f\u00c3\u00a4"]})"},
      {"setNotified", R"("id":99,"serial":7)",
       R"({"result":false,"log":["failoverd: setNotified: no zone has this id"]})"},
  };
  for (const auto& [method, parameters, reply] : rows)
    BOOST_TEST_CONTEXT(method << ' ' << parameters) BOOST_TEST(ask(method, parameters) == reply);
}

BOOST_FIXTURE_TEST_CASE(zones_and_what_has_been_notified, Asking) {
  const auto zones = [&](const std::string& method) {
    rapidjson::Document document;
    document.Parse(ask(method, "").c_str());
    Lines lines;
    for (const auto& zone : document["result"].GetArray())
      lines.push_back(zone["zone"].GetString() + (' ' + std::to_string(zone["id"].GetUint())) + ' ' +
                      std::to_string(zone["serial"].GetUint()) + ' ' +
                      std::to_string(zone["notified_serial"].GetUint()) + ' ' + zone["kind"].GetString());
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  const auto same = boost::test_tools::per_element();
  BOOST_TEST(zones("getAllDomains") ==
                 (Lines{"failover.example. 1 7 0 master", "other.test. 2 4294967295 0 master"}),
             same);
  BOOST_TEST(zones("getUpdatedMasters").size() == 2u);
  BOOST_TEST(ask("setNotified", R"("id":1,"serial":7)") == R"({"result":true})");
  BOOST_TEST(zones("getUpdatedMasters") == (Lines{"other.test. 2 4294967295 0 master"}), same);
  BOOST_TEST(zones("getAllDomains") ==
                 (Lines{"failover.example. 1 7 7 master", "other.test. 2 4294967295 0 master"}),
             same);
  BOOST_TEST(ask("setNotified", R"("id":1,"serial":6)") == R"({"result":true})");
  BOOST_TEST(zones("getUpdatedMasters").size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_transfer_starts_with_the_soa_and_leaves_out_what_has_no_data, Asking) {
  Lines lines = records(ask("list", R"("zonename":"Failover.Example.","domain_id":1)"));
  const std::string z = "failover.example.";
  BOOST_TEST(lines.at(0) ==
             "SOA " + z + " 2 ns1.failover.example hostmaster.failover.example 7 60 30 604800 30");
  std::sort(lines.begin(), lines.end());
  BOOST_TEST(
      lines == (Lines{
                   "A ns1." + z + " 60 192.0.2.1",
                   "A two." + z + " 60 192.0.2.10",
                   "AAAA ns1." + z + " 60 2001:db8::1",
                   "AAAA two." + z + " 60 2001:db8::10",
                   "CNAME host." + z + " 5 www.example.net",
                   "MX " + z + " 300 10 mx.example.net",
                   "NS " + z + " 60 ns1.failover.example",
                   "NS " + z + " 60 ns2.example.net",
                   "SOA " + z + " 2 ns1.failover.example hostmaster.failover.example 7 60 30 604800 30",
                   "SRV _sip._tcp." + z + " 120 0 5 5060 sip.example.net",
                   "TXT note." + z + R"( 60 "say \"hi\"" "two")",
               }),
      boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(searches, Asking) {
  struct Row {
    std::string pattern;
    int most;
    std::size_t found;
  };
  const std::vector<Row> rows{
      {"two*", 10, 2},
      {"TWO.failover.example", 10, 2},
      {"two.failover.example.", 10, 2},
      {"tw?.failover.*", 10, 2},
      {"tw?", 10, 0},
      {"192.0.2.10", 10, 1},
      {"*www*", 10, 1},
      {"*", 100, 11},
      {"*", 3, 3},
      {"*", 0, 0},
      {"held*", 10, 0},
      {"none*", 10, 0},
      {"", 10, 0},
      {"**t*w*o*example", 10, 2},
  };
  for (const auto& [pattern, most, found] : rows) BOOST_TEST_CONTEXT(pattern << ' ' << most)
  BOOST_TEST(
      records(ask("searchRecords", R"("pattern":")" + pattern + R"(","maxResults":)" + std::to_string(most)))
          .size() == found);
}

BOOST_FIXTURE_TEST_CASE(a_flip_is_answered_at_once, Asking) {
  const auto run = [&](const Command& command) {
    auto decision = decide(state, command, {});
    BOOST_REQUIRE(decision.has_value());
    BOOST_REQUIRE(decision->change.has_value());
    state.apply(*decision->change);
    table.apply(*decision->change);
  };
  SetGroup attach;
  attach.group = "two.failover.example";
  attach.backup = "host";
  run(attach);
  FlipGroup flip;
  flip.group = "two.failover.example";
  run(flip);
  BOOST_TEST(records(lookup("two.failover.example.", "ANY")) ==
                 (Lines{"CNAME two.failover.example. 60 www.example.net"}),
             boost::test_tools::per_element());
  const std::uint32_t serial = state.zone("failover.example")->serial;
  BOOST_TEST(serial > 7u);
  BOOST_TEST(lookup("failover.example.", "SOA").find(' ' + std::to_string(serial) + " 60 30 ") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
