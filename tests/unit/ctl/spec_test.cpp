#include "ctl/spec.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::ctl {
namespace {

BOOST_AUTO_TEST_SUITE(spec)

BOOST_AUTO_TEST_CASE(a_server_as_written) {
  const struct {
    const char* text;
    ServerSpec server;
  } rows[] = {
      {"web1=192.0.2.10", {"web1", "web", {"192.0.2.10"}, ""}},
      {"web1:web=192.0.2.10,2001:db8::10", {"web1", "web", {"192.0.2.10", "2001:db8::10"}, ""}},
      {"lb1:load_balancer=lb.example.net", {"lb1", "load_balancer", {}, "lb.example.net"}},
      {"web1=192.0.2.10,web1.example.net", {"web1", "web", {"192.0.2.10"}, "web1.example.net"}},
      {"lb1:load_balancer", {"lb1", "load_balancer", {}, ""}},
      {"db1:other=", {"db1", "other", {}, ""}},
      {"web1=192.0.2.999", {"web1", "web", {"192.0.2.999"}, ""}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto server = parse_server(row.text);
      BOOST_TEST_REQUIRE(server.has_value());
      BOOST_TEST((*server == row.server));
    }
  }
  for (const char* text :
       {"", "=192.0.2.1", ":web=192.0.2.1", "web1:proxy=192.0.2.1", "web1=a.example,b.example"})
    BOOST_TEST(parse_server(text).has_error(), text);
}

BOOST_AUTO_TEST_CASE(a_server_as_json) {
  BOOST_TEST(to_json(*parse_server("web1=192.0.2.10")) ==
             R"({"name":"web1","role":"web","addresses":["192.0.2.10"]})");
  BOOST_TEST(to_json(*parse_server("lb1:load_balancer=lb.example.net"), false) ==
             R"({"role":"load_balancer","hostname":"lb.example.net"})");
}

BOOST_AUTO_TEST_CASE(a_nameserver_as_written) {
  BOOST_TEST(*nameserver_json("ns1.z.example=192.0.2.53,2001:db8::53") ==
             R"({"name":"ns1.z.example","addresses":["192.0.2.53","2001:db8::53"]})");
  BOOST_TEST(*nameserver_json("ns2.example.net") == R"({"name":"ns2.example.net","addresses":[]})");
  BOOST_TEST(nameserver_json("=192.0.2.53").has_error());
}

BOOST_AUTO_TEST_CASE(a_record_as_written) {
  const struct {
    const char *text, *json;
  } rows[] = {
      {"www.z.example A 192.0.2.1", R"({"name":"www.z.example","type":"A","content":"192.0.2.1"})"},
      {"www.z.example A 192.0.2.1 300",
       R"({"name":"www.z.example","type":"A","content":"192.0.2.1","ttl":300})"},
      {"z.example MX 10 mail.example.net",
       R"({"name":"z.example","type":"MX","content":"10 mail.example.net"})"},
      {"z.example MX 10 mail.example.net 60",
       R"({"name":"z.example","type":"MX","content":"10 mail.example.net","ttl":60})"},
      {R"(z.example  TXT  "v=1 a" "b 2"  30)",
       R"({"name":"z.example","type":"TXT","content":"\"v=1 a\" \"b 2\"","ttl":30})"},
      {"_sip._tcp.z.example SRV 0 5 5060 sip.example.net",
       R"({"name":"_sip._tcp.z.example","type":"SRV","content":"0 5 5060 sip.example.net"})"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto record = record_json(row.text);
      BOOST_TEST_REQUIRE(record.has_value());
      BOOST_TEST(*record == row.json);
    }
  }
  for (const char* text : {"", "www.z.example", "www.z.example A", "www.z.example A "})
    BOOST_TEST(record_json(text).has_error(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
