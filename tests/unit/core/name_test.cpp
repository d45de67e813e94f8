#include "core/name.hpp"

#include <boost/test/unit_test.hpp>

namespace failover {

BOOST_AUTO_TEST_CASE(addresses) {
  const struct {
    const char *given, *kept;  // "" is refused
  } rows[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"2001:DB8:0::1", "2001:db8::1"},
      {"10.0.0.1", "10.0.0.1"},
      {"127.0.0.1", "127.0.0.1"},
      {"169.254.1.1", "169.254.1.1"},
      {"fe80::1", "fe80::1"},
      {"::1", "::1"},
      {"0.0.0.0", ""},
      {"::", ""},
      {"224.0.0.1", ""},
      {"240.0.0.1", ""},
      {"255.255.255.255", ""},
      {"ff02::1", ""},
      {"::ffff:192.0.2.1", ""},
      {"192.0.2", ""},
      {"192.0.2.01", ""},
      {"192.0.2.1 ", ""},
      {"fe80::1%eth0", ""},
      {"example.net", ""},
      {"", ""},
  };
  for (const auto& row : rows) BOOST_TEST(unicast_address(row.given).value_or("") == row.kept, row.given);
  BOOST_TEST(!unicast_address(std::string_view("192.0.2.1\0", 10)));
}

BOOST_AUTO_TEST_CASE(labels) {
  const struct {
    std::string text;
    bool is;
  } rows[] = {{"a", true},    {"A1", true},   {"414-262-781", true}, {std::string(63, 'a'), true},
              {"", false},    {"-a", false},  {"a-", false},         {std::string(64, 'a'), false},
              {"a_b", false}, {"a.b", false}, {"\xc3\xa4", false}};
  for (const auto& row : rows) BOOST_TEST(is_label(row.text) == row.is, row.text);
}

BOOST_AUTO_TEST_CASE(names) {
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
  const struct {
    std::string given, host, owner;
  } rows[] = {
      {"Example.NET", "example.net", "example.net"},
      {"example.net.", "example.net", "example.net"},
      {"single", "", "single"},
      {"_sip._tcp.example", "", "_sip._tcp.example"},
      {longest, longest, longest},
      {longest + 'b', "", ""},
      {"a..b", "", ""},
      {".a", "", ""},
      {".", "", ""},
      {"", "", ""},
      {"*.example", "", ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST(host_name(row.given).value_or("") == row.host, row.given);
    BOOST_TEST(owner_name(row.given).value_or("") == row.owner, row.given);
  }
}

BOOST_AUTO_TEST_CASE(within) {
  BOOST_TEST(is_within("a.example", "example"));
  BOOST_TEST(is_within("example", "example"));
  BOOST_TEST(!is_within("badexample", "example"));
  BOOST_TEST(!is_within("example", "a.example"));
}

}  // namespace failover
