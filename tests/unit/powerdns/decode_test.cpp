#include "powerdns/decode.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "powerdns/fields.hpp"
#include "powerdns/recorded.hpp"
#include "powerdns/show.hpp"

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(decode)
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string lookup_of(const std::string& name) {
  return R"({"method":"lookup","parameters":{"qname":")" + name + R"(","qtype":"ANY"}})";
}

std::string label(std::size_t size) { return std::string(size, 'a'); }

}  // namespace

BOOST_AUTO_TEST_CASE(json_lines) {
  const Rows rows{
      {R"({"method":"initialize","parameters":{"path":"/run/x","timeout":"2000"}})", "initialize"},
      {R"({"method":"initialize"})", "initialize"},
      {R"({"method":"lookup","parameters":{"qname":"A.Failover.Example.","qtype":"ANY","zone-id":-1}})",
       "lookup A.Failover.Example. [a.failover.example] 255"},
      {R"({"parameters":{"qtype":"SOA","qname":"failover.example"},"method":"lookup"})",
       "lookup failover.example [failover.example] 6"},
      {R"({"method":"APILookup","parameters":{"qname":"a.","qtype":"AAAA","include-disabled":false}})",
       "lookup a. [a] 28"},
      {R"({"method":"lookup","parameters":{"qname":"a.","qtype":"NAPTR"}})", "lookup a. [a] 0"},
      {R"({"method":"lookup","parameters":{"qname":".","qtype":"SOA"}})", "lookup . [] 6"},
      {R"({"method":"lookup","parameters":{"qname":"\u0041\\.b\\032.x.","qtype":"A"}})",
       R"(lookup A\.b\032.x. [a\.b\032.x] 1)"},
      {R"( {"method" : "list", "parameters" : {"zonename":"Z.Test.","domain_id":-1,"include_disabled":true}} )",
       "list Z.Test. [z.test]"},
      {R"({"method":"getAllDomains","parameters":{"include_disabled":true}})", "getAllDomains"},
      {R"({"method":"getDomainInfo","parameters":{"name":"z."}})", "getDomainInfo [z]"},
      {R"({"method":"getAllDomainMetadata","parameters":{"name":"z."}})", "getAllDomainMetadata [z]"},
      {R"({"method":"getDomainMetadata","parameters":{"name":"z.","kind":"PRESIGNED"}})",
       "getDomainMetadata [z] PRESIGNED"},
      {R"({"method":"searchRecords","parameters":{"pattern":"a*","maxResults":10}})", "searchRecords a* 10"},
      {R"({"method":"getUpdatedMasters","parameters":{}})", "getUpdatedMasters"},
      {R"({"method":"setNotified","parameters":{"id":1,"serial":4294967295}})", "setNotified 1 4294967295"},
      {R"({"method":"setNotified","parameters":{"id":1,"serial":7.0}})", "setNotified 1 7"},
      {R"({"method":"directBackendCmd","parameters":{"query":"lookup a"}})", "directBackendCmd lookup a"},
      // Members that make no difference may hold anything.
      {R"({"x":[{"qname":5}],"method":"lookup","parameters":{"y":{"qname":[]},"qname":"a.","qtype":"A"},"z":null})",
       "lookup a. [a] 1"},
      {R"({"qname":"b.","method":"lookup","parameters":{"method":"list","qname":"a.","qtype":"A"}})",
       "lookup a. [a] 1"},
  };
  Decoder decoder;
  for (const auto& [line, expected] : rows)
    BOOST_TEST_CONTEXT(line) BOOST_TEST(show(decoder.line(line)) == expected);
}

