// The API's verbs over real HTTP: what is asked and what must come back.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "admin/api.hpp"

namespace failover::admin {
namespace bdata = boost::unit_test::data;

namespace {

struct Step {
  const char* method;
  std::string target;
  std::string body;
  int status;
  const char* pointer = "";  // what must stand where
  const char* value = "";
};

// Asked in turn of one furnished store.
const Step story[] = {
    {"GET", "/healthz", "", 200},
    {"GET", "/readyz", "", 200},
    {"GET", "/v1/groups/shop", "", 200, "/live", "primary"},
    {"GET", "/v1/groups/SHOP.failover.example", "", 200, "/answer/0/content", "192.0.2.10"},
    {"GET", "/v1/groups/none", "", 404, "/code", "not_found"},
    {"GET", "/v1/groups?q=sho", "", 200, "/items", "[1]"},
    {"GET", "/v1/groups?q=SHOP", "", 200, "/items", "[1]"},
    {"GET", "/v1/groups?q=none", "", 200, "/items", "[0]"},
    {"GET", "/v1/groups?stack=shop-us", "", 200, "/items", "[1]"},
    {"GET", "/v1/groups?stack=none", "", 200, "/items", "[0]"},
    {"GET", "/v1/groups?zone=failover.example", "", 200, "/items", "[1]"},
    {"GET", "/v1/groups?zone=none.example", "", 200, "/items", "[0]"},
    {"GET", "/v1/groups?limit=0", "", 422, "/errors/0/pointer", "/limit"},
    {"GET", "/v1/groups?colour=red", "", 422, "/code", "invalid"},

    {"POST", "/v1/groups/shop/flip", R"({"reason":"eu is down"})", 200, "/changed", "true"},
    {"GET", "/v1/groups/shop", "", 200, "/live", "backup"},
    {"POST", "/v1/groups/shop/flip", R"({"to":"backup"})", 200, "/changed", "false"},
    {"POST", "/v1/groups/shop/flip", "", 200, "/group/live", "primary"},
    {"POST", "/v1/groups/shop/flip", R"({"to":"up"})", 422, "/errors/0/pointer", "/to"},
    {"POST", "/v1/groups/none/flip", "", 404},

    {"POST", "/v1/groups", "{", 400, "/code", "malformed_json"},
    {"POST", "/v1/groups", "[]", 422, "/code", "invalid"},
    {"POST", "/v1/groups", R"({"colour":"red"})", 422, "/errors/0/pointer", "/colour"},
    {"POST", "/v1/groups", R"({"label":"shop"})", 409, "/code", "address_taken"},
    {"POST", "/v1/groups", R"({"ttl":"x","primary":"none"})", 422, "/errors", "[2]"},
    {"POST", "/v1/groups", "{}", 201, "/live", "none"},
    {"POST", "/v1/groups", "", 201, "/primary", "null"},
    {"PATCH", "/v1/groups/shop", R"({"primary":null})", 409, "/code", "side_is_live"},
    {"PATCH", "/v1/groups/shop", R"({"ttl":30})", 200, "/ttl", "30"},
    {"PATCH", "/v1/groups/shop", R"({"ttl":null})", 200, "/ttl", "60"},
    {"PATCH", "/v1/groups/shop", R"({"ttl":4})", 422, "/errors/0/pointer", "/ttl"},
    {"PATCH", "/v1/groups/shop", "", 400, "/code", "malformed_json"},
    {"DELETE", "/v1/groups/shop", "", 409, "/code", "group_has_stacks"},

    {"GET", "/v1/stacks/shop-eu", "", 200, "/failover_status", "online"},
    {"GET", "/v1/stacks?q=eu", "", 200, "/items", "[1]"},
    {"GET", "/v1/stacks/shop-us/failover-status", "", 200, "/failover_status", "offline"},
    {"PUT", "/v1/stacks/shop-eu/servers/lb1", R"({"role":"load_balancer","addresses":["192.0.2.20"]})", 201,
     "/name", "lb1"},
    {"GET", "/v1/groups/shop", "", 200, "/answer/0/content", "192.0.2.20"},
    {"PUT", "/v1/stacks/shop-eu/servers/lb1", R"({"role":"load_balancer","addresses":["192.0.2.21"]})", 200,
     "/addresses/0", "192.0.2.21"},
    {"PATCH", "/v1/stacks/shop-eu/servers/lb1", R"({"name":"web1"})", 409, "/code", "name_taken"},
    {"PATCH", "/v1/stacks/shop-eu/servers/lb1", R"({"name":"LB2"})", 200, "/name", "lb2"},
    {"DELETE", "/v1/stacks/shop-eu/servers/lb2", "", 204},
    {"DELETE", "/v1/stacks/shop-eu/servers/lb2", "", 404},
    {"PUT", "/v1/stacks/shop-eu",
     R"({"servers":[{"name":5,"role":"web","addresses":["bad"]},{"name":"-","role":"x"}]})", 422, "/errors",
     "[4]"},
    {"PUT", "/v1/stacks/a%20b", R"({"servers":[]})", 422},
    {"PUT", "/v1/stacks/%ff", R"({"servers":[]})", 422},
    {"PATCH", "/v1/stacks/shop-us", R"({"name":"shop-eu"})", 409, "/code", "name_taken"},
    {"DELETE", "/v1/stacks/shop-us", "", 409, "/code", "stack_in_use"},

    {"GET", "/v1/zones/failover.example", "", 200, "/ttl", "60"},
    {"GET", "/v1/zones", "", 200, "/items", "[1]"},
    {"PUT", "/v1/zones/second.example", R"({"nameservers":[{"name":"ns1.example.net"}]})", 201,
     "/negative_ttl", "30"},
    {"PUT", "/v1/zones/second.example", R"({"nameservers":[{"name":"ns1.example.net"}]})", 200, "/name",
     "second.example"},
    {"DELETE", "/v1/zones/second.example", "", 204},
    {"DELETE", "/v1/zones/failover.example", "", 409, "/code", "zone_has_groups"},

    {"GET", "/v1/changes?limit=2", "", 200, "/items/1/revision", "2"},
    {"GET", "/v1/changes?limit=2", "", 200, "/next", "2"},
    {"GET", "/v1/changes?after=2&limit=1", "", 200, "/items/0/revision", "3"},
    {"GET", "/v1/changes?group=shop&limit=2", "", 200, "/items/1/reason", "eu is down"},
    {"GET", "/v1/changes?group=shop.failover.example&limit=2", "", 200, "/items/1/actor", "admin"},
    {"GET", "/v1/changes?stack=shop-eu&limit=1", "", 200, "/items/0/from", "127.0.0.1"},
    {"GET", "/v1/changes?after=x", "", 422, "/errors/0/pointer", "/after"},
    {"GET", "/v1/changes?after=100000", "", 200, "/next", "null"},

    {"GET", "/v1/whoami", "", 200, "/role", "admin"},
    {"POST", "/v1/tokens", R"({"name":"x","role":"stack"})", 422, "/errors/0/pointer", "/stack"},
    {"DELETE", "/v1/tokens/none", "", 404},
    {"GET", "/v1/doctor", "", 200, "/checks/0/ok", "true"},
    {"GET", "/v1/admin-api.yaml", "", 200},

    {"GET", "/v1/nothing", "", 404, "/code", "not_found"},
    {"GET", "/nothing", "", 404, "/code", "not_found"},
    {"POST", "/nothing", "{}", 404, "/code", "not_found"},
    {"PUT", "/v1/groups", "{}", 405, "/code", "method_not_allowed"},
    {"BREW", "/v1/groups/shop", "", 405, "/code", "method_not_allowed"},
    {"OPTIONS", "/v1/groups", "", 405, "/code", "method_not_allowed"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(api)

BOOST_AUTO_TEST_CASE(the_verbs_do_what_the_page_says) {
  const Api api;
  api.furnish();
  for (const auto& step : story) {
    const auto answer = api.ask(step.method, step.target, step.body);
    BOOST_TEST(answer.status == step.status, step.method << ' ' << step.target << ' ' << step.body << ": "
                                                         << answer.status << ' ' << answer.body);
    if (*step.pointer != '\0')
      BOOST_TEST(answer.at(step.pointer) == step.value,
                 step.method << ' ' << step.target << ": " << answer.body);
    if (answer.status >= 400) {
      BOOST_TEST(answer.headers.at("content-type") == "application/problem+json");
      BOOST_TEST(answer.at("/status") == std::to_string(step.status));
      BOOST_TEST(!answer.at("/detail").empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(created_things_have_their_place_and_etag) {
  const Api api;
  api.furnish();
  const auto group = api.ask("POST", "/v1/groups", R"({"label":"blog"})");
  BOOST_TEST(group.headers.at("location") == "/v1/groups/blog.failover.example");
  BOOST_TEST(group.headers.at("etag") == '"' + group.at("/revision") + '"');
  BOOST_TEST(api.ask("GET", group.headers.at("location")).headers.at("etag") == group.headers.at("etag"));
  const auto server = api.ask("PUT", "/v1/stacks/shop-us/servers/a", R"({"role":"other"})");
  BOOST_TEST(api.ask("GET", server.headers.at("location")).status == 405);
  BOOST_TEST(server.headers.at("etag") == api.ask("GET", "/v1/stacks/shop-us").headers.at("etag"));
}

BOOST_AUTO_TEST_CASE(a_conditional_write_needs_the_revision_that_stands) {
  const Api api;
  api.furnish();
  const auto etag = api.ask("GET", "/v1/groups/shop").headers.at("etag");
  BOOST_TEST(api.ask("PATCH", "/v1/groups/shop", R"({"ttl":30})", "", "If-Match: " + etag + "\r\n").status ==
             200);
  const auto stale = api.ask("PATCH", "/v1/groups/shop", R"({"ttl":40})", "", "If-Match: " + etag + "\r\n");
  BOOST_TEST(stale.status == 412);
  BOOST_TEST(stale.at("/code") == "stale");
  BOOST_TEST(api.ask("PATCH", "/v1/groups/shop", R"({"ttl":40})", "", "If-Match: *\r\n").status == 200);
  BOOST_TEST(api.ask("PUT", "/v1/stacks/unborn", R"({"servers":[]})", "", "If-Match: *\r\n").status == 412);
  BOOST_TEST(api.ask("GET", "/v1/stacks/unborn").status == 404);
}

BOOST_AUTO_TEST_CASE(bodies_must_be_called_json) {
  const Api api;
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
    BOOST_TEST(
        api.ask("POST", "/v1/groups", "{}", "", "Content-Type: " + std::string(type) + "\r\n").status == 415);
  for (const char* type : {"application/json; charset=utf-8", "Application/JSON"})
    BOOST_TEST(
        api.ask("POST", "/v1/groups", "{}", "", "Content-Type: " + std::string(type) + "\r\n").status == 422);
  BOOST_TEST(api.ask("POST", "/v1/import", "{}").status == 415);
}

BOOST_AUTO_TEST_CASE(a_body_over_a_megabyte_is_too_large) {
  const Api api;
  api.furnish();
  const std::string spaces(1024 * 1024 - 2, ' ');
  BOOST_TEST(api.ask("POST", "/v1/groups", spaces + "{}").status == 201);
  const auto refused = api.ask("POST", "/v1/groups", spaces + "{ }");
  BOOST_TEST(refused.status == 413);
  BOOST_TEST(refused.at("/code") == "too_large");
}

BOOST_AUTO_TEST_CASE(a_list_comes_in_pages_without_a_gap) {
  const Api api;
  api.furnish();
  for (int i = 0; i < 25; ++i)
    BOOST_REQUIRE(
        api.ask("POST", "/v1/groups", R"({"label":"g)" + std::to_string(i) + R"(","primary":"shop-us"})")
            .status == 201);
  for (const std::string& filter : {std::string(), std::string("stack=shop-us&"), std::string("q=g&")}) {
    std::vector<std::string> labels;
    std::string after;
    for (int pages = 0; pages < 10 && after != "null"; ++pages) {
      const auto page =
          api.ask("GET", "/v1/groups?" + filter + "limit=7" + (after.empty() ? "" : "&after=" + after));
      for (const auto& item : page.json["items"].GetArray()) labels.push_back(item["address"].GetString());
      after = page.at("/next");
    }
    BOOST_TEST(labels.size() == (filter == "q=g&" ? 25u : 26u));
    BOOST_TEST(std::ranges::is_sorted(labels));
    BOOST_TEST((std::ranges::adjacent_find(labels) == labels.end()));
  }
}

BOOST_AUTO_TEST_CASE(the_flip_tells_what_each_server_said) {
  Api api;
  api.furnish();
  api.announcer.answer = {{"http://127.0.0.1:8081", true, ""}, {"http://127.0.0.1:8082", false, "no reply"}};
  const auto flip = api.ask("POST", "/v1/groups/shop/flip");
  BOOST_TEST(flip.at("/previous/0/content") == "192.0.2.10");
  BOOST_TEST(flip.at("/flushed/0/ok") == "true");
  BOOST_TEST(flip.at("/flushed/1/server") == "http://127.0.0.1:8082");
  BOOST_TEST(flip.at("/flushed/1/detail") == "no reply");
  BOOST_TEST(flip.at("/all_clear_at").ends_with("Z"));
}

BOOST_AUTO_TEST_CASE(the_status_is_one_word_for_whoever_wants_text) {
  const Api api;
  api.furnish();
  const auto status = [&](const std::string& accept) {
    return api.ask("GET", "/v1/stacks/shop-eu/failover-status", "", "", accept).body;
  };
  BOOST_TEST(status("Accept: text/plain\r\n") == "online");
  BOOST_TEST(status("Accept: */*\r\n") == R"({"failover_status":"online"})");
  BOOST_TEST(status("Accept: application/json, text/plain\r\n") == R"({"failover_status":"online"})");
}

BOOST_AUTO_TEST_CASE(the_dashboard_may_load_nothing_from_elsewhere) {
  const Api api;
  const auto page = api.ask("GET", "/", "", "none");
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.headers.at("content-type") == "text/html; charset=utf-8");
  const auto& policy = page.headers.at("content-security-policy");
  for (const char* rule :
       {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"})
    BOOST_TEST(policy.find(rule) != policy.npos);
  BOOST_TEST(policy.find("unsafe") == policy.npos);
  BOOST_TEST(page.headers.at("x-content-type-options") == "nosniff");
  BOOST_TEST(!page.headers.contains("access-control-allow-origin"));
  BOOST_TEST(api.ask("GET", "/", "", "none", "If-None-Match: " + page.headers.at("etag") + "\r\n").status ==
             304);
  const auto refused = api.ask("GET", "/v1/groups", "", "none", "Origin: https://elsewhere.example\r\n");
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(!refused.headers.contains("access-control-allow-origin"));
}

BOOST_AUTO_TEST_CASE(a_405_names_what_is_allowed) {
  const Api api;
  const auto refused = api.ask("PUT", "/v1/groups/shop", "{}");
  BOOST_TEST(refused.status == 405);
  BOOST_TEST(refused.headers.at("allow") == "GET, HEAD, PATCH, DELETE");
  BOOST_TEST(api.ask("HEAD", "/v1/groups").status == 200);
}

BOOST_AUTO_TEST_CASE(invented_methods_are_counted_as_one) {
  const Api api;
  for (const char* method : {"BREW", "PUTT", "HEAD", "DELETE"}) api.ask(method, "/v1/groups", "", "none");
  const auto metrics = api.ask("GET", "/metrics").body;
  for (const auto* line : {R"(method="other",route="none",status="405"} 2)",
                           R"(method="HEAD",route="/v1/groups",status="401"} 1)",
                           R"(method="DELETE",route="none",status="405"} 1)"})
    BOOST_TEST(metrics.find(line) != metrics.npos, line << " is missing from\n" << metrics);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
