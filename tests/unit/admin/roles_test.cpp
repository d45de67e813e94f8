// Each route with each role and with no token: who is let in. The table below is the API's page, written down
// a second time; a route that is missing here, or too many, fails the test.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <map>
#include <thread>

#include "admin/api.hpp"
#include "admin/routes.hpp"
#include "control/render.hpp"

namespace failover::admin {
namespace {

struct Row {
  const char* method;
  const char* pattern;
  const char*
      who;  // letters: n no token, v viewer, o operator, a admin, s the stack's own token, x another stack's
};

const Row rows[] = {
    {"GET", "/healthz", "nvoasx"},
    {"GET", "/readyz", "nvoasx"},
    {"GET", "/metrics", "nvoasx"},
    {"GET", "/", "nvoasx"},
    {"GET", "/{file}", "nvoasx"},
    {"GET", "/v1/admin-api.yaml", "nvoasx"},
    {"GET", "/v1/admin-schemas.yaml", "nvoasx"},
    {"GET", "/v1/groups", "voa"},
    {"POST", "/v1/groups", "a"},
    {"GET", "/v1/groups/{group}", "voa"},
    {"PATCH", "/v1/groups/{group}", "a"},
    {"DELETE", "/v1/groups/{group}", "a"},
    {"POST", "/v1/groups/{group}/flip", "oa"},
    {"GET", "/v1/stacks", "voa"},
    {"GET", "/v1/stacks/{stack}", "voa"},
    {"PUT", "/v1/stacks/{stack}", "as"},
    {"PATCH", "/v1/stacks/{stack}", "as"},
    {"DELETE", "/v1/stacks/{stack}", "a"},
    {"PUT", "/v1/stacks/{stack}/servers/{server}", "as"},
    {"PATCH", "/v1/stacks/{stack}/servers/{server}", "as"},
    {"DELETE", "/v1/stacks/{stack}/servers/{server}", "as"},
    {"GET", "/v1/stacks/{stack}/failover-status", "voas"},
    {"GET", "/v1/zones", "voa"},
    {"GET", "/v1/zones/{zone}", "voa"},
    {"PUT", "/v1/zones/{zone}", "a"},
    {"DELETE", "/v1/zones/{zone}", "a"},
    {"GET", "/v1/tokens", "a"},
    {"POST", "/v1/tokens", "a"},
    {"DELETE", "/v1/tokens/{id}", "a"},
    {"GET", "/v1/whoami", "voasx"},
    {"GET", "/v1/changes", "voa"},
    {"GET", "/v1/events", "voa"},
    {"POST", "/v1/import", "a"},
    {"GET", "/v1/export", "a"},
    {"GET", "/v1/doctor", "a"},
};

// The pattern with names that exist in a furnished store; what is sent to it is refused later or changes
// nothing here.
std::string target_of(std::string pattern) {
  const std::pair<const char*, const char*> names[] = {{"{file}", "index.html"},       {"{group}", "shop"},
                                                       {"{stack}", "shop-eu"},         {"{server}", "web9"},
                                                       {"{zone}", "failover.example"}, {"{id}", "tok_none"}};
  for (const auto& [name, value] : names)
    if (const auto place = pattern.find(name); place != pattern.npos)
      pattern.replace(place, std::string(name).size(), value);
  return pattern;
}

// A request whose head has been let in and whose body is still to come.
class HalfSent {
 public:
  HalfSent(const Api& api, const char* method, const std::string& target, const char* type,
           const std::string& token, std::size_t length)
      : peer_(api.peer()) {
    peer_.send(net::request(method, target,
                            "Authorization: Bearer " + token + "\r\nContent-Type: " + type +
                                "\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(length) +
                                "\r\n"));
    BOOST_REQUIRE(peer_.line() == "HTTP/1.1 100 Continue\r");
    peer_.line();
  }
  void send(std::string_view bytes) { peer_.send(bytes); }
  int status() { return net::read_reply(peer_).status; }

