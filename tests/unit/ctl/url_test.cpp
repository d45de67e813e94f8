#include "ctl/url.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::ctl {
namespace {

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(a_url_names_scheme_host_port_and_prefix) {
  const struct {
    const char* text;
    Url url;
    const char* shown;
  } rows[] = {
      {"http://127.0.0.1:8380", {false, "127.0.0.1", "8380", ""}, "http://127.0.0.1:8380"},
      {"http://127.0.0.1:8380/", {false, "127.0.0.1", "8380", ""}, "http://127.0.0.1:8380"},
      {"https://failover.example.net",
       {true, "failover.example.net", "443", ""},
       "https://failover.example.net"},
      {"http://failover.example.net",
       {false, "failover.example.net", "80", ""},
       "http://failover.example.net"},
      {"https://h.example:8443/dns/", {true, "h.example", "8443", "/dns"}, "https://h.example:8443/dns"},
      {"http://[::1]:8380", {false, "::1", "8380", ""}, "http://[::1]:8380"},
      {"HTTP://h.example:80", {false, "h.example", "80", ""}, "http://h.example"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto url = parse_url(row.text);
      BOOST_TEST_REQUIRE(url.has_value());
      BOOST_TEST((*url == row.url));
      BOOST_TEST(to_string(*url) == row.shown);
    }
  }
}

BOOST_AUTO_TEST_CASE(anything_else_is_wrong_usage) {
  for (const char* text :
       {"", "127.0.0.1:8380", "localhost", "ftp://h.example", "http://", "http://h.example:0",
        "http://h.example:65536", "http://h.example:x", "http://u:p@h.example", "http://h.example/?a=1",
        "http://h.example/#a", "http://h example"}) {
    BOOST_TEST_CONTEXT(text) {
      const auto url = parse_url(text);
      BOOST_TEST_REQUIRE(url.has_error());
      BOOST_TEST(url.error().exit == Exit::wrong_usage);
      BOOST_TEST(url.error().message.find("--url") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(whatever_a_segment_holds_it_stays_one_segment) {
  const struct {
    const char *text, *encoded;
  } rows[] = {{"shop-eu", "shop-eu"}, {"stk_0a", "stk_0a"},
              {"a/b", "a%2Fb"},       {"a?b#c", "a%3Fb%23c"},
              {"..", "%2E%2E"},       {".", "%2E"},
              {"a b%", "a%20b%25"},   {"414-262-781.failover.example", "414-262-781.failover.example"}};
  for (const auto& row : rows) BOOST_TEST(segment(row.text) == row.encoded);
}

BOOST_AUTO_TEST_CASE(a_query_leaves_out_what_is_empty) {
  BOOST_TEST(query({{"zone", ""}, {"q", ""}}) == "");
  BOOST_TEST(query({{"zone", ""}, {"q", "a&b"}}) == "?q=a%26b");
  BOOST_TEST(query({{"zone", "z.example"}, {"q", "x"}}) == "?zone=z.example&q=x");
}

BOOST_AUTO_TEST_CASE(a_dns_server_is_an_address_and_a_port) {
  const struct {
    const char *text, *address;
    int port;
  } good[] = {{"127.0.0.1", "127.0.0.1", 53},
              {"127.0.0.1:5300", "127.0.0.1", 5300},
              {"::1", "::1", 53},
              {"[::1]:5300", "::1", 5300},
              {"[2001:db8::1]", "2001:db8::1", 53}};
  for (const auto& row : good) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto server = parse_address_port(row.text, 53);
      BOOST_TEST_REQUIRE(server.has_value());
      BOOST_TEST(server->address == row.address);
      BOOST_TEST(server->port == row.port);
    }
  }
  for (const char* text :
       {"", "ns1.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "[::1", "[::1]5", "127.0.0.1:5x"})
    BOOST_TEST(parse_address_port(text, 53).has_error(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
