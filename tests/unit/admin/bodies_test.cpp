// Request bodies: what is understood, and every mistake of the others.
#include "admin/bodies.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace failover::admin {
namespace bdata = boost::unit_test::data;

struct Body {
  const char* route;  // which reader
  std::string text;
  const char* mistakes;  // "code" or the pointers of all mistakes, with spaces between; "" is understood
};

std::ostream& operator<<(std::ostream& out, const Body& body) {
  return out << body.route << ' ' << body.text.substr(0, 80);
}

namespace {

void read(const std::string& route, Fields& body) {
  std::string reason;
  if (route == "new group") read_new_group(body);
  if (route == "set group") read_group_changes(body, "shop");
  if (route == "flip") read_flip(body, "shop", reason);
  if (route == "stack") read_stack(body, "shop-eu");
  if (route == "set stack") read_stack_changes(body, "shop-eu");
  if (route == "server") read_server(body, "shop-eu", "web1");
  if (route == "rename") read_server_changes(body, "shop-eu", "web1");
  if (route == "zone") read_zone(body, "failover.example");
  if (route == "token") read_token(body);
  body.done();
}

std::string outcome(const Body& body) {
  const auto document = parse_object(body.text);
  if (!document)
    return document.error().mistakes.empty() ? std::string(to_string(document.error().code)) : "no object";
  const std::string route = body.route;
  const bool is_post = route == "new group" || route == "flip" || route == "token";
  std::vector<Mistake> mistakes;
  Fields fields(*document, "", mistakes, is_post ? Null::is_absent : Null::is_a_mistake);
  read(route, fields);
  std::string pointers;
  for (const auto& mistake : mistakes) {
    BOOST_TEST(!mistake.detail.empty());
    pointers += (pointers.empty() ? "" : " ") + mistake.pointer;
  }
  return pointers;
}

const Body table[] = {
    // --- what is no JSON, or no object
    {"new group", "", "malformed_json"},
    {"new group", "{", "malformed_json"},
    {"new group", "{} {}", "malformed_json"},
    {"new group", "{'name':'x'}", "malformed_json"},
    {"new group", R"({"name":"x",})", "malformed_json"},
    {"new group", R"({"name":"a","name":"b"})", "malformed_json"},
    {"stack", R"({"servers":[{"name":"a","name":"b","role":"web"}]})", "malformed_json"},
    {"new group", R"({"name":"\ud800"})", "malformed_json"},
    {"new group", R"({"name":"\udc00"})", "malformed_json"},
    {"new group", R"({"\udc00":"x"})", "malformed_json"},
    {"new group", R"({"name":"\ud800\u0041"})", "malformed_json"},
    {"new group", "{\"name\":\"\xff\"}", "malformed_json"},
    {"new group", "{\"name\":\"\xc0\xaf\"}", "malformed_json"},
    {"new group", "{\"name\":\"\xed\xa0\x80\"}", "malformed_json"},
    {"new group", std::string("{}\0", 3), "malformed_json"},
    {"new group", std::string(1'000'000, '['), "malformed_json"},
    {"new group", "{\"name\":" + std::string(70, '[') + std::string(70, ']') + "}", "malformed_json"},
    {"new group", "NaN", "malformed_json"},
    {"new group", "[]", "no object"},
    {"new group", "null", "no object"},
    {"new group", "17", "no object"},
    {"new group", "\"text\"", "no object"},

    // --- groups
    {"new group", "{}", ""},
    {"new group", R"({"name":"\ud83d\ude00 \u00e9"})", ""},
    {"new group", R"({"zone":null,"label":null,"name":null,"primary":null,"backup":null,"ttl":null})", ""},
    {"new group", R"({"zone":"z.example","label":"a","name":"n","primary":"p","backup":"b","ttl":60})", ""},
    {"new group", R"({"zone":1,"label":[],"name":{},"primary":true,"ttl":"60"})",
     "/zone /label /name /primary /ttl"},
    {"new group", R"({"ttl":60.5})", "/ttl"},
    {"new group", R"({"ttl":60.0})", "/ttl"},
    {"new group", R"({"ttl":1e400})", "malformed_json"},
    {"new group", R"({"ttl":99999999999999999999})", "/ttl"},
    {"new group", R"({"live":"primary"})", "/live"},
    {"new group", R"({"a/b":1,"c~d":2,"":3})", "/a~1b /c~0d /"},
    {"set group", "{}", ""},
    {"set group", R"({"name":null,"primary":null,"backup":null,"ttl":null,"live":"none"})", ""},
    {"set group", R"({"live":null})", "/live"},
    {"set group", R"({"live":"third"})", "/live"},
    {"set group", R"({"label":"x","zone":"y"})", "/label /zone"},
    {"flip", "{}", ""},
    {"flip", R"({"to":"backup","reason":"eu is down","force":true})", ""},
    {"flip", R"({"to":null,"reason":null,"force":null})", ""},
    {"flip", R"({"to":"none"})", "/to"},
    {"flip", R"({"to":"sideways","reason":7,"force":"yes"})", "/to /force /reason"},
    {"flip", "{\"reason\":\"" + std::string(1001, 'r') + "\"}", "/reason"},
    {"flip", R"({"reason":"two\nlines\tand \u001b[2J"})", ""},
    {"flip", R"({"reason":"\u00a0\u00e9\u2603\u0680"})", ""},

    // --- stacks and servers
    {"stack", R"({"servers":[]})", ""},
    {"stack",
     R"({"servers":[{"name":"lb","role":"load_balancer","addresses":["192.0.2.1"],"hostname":null}]})", ""},
    {"stack", "{}", "/servers"},
    {"stack", R"({"servers":null})", "/servers"},
    {"stack", R"({"servers":{}})", "/servers"},
    {"stack", R"({"servers":[1,{"name":"a"},{"role":"web"},{"name":"b","role":"queen","addresses":"x"}]})",
     "/servers/0 /servers/1/role /servers/2/name /servers/3/role /servers/3/addresses"},
    {"stack", R"({"servers":[{"name":"a","role":"web","addresses":["192.0.2.1",null,5],"ip":"x"}]})",
     "/servers/0/addresses/1 /servers/0/addresses/2 /servers/0/ip"},
    {"stack", R"({"servers":[],"name":"x"})", "/name"},
    {"set stack", "{}", ""},
    {"set stack", R"({"name":"shop","servers":[]})", ""},
    {"set stack", R"({"name":null})", "/name"},
    {"server", R"({"role":"web"})", ""},
    {"server", R"({"role":"web","name":"web1"})", "/name"},
    {"server", "{}", "/role"},
    {"rename", R"({"name":"web2"})", ""},
    {"rename", "{}", "/name"},

    // --- zones
    {"zone", R"({"nameservers":[{"name":"ns1.example.net"}]})", ""},
    {"zone", "{}", "/nameservers"},
    {"zone",
     R"({"nameservers":[],"records":[{"name":"a.failover.example","type":"A"}],"ttl":"x","serial":3})",
     "/ttl /records/0/content /serial"},

    // --- tokens
    {"token", R"({"name":"ci","role":"operator"})", ""},
    {"token", R"({"name":"ci","role":"stack","stack":"shop-eu","expires_at":"2030-01-31T12:00:00.5+02:00"})",
     ""},
    {"token", R"({"role":"root","expires_at":"tomorrow"})", "/name /role /expires_at"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies)

BOOST_DATA_TEST_CASE(a_body_is_understood_or_all_its_mistakes_are_told, bdata::make(table)) {
  BOOST_TEST(outcome(sample) == sample.mistakes);
}

BOOST_AUTO_TEST_CASE(null_is_told_from_absent_in_a_patch) {
  const auto document = parse_object(R"({"primary":null,"ttl":null,"name":"n"})");
  std::vector<Mistake> mistakes;
  Fields fields(*document, "", mistakes, Null::is_a_mistake);
  const auto changes = read_group_changes(fields, "shop");
  BOOST_TEST((changes.primary && !*changes.primary));
  BOOST_TEST((changes.ttl && !*changes.ttl));
  BOOST_TEST((changes.name && *changes.name == "n"));
  BOOST_TEST(!changes.backup);
}

BOOST_AUTO_TEST_CASE(servers_know_where_they_stood) {
  const auto document =
      parse_object(R"({"servers":[{"name":"a","role":"web"},{"name":"b","role":"other"}]})");
  std::vector<Mistake> mistakes;
  Fields fields(*document, "", mistakes, Null::is_a_mistake);
  const auto stack = read_stack(fields, "shop-eu");
  BOOST_TEST(stack.servers.at(1).at == "/servers/1");
  BOOST_TEST((stack.servers.at(1).role == Role::other));
}

struct Moment {
  const char* text;
  std::int64_t milliseconds;  // since 1970; -1: no time
};
std::ostream& operator<<(std::ostream& out, const Moment& moment) { return out << moment.text; }

const Moment moments[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01t00:00:01.5z", 1500},
    {"1970-01-01 02:00:00+02:00", 0},
    {"1970-01-01T00:00:00.0019Z", 1},
    {"1969-12-31T23:59:59-00:01", 59'000},
    {"2030-02-29T00:00:00Z", -1},
    {"2030-13-01T00:00:00Z", -1},
    {"2030-01-01T24:00:00Z", -1},
    {"2030-01-01T00:00:00", -1},
    {"2030-01-01", -1},
    {"2030-01-01T00:00:00.Z", -1},
    {"2030-01-01T00:00:00+0200", -1},
    {"-030-01-01T00:00:00Z", -1},
    {"2030-01-01T00:00:00Zz", -1},
    {"", -1},
};

BOOST_DATA_TEST_CASE(times_are_those_of_rfc_3339, bdata::make(moments)) {
  const auto time = read_time(sample.text);
  BOOST_TEST((time ? time->time_since_epoch().count() : -1) == sample.milliseconds);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
