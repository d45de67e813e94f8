#include "powerdns/api_client.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "powerdns/fake_api.hpp"

namespace failover::powerdns {
namespace {

BOOST_AUTO_TEST_CASE(urls_as_configured) {
  struct Row {
    const char* text;
    const char* read;  // host|port|path|text, or a part of the refusal
  };
  const Row rows[] = {
      {"http://127.0.0.1:8081", "127.0.0.1|8081||http://127.0.0.1:8081"},
      {"http://127.0.0.1:8081/", "127.0.0.1|8081||http://127.0.0.1:8081"},
      {"http://127.0.0.1", "127.0.0.1|8081||http://127.0.0.1"},
      {"http://[::1]:80/pdns//", "::1|80|/pdns|http://[::1]:80/pdns"},
      {"HTTP://powerdns:65535/a/b", "powerdns|65535|/a/b|HTTP://powerdns:65535/a/b"},
      {"https://127.0.0.1:8081", "only http"},
      {"127.0.0.1:8081", "cannot be read"},
      {"powerdns:8081", "only http"},
      {"http://", "no host"},
      {"http://:8081", "no host"},
      {"http://127.0.0.1:0", "port"},
      {"http://127.0.0.1:65536", "port"},
      {"http://127.0.0.1:x", "port"},
      {"http://key@127.0.0.1:8081", "--powerdns-api-key-file"},
      {"http://127.0.0.1:8081?x", "query"},
      {"http://127.0.0.1:8081#x", "fragment"},
      {"http://a b", "cannot be read"},
      {"", "cannot be read"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto url = parse_api_url(row.text);
      if (url)
        BOOST_TEST(url->host + "|" + url->port + "|" + url->path + "|" + url->text == row.read);
      else
        BOOST_TEST(url.error().detail.find(row.read) != std::string::npos, url.error().detail);
    }
  }
}

BOOST_AUTO_TEST_CASE(asking_and_waiting) {
  FakeApi api([](const auto& request) {
    return http_reply(200, request.method + " " + request.target + " " + request.key);
  });
  const auto url = parse_api_url(api.url() + "/prefix/").value();
  const auto reply = ask_and_wait(url, {"GET", "/api/v1/servers/localhost", "secret"});
  BOOST_TEST(reply.status == 200);
  BOOST_TEST(reply.body == "GET /prefix/api/v1/servers/localhost secret");
  BOOST_TEST(complaint(reply) == "");

  api.close();
  const auto refused = ask_and_wait(url, {"GET", "/", ""});
  BOOST_TEST(refused.status == 0);
  BOOST_TEST(complaint(refused).find("cannot connect") != std::string::npos, complaint(refused));
}

BOOST_AUTO_TEST_CASE(asking_a_server_that_says_nothing) {
  FakeApi api([](const auto&) { return std::this_thread::sleep_for(std::chrono::milliseconds(200)), ""; });
  const auto reply =
      ask_and_wait(parse_api_url(api.url()).value(), {"GET", "/", "", std::chrono::milliseconds(20)});
  BOOST_TEST(reply.status == 0);
  BOOST_TEST(reply.why == "no answer within 20 ms");
}

}  // namespace
}  // namespace failover::powerdns