BOOST_AUTO_TEST_CASE(bad_lines) {
  const Rows rows{
      {"", "broken JSON at byte 0: The document is empty."},
      {"{", "broken JSON at byte 1"},
      {"garbage", "broken JSON at byte 0"},
      {R"({"method":"initialize"} x)", "broken JSON at byte 24"},
      {std::string("{\"method\":\"initialize\"}\0x", 25), "broken JSON: a zero byte"},
      {"[]", "not a JSON object"},
      {"5", "not a JSON object"},
      {"\"lookup\"", "not a JSON object"},
      {"null", "not a JSON object"},
      {"{}", "method is missing"},
      {R"({"method":5})", "method is of the wrong type"},
      {R"({"method":null})", "method is of the wrong type"},
      {R"({"method":{}})", "method is of the wrong type"},
      {R"({"method":"lookup","parameters":[]})", "parameters is of the wrong type"},
      {R"({"method":"lookup","parameters":"x"})", "parameters is of the wrong type"},
      {R"({"method":"frobnicate"})", "unknown method frobnicate"},
      {R"({"method":"startTransaction","parameters":{"domain":"z.","trxid":1}})",
       "unknown method startTransaction"},
      {R"({"method":"lookup"})", "lookup: qname is missing"},
      {R"({"method":"lookup","parameters":{"qname":"a."}})", "qtype is missing"},
      {R"({"method":"lookup","parameters":{"qname":5,"qtype":"A"}})", "qname is of the wrong type"},
      {R"({"method":"lookup","parameters":{"qname":"a.","qtype":1}})", "qtype is of the wrong type"},
      {R"({"method":"setNotified","parameters":{"id":-1,"serial":7}})",
       "setNotified: id is missing or no number"},
      {R"({"method":"setNotified","parameters":{"id":1,"serial":4294967296}})",
       "setNotified: serial is missing"},
      {R"({"method":"setNotified","parameters":{"id":1,"serial":7.5}})", "serial is of the wrong type"},
      {R"({"method":"setNotified","parameters":{"id":"1","serial":7}})", "id is of the wrong type"},
      {R"({"method":"setNotified","parameters":{"id":1e999,"serial":7}})", "broken JSON"},
      {R"({"method":"searchRecords","parameters":{"pattern":"a*"}})", "searchRecords: maxResults is missing"},
      {R"({"method":"searchRecords","parameters":{"pattern":")" + label(256) + R"(","maxResults":1}})",
       "searchRecords: pattern is missing or longer than 255 bytes"},
      {lookup_of(""), "lookup: qname is empty"},
      {lookup_of("a..b."), "lookup: qname has an empty label"},
      {lookup_of(".a"), "lookup: qname has an empty label"},
      {lookup_of("a b."), "lookup: qname holds a byte"},
      {lookup_of("\\u0000."), "lookup: qname holds a byte"},
      {lookup_of("\xff."), "lookup: qname holds a byte"},
      {lookup_of("\xc3\xa4."), "lookup: qname holds a byte"},
      {lookup_of("a\\\\"), "lookup: qname has half an escape"},
      {lookup_of("a\\\\03"), "lookup: qname has half an escape"},
      {lookup_of("a\\\\."), "lookup: qname has half an escape"},
      {lookup_of(label(64) + "."), "lookup: qname has a label of more than 63 bytes"},
      {lookup_of(label(63) + "." + label(63) + "." + label(63) + "." + label(62) + "."),
       "lookup: qname is longer than 255 bytes"},
  };
  Decoder decoder;
  for (const auto& [line, expected] : rows) BOOST_TEST_CONTEXT(line)
  BOOST_TEST(show(decoder.line(line)).substr(0, 9 + expected.size()) == "refused: " + expected);
}

BOOST_AUTO_TEST_CASE(lookups_that_are_read_without_json) {
  const std::string before = R"({"method": "lookup", "parameters": {"local": "0.0.0.0", "qname": ")";
  const std::string after = R"(", "qtype": "ANY", "real-remote": "::1/128", "remote": "::1", "zone-id": )";
  const std::vector<std::pair<std::string, bool>> rows{
      {before + "a." + after + "1}}", true},
      {before + "a." + after + "-1}}", true},
      {before + "a." + after + "0}}", true},
      {before + "" + after + "123456789}}", true},
      {before + "a." + after + "1234567890}}", false},
      {before + "a." + after + "01}}", false},
      {before + "a." + after + "--1}}", false},
      {before + "a." + after + "}}", false},
      {before + "a." + after + "1.0}}", false},
      {before + "a." + after + "1}", false},
      {before + "a." + after + "1}} ", false},
      {' ' + before + "a." + after + "1}}", false},
      {before + "a\\\\032." + after + "1}}", false},
      {before + "\xc3\xa4." + after + "1}}", false},
      {before + "a\t." + after + "1}}", false},
      {before, false},
      {"", false},
  };
  for (const auto& [line, expected] : rows) BOOST_TEST(read_lookup(line).has_value() == expected, line);
  std::size_t lookups = 0;
  for (const std::string& line : recorded("unix")) lookups += read_lookup(line).has_value();
  BOOST_TEST(lookups >= 5u, "the real ones");
}