 private:
  net::Peer peer_;
};

// As the API reads a time.
std::string written(std::chrono::system_clock::time_point time) {
  return render(std::chrono::floor<std::chrono::milliseconds>(time));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(roles)

BOOST_AUTO_TEST_CASE(every_route_lets_in_whom_the_page_names_and_nobody_else) {
  const Api api;
  api.furnish();
  const std::map<char, std::string> tokens{{'n', "none"},
                                           {'v', api.token("viewer")},
                                           {'o', api.token("operator")},
                                           {'a', api.admin_token},
                                           {'s', api.token("stack", R"(,"stack":"shop-eu")")},
                                           {'x', api.token("stack", R"(,"stack":"shop-us")")}};
  BOOST_TEST(std::size(rows) == routes().size());
  for (const auto& row : rows) {
    BOOST_TEST(std::ranges::any_of(routes(),
                                   [&](const Route& route) {
                                     return route.method == row.method && route.pattern == row.pattern;
                                   }),
               row.method << ' ' << row.pattern << " is no route");
    for (const auto& [letter, token] : tokens) {
      // No JSON where a body is taken: whoever is let in gets 400 and changes nothing.
      const bool has_body = row.method[0] == 'P' && std::string_view(row.pattern) != "/v1/import";
      net::Peer client = api.peer();
      std::string headers = token == "none" ? "" : "Authorization: Bearer " + token + "\r\n";
      if (has_body) headers += "Content-Type: application/json\r\n";
      const bool deletes = std::string_view(row.method) == "DELETE";
      if (deletes) headers += "If-Match: \"999999\"\r\n";
      client.send(net::request(row.method, target_of(row.pattern), headers, has_body ? "no json" : ""));
      // Of events only the head comes.
      const auto reply = net::read_reply(client, std::string_view(row.pattern) != "/v1/events");
      const bool let_in = reply.status != 401 && reply.status != 403 && reply.status != 0;
      const bool should_be = std::string_view(row.who).find(letter) != std::string_view::npos;
      BOOST_TEST(let_in == should_be,
                 row.method << ' ' << row.pattern << " for " << letter << ": " << reply.status);
      if (!should_be) BOOST_TEST(reply.status == (letter == 'n' ? 401 : 403));
      if (reply.status == 401) BOOST_TEST(reply.headers.contains("www-authenticate"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stack_token_reaches_its_stack_by_any_of_its_names_and_through_a_rename) {
  const Api api;
  api.furnish();
  const auto token = api.token("stack", R"(,"stack":"shop-eu")");
  const auto id = api.ask("GET", "/v1/stacks/shop-eu").at("/id");
  const std::string servers = R"({"servers":[{"name":"web1","role":"web","addresses":["192.0.2.10"]}]})";
  for (const std::string& name : {id, std::string("shop-eu"), std::string("SHOP-EU")})
    BOOST_TEST(api.ask("PUT", "/v1/stacks/" + name, servers, token).status == 200);
  BOOST_TEST(api.ask("PATCH", "/v1/stacks/shop-eu", R"({"name":"shop-de"})", token).status == 403);
  BOOST_TEST(api.ask("PATCH", "/v1/stacks/shop-eu", R"({"servers":[]})", token).status == 200);
  BOOST_TEST(api.ask("PUT", "/v1/stacks/brand-new", servers, token).status == 403);

  BOOST_TEST(api.ask("PATCH", "/v1/stacks/shop-eu", R"({"name":"shop-de"})").status == 200);
  BOOST_TEST(api.ask("PUT", "/v1/stacks/shop-de", servers, token).status == 200);
  BOOST_TEST(api.ask("PUT", "/v1/stacks/shop-eu", servers, token).status == 403);
  BOOST_TEST(api.ask("GET", "/v1/whoami", "", token).at("/stack") == "shop-de");
}

BOOST_AUTO_TEST_CASE(a_stack_token_writes_to_its_stack_though_the_name_becomes_anothers_meanwhile) {
  const std::string server = R"("role":"web","addresses":["203.0.113.1"]})";
  const struct {
    const char *method, *target;
    std::string body;
  } rows[] = {
      {"PUT", "/v1/stacks/shop-eu", R"({"servers":[{"name":"web1",)" + server + "]}"},
      {"PATCH", "/v1/stacks/shop-eu", R"({"servers":[{"name":"web1",)" + server + "]}"},
      {"PUT", "/v1/stacks/shop-eu/servers/web1", "{" + server},
  };
  for (const auto& row : rows) {
    const Api api;
    api.furnish();
    HalfSent request(api, row.method, row.target, "application/json",
                     api.token("stack", R"(,"stack":"shop-eu")"), row.body.size());
    api.ask("PATCH", "/v1/stacks/shop-eu", R"({"name":"shop-de"})");
    api.ask("PATCH", "/v1/stacks/shop-us", R"({"name":"shop-eu"})");
    request.send(row.body);
    BOOST_TEST(request.status() == 200);
    BOOST_TEST(api.ask("GET", "/v1/stacks/shop-de").at("/servers/0/addresses/0") == "203.0.113.1",
               row.target);
    BOOST_TEST(api.ask("GET", "/v1/stacks/shop-eu").at("/servers/0/addresses/0") == "198.51.100.10",
               row.target);
  }
}

BOOST_AUTO_TEST_CASE(expiry_and_revocation_hold_from_the_next_request) {
  const Api api;
  const auto made = api.ask("POST", "/v1/tokens", R"({"name":"ci","role":"viewer"})");
  BOOST_TEST(made.status == 201);
  BOOST_TEST(api.ask("GET", "/v1/groups", "", made.at("/token")).status == 200);
  BOOST_TEST(api.ask("GET", "/v1/tokens").body.find(made.at("/token")) == std::string::npos);
  BOOST_TEST(api.ask("DELETE", "/v1/tokens/" + made.at("/id")).status == 204);
  BOOST_TEST(api.ask("GET", "/v1/groups", "", made.at("/token")).status == 401);

  const auto soon = std::chrono::system_clock::now() + std::chrono::milliseconds(300);
  const auto expiring = api.token("viewer", R"(,"expires_at":")" + written(soon) + '"');
  while (std::chrono::system_clock::now() < soon) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  BOOST_TEST(!expiring.empty());
  BOOST_TEST(api.ask("GET", "/v1/groups", "", expiring).status == 401);
}

BOOST_AUTO_TEST_CASE(a_token_revoked_or_expired_while_a_body_comes_writes_nothing) {
  const struct {
    const char *what, *method, *target, *type, *expires_in;
    std::string body;
  } rows[] = {
      {"revoked before a body is whole", "PUT", "/v1/stacks/late", "application/json", "",
       R"({"servers":[]})"},
      {"expired before a body is whole", "PUT", "/v1/stacks/late", "application/json", "1000",
       R"({"servers":[]})"},
      {"revoked before an import's first line", "POST", "/v1/import", "application/x-ndjson", "",
       R"({"stack":{"name":"late","servers":[]}})"},
      {"expired before an import's first line", "POST", "/v1/import", "application/x-ndjson", "1000",
       R"({"stack":{"name":"late","servers":[]}})"},
  };
  for (const auto& row : rows) {
    const Api api;
    const auto end = std::chrono::system_clock::now() + std::chrono::milliseconds(std::atoi(row.expires_in));
    const bool expires = *row.expires_in != 0;
    const auto made = api.ask("POST", "/v1/tokens",
                              R"({"name":"ci","role":"admin")" +
                                  (expires ? R"(,"expires_at":")" + written(end) + "\"}" : std::string("}")));
    HalfSent request(api, row.method, row.target, row.type, made.at("/token"), row.body.size());
    if (expires) std::this_thread::sleep_until(end);
    if (!expires) api.ask("DELETE", "/v1/tokens/" + made.at("/id"));
    request.send(row.body);
    BOOST_TEST(request.status() == 401, row.what);
    BOOST_TEST(api.ask("GET", "/v1/stacks/late").status == 404, row.what);
  }
}

BOOST_AUTO_TEST_CASE(an_import_ends_where_its_token_does_and_what_came_before_stands) {
  const Api api;
  const auto made = api.ask("POST", "/v1/tokens", R"({"name":"ci","role":"admin"})");
  std::string first;  // as much as is committed together
  for (int i = 0; i < 2000; ++i)
    first += R"({"stack":{"name":"s)" + std::to_string(i) + "\",\"servers\":[]}}\n";
  const std::string rest = R"({"stack":{"name":"late","servers":[]}})";
  HalfSent request(api, "POST", "/v1/import", "application/x-ndjson", made.at("/token"),
                   first.size() + rest.size());
  request.send(first);
  net::wait_until([&] { return api.ask("GET", "/v1/stacks/s1999").status == 200; });
  api.ask("DELETE", "/v1/tokens/" + made.at("/id"));
  request.send(rest);
  BOOST_TEST(request.status() == 401);
  BOOST_TEST(api.ask("GET", "/v1/stacks/late").status == 404);
}

BOOST_AUTO_TEST_CASE(wrong_tokens_are_slowed_and_counted_and_right_ones_are_not) {
  const Api api;
  int slowed = 0;
  for (int i = 0; i < 30; ++i) {
    const auto reply = api.ask("GET", "/v1/groups", "", "wrong");
    BOOST_TEST((reply.status == 401 || reply.status == 429));
    if (reply.status == 429) {
      ++slowed;
      BOOST_TEST(reply.at("/code") == "slow_down");
      BOOST_TEST(reply.headers.contains("retry-after"));
    }
  }
  BOOST_TEST(slowed > 0);
  BOOST_TEST(api.ask("GET", "/v1/groups").status == 200);
  BOOST_TEST(api.ask("GET", "/metrics").body.find("failover_failed_sign_ins_total 30") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
