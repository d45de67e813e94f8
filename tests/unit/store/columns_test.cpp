#include "store/columns.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

using namespace failover;

BOOST_AUTO_TEST_SUITE(columns_test)

BOOST_AUTO_TEST_CASE(what_is_written_reads_the_same) {
  const std::vector<Server> servers = {{"web-1", Role::web, {"192.0.2.1", "2001:db8::1"}, ""},
                                       {"lb", Role::load_balancer, {}, "lb.example.net"},
                                       {"db", Role::other, {}, ""}};
  BOOST_TEST(columns::write(servers) ==
             R"([{"name":"web-1","role":"web","addresses":["192.0.2.1","2001:db8::1"],"hostname":""},)"
             R"({"name":"lb","role":"load_balancer","addresses":[],"hostname":"lb.example.net"},)"
             R"({"name":"db","role":"other","addresses":[],"hostname":""}])");
  BOOST_TEST((columns::servers(columns::write(servers)) == servers));

  const std::vector<Nameserver> nameservers = {{"ns1.example.net", {"192.0.2.53"}}, {"ns2.example.net", {}}};
  BOOST_TEST((columns::nameservers(columns::write(nameservers)) == nameservers));

  const std::vector<OwnRecord> records = {{"www.example.net", {Type::TXT, "\"a \\\" \\\\ \xc3\xa4\"", 300}},
                                          {"example.net", {Type::CAA, "0 issue \"ca.example\"", 0}}};
  BOOST_TEST((columns::records(columns::write(records)) == records));

  BOOST_TEST(columns::write(std::vector<Server>{}) == "[]");
  BOOST_TEST(columns::servers("[]").empty());
}

BOOST_AUTO_TEST_CASE(what_was_never_written_is_refused) {
  for (const std::string_view json :
       {"", "{}", "[", "[1]", "[{}]", R"([{"name":"a","role":"king","addresses":[],"hostname":""}])",
        R"([{"name":1,"role":"web","addresses":[],"hostname":""}])",
        R"([{"name":"a","role":"web","addresses":[1],"hostname":""}])",
        R"([{"name":"a","role":"web","addresses":"192.0.2.1","hostname":""}])",
        R"([{"name":"a","role":"web","addresses":[]}])"}) {
    BOOST_TEST_CONTEXT(json) { BOOST_CHECK_THROW(columns::servers(json), std::runtime_error); }
  }
  BOOST_CHECK_THROW(columns::records(R"([{"name":"a","type":"A","content":"192.0.2.1","ttl":-1}])"),
                    std::runtime_error);
  BOOST_CHECK_THROW(columns::records(R"([{"name":"a","type":"AXFR","content":"x","ttl":1}])"),
                    std::runtime_error);
  BOOST_CHECK_THROW(columns::nameservers(R"([{"name":"a"}])"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