// A space in front has a line read as JSON.
BOOST_AUTO_TEST_CASE(they_mean_what_they_would_as_json) {
  Decoder decoder;
  const auto compare = [&](const std::string& line) {
    const std::string quick = show(decoder.line(line)), as_json = show(decoder.line(' ' + line));
    if (as_json.starts_with("refused: broken JSON"))
      BOOST_TEST(quick.starts_with("refused: broken JSON"), line);
    else
      BOOST_TEST(quick == as_json, line);
  };
  for (const std::string& line : recorded("unix")) {
    compare(line);
    for (std::size_t at = 0; at < line.size(); ++at) {
      compare(line.substr(0, at));
      compare(line.substr(0, at) + line.substr(at + 1));
      for (const char other : {'"', '\\', ' ', '.', '-', '0', 'Z', '}', ',', '\0', '\t', '\x7f', '\x80'}) {
        std::string altered = line;
        altered[at] = other;
        compare(altered);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_longest_names_that_there_are) {
  Decoder decoder;
  const std::string longest = label(63) + "." + label(63) + "." + label(63) + "." + label(61);
  BOOST_TEST(show(decoder.line(lookup_of(longest + "."))) == "lookup " + longest + ". [" + longest + "] 255");
  // 255 bytes of wire too, most of them escaped.
  std::string label_of_escapes, in_json;
  for (int i = 0; i < 63; ++i) {
    label_of_escapes += "\\001";
    in_json += "\\\\001";
  }
  const auto three = [](const std::string& one) { return one + "." + one + "." + one; };
  BOOST_TEST(show(decoder.line(lookup_of(three(in_json) + "."))) ==
             "lookup " + three(label_of_escapes) + ". [" + three(label_of_escapes) + "] 255");
}

BOOST_AUTO_TEST_CASE(a_million_levels) {
  Decoder decoder;
  for (const std::string& one : {std::string("["), std::string("{\"a\":"), std::string("{\"parameters\":")}) {
    std::string deep = one == "[" ? R"({"method":"lookup","x":)" : "";
    std::string levels = one;  // doubled until there are a million and more
    for (int i = 0; i < 20; ++i) levels += levels;
    deep += levels;
    BOOST_TEST(show(decoder.line(deep)) == "refused: nested more than 16 deep");
    // The decoder is as good as before.
    BOOST_TEST(show(decoder.line(R"({"method":"initialize"})")) == "initialize");
  }
}

BOOST_AUTO_TEST_CASE(http) {
  struct Row {
    std::string target, body, expected;
  };
  const std::vector<Row> rows{
      {"/dns/lookup/a%2ex%2e/ANY", "", "lookup a.x. [a.x] 255"},
      {"/lookup/a.x./ANY", "", "lookup a.x. [a.x] 255"},
      {"/a/b/c/lookup/A%2EX%2E/SOA", "", "lookup A.X. [a.x] 6"},
      {"http://127.0.0.1:80/dns/lookup/a./ANY", "", "lookup a. [a] 255"},
      {"/lookup/lookup/lookup/ANY", "", "lookup lookup [lookup] 255"},
      {"/dns/lookup/%2e/SOA", "", "lookup . [] 6"},
      {"/dns/list/-1/z./", "", "list z. [z]"},
      {"/dns/setNotified/1", "serial=7%2e000000", "setNotified 1 7"},
      {"/dns/searchRecords?maxResults=10&pattern=414%2a", "", "searchRecords 414* 10"},
      {"/dns/directBackendCmd", "query=lookup+a%2Ex", "directBackendCmd lookup a.x"},
      {"/dns/initialize", "", "initialize"},
      {"/dns/lookup", "parameters=%7b%22qname%22%3a%22a.%22%2c%22qtype%22%3a%22A%22%7d", "lookup a. [a] 1"},
      {"/dns", R"( {"method":"lookup","parameters":{"qname":"a.","qtype":"A"}})", "lookup a. [a] 1"},
      {"/dns/anything", R"({"method":"getAllDomains","parameters":{}})", "getAllDomains"},
      {"/dns/lookup/a./", "", "refused: no method with these parameters: /dns/lookup/a./"},
      {"/dns/lookup/a./A/b", "", "refused: no method with these parameters: /dns/lookup/a./A/b"},
      {"/dns/startTransaction/-1/z./5", "",
       "refused: no method with these parameters: /dns/startTransaction/-1/z./5"},
      {"/", "", "refused: no method with these parameters: /"},
      {"", "", "refused: no method with these parameters: "},
      {"/dns/lookup/a%zz/A", "", "lookup a%zz [a%zz] 1"},
      {"/dns/lookup/a%00/A", "",
       "refused: lookup: qname holds a byte that presentation form (RFC 1035, 5.1) escapes"},
      {"/dns/setNotified/x", "serial=7", "refused: id is no whole number"},
      {"/dns/setNotified/1", "serial=seven", "refused: serial is no whole number"},
      {"/dns/setNotified/1", "", "refused: setNotified: serial is missing or no number from 0 to 4294967295"},
      {"/dns/searchRecords?maxResults=-1&pattern=a", "",
       "refused: searchRecords: maxResults is missing or no number from 0 to 4294967295"},
      {"/dns/lookup", "parameters=x", "refused: broken JSON at byte 0: Invalid value."},
      {"/dns/lookup", "parameters=%5b%5d", "refused: not a JSON object"},
      {"/dns/lookup", "parameters=%7b%22qname%22%3a5%7d", "refused: qname is of the wrong type"},
      {"/dns/frobnicate", "parameters=%7b%7d", "refused: unknown method frobnicate"},
      {"/dns", R"({"method":"lookup")",
       "refused: broken JSON at byte 18: Missing a comma or '}' after an object member."},
  };
  Decoder decoder;
  for (const auto& [target, body, expected] : rows)
    BOOST_TEST_CONTEXT(target << ' ' << body) BOOST_TEST(show(decoder.http(target, body)) == expected);
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  const std::vector<std::pair<std::string, std::optional<std::int64_t>>> rows{
      {"7", 7}, {"-1", -1}, {"7.000000", 7}, {"7.5", {}},
      {"", {}}, {"x", {}},  {"7x", {}},      {"99999999999999999999", {}}};
  for (const auto& [text, expected] : rows)
    BOOST_TEST_CONTEXT(text) BOOST_TEST((whole_number(text) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
