// Rule 7: servers -> web head and answer.
#include "core/answer.hpp"

#include <boost/test/unit_test.hpp>

namespace failover {
namespace {

Server web(std::string name, std::vector<std::string> addresses, std::string hostname = "") {
  return {std::move(name), Role::web, std::move(addresses), std::move(hostname)};
}
Server balancer(std::string name, std::vector<std::string> addresses, std::string hostname = "") {
  return {std::move(name), Role::load_balancer, std::move(addresses), std::move(hostname)};
}
const Server database{"db1", Role::other, {"192.0.2.99"}, ""};

std::string shown(const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records)
    text += std::string(to_string(record.type)) + ' ' + record.content + ' ';
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(web_heads) {
  const struct {
    const char* rule;
    std::vector<Server> servers;
    const char *head, *answer;
  } rows[] = {
      {"nothing registered", {}, "", ""},
      {"only other servers", {database}, "", ""},
      {"web servers where there is no load balancer",
       {database, web("w1", {"192.0.2.2"}), web("w2", {"192.0.2.1"})},
       "w1 w2 ",
       "A 192.0.2.1 A 192.0.2.2 "},
      {"the first load balancer takes over",
       {web("w1", {"192.0.2.2"}), balancer("lb", {"192.0.2.9"})},
       "lb ",
       "A 192.0.2.9 "},
      {"every load balancer counts",
       {balancer("a", {"192.0.2.9"}), balancer("b", {"2001:db8::9"})},
       "a b ",
       "A 192.0.2.9 AAAA 2001:db8::9 "},
      {"a load balancer still being built takes none",
       {web("w1", {"192.0.2.2"}), balancer("lb", {})},
       "w1 ",
       "A 192.0.2.2 "},
      {"a hostname alone", {balancer("lb", {}, "lb.example.net")}, "lb ", "CNAME lb.example.net "},
      {"the first hostname registered",
       {web("z", {}, "z.example.net"), web("a", {}, "a.example.net")},
       "z a ",
       "CNAME z.example.net "},
      {"addresses beat hostnames",
       {web("a", {}, "a.example.net"), web("b", {"192.0.2.1"}, "b.example.net")},
       "a b ",
       "A 192.0.2.1 "},
      {"an address given twice counts once",
       {web("a", {"192.0.2.1", "192.0.2.1"}), web("b", {"192.0.2.1"})},
       "a b ",
       "A 192.0.2.1 "},
      {"a web server that has nothing", {web("w1", {}), web("w2", {"192.0.2.2"})}, "w2 ", "A 192.0.2.2 "},
  };
  for (const auto& row : rows) {
    std::string head;
    for (const std::size_t i : web_head(row.servers)) head += row.servers[i].name + ' ';
    BOOST_TEST(head == row.head, row.rule);
    BOOST_TEST(shown(answer(row.servers)) == row.answer, row.rule);
  }
}

}  // namespace failover
