// The whole admin side on a real store, asked over real HTTP.
#pragma once

#include <rapidjson/document.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <string_view>

#include "admin/server.hpp"
#include "control/control.hpp"
#include "net/http_client.hpp"
#include "net/listen.hpp"

namespace failover::admin {

// Says that all servers were flushed, or what a test wants said.
class QuietAnnouncer : public Announcer {
 public:
  void announce(std::vector<std::string>, std::vector<std::string>,
                std::function<void(std::vector<Flushed>)> done) override {
    done(answer);
  }
  std::vector<Flushed> answer;
};

struct Answer : net::ClientReply {
  rapidjson::Document json;
  // The text or number at a pointer, "" where there is none.
  std::string at(const char* pointer) const;
};

class Api {
 public:
  explicit Api(ServerOptions options = {}) : server(control, listener, with_token_file(std::move(options))) {
    std::ifstream(folder / "admin.token") >> admin_token;
  }

  net::Peer peer() const { return net::Peer::tcp(net::local_address(listener)); }

  // By the administrator, unless a token is given; "none" sends none. `headers` are whole lines.
  Answer ask(std::string_view method, std::string_view target, std::string_view body = "",
             std::string token = "", std::string headers = "") const {
    if (token.empty()) token = admin_token;
    if (token != "none") headers += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty() && headers.find("Content-Type") == headers.npos)
      headers += "Content-Type: application/json\r\n";
    net::Peer client = peer();
    client.send(net::request(method, target, headers, body));
    Answer answer;
    static_cast<net::ClientReply&>(answer) = net::read_reply(client, method != "HEAD");
    answer.json.Parse(answer.body.c_str());
    return answer;
  }

  // A new token's secret.
  std::string token(const std::string& role, const std::string& more = "") const {
    return ask("POST", "/v1/tokens", R"({"name":")" + role + R"(","role":")" + role + '"' + more + '}')
        .at("/token");
  }

  // A zone, two stacks with a web server each, and a group that has them both.
  void furnish() const {
    ask("PUT", "/v1/zones/failover.example",
        R"({"nameservers":[{"name":"ns1.failover.example","addresses":["192.0.2.53"]}]})");
    ask("PUT", "/v1/stacks/shop-eu",
        R"({"servers":[{"name":"web1","role":"web","addresses":["192.0.2.10"]}]})");
    ask("PUT", "/v1/stacks/shop-us",
        R"({"servers":[{"name":"web1","role":"web","addresses":["198.51.100.10"]}]})");
    const auto group =
        ask("POST", "/v1/groups", R"({"label":"shop","name":"Shop","primary":"shop-eu","backup":"shop-us"})");
    BOOST_REQUIRE(group.status == 201);
  }

  net::TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store("sqlite:" + (folder / "failover.db"));
  Table table;
  QuietAnnouncer announcer;
  Control control{*store, table, announcer};
  net::Fd listener = net::listen_tcp("127.0.0.1:0");
  Server server;
  std::string admin_token;

 private:
  ServerOptions with_token_file(ServerOptions options) const {
    options.token_file = folder / "admin.token";
    return options;
  }
};

}  // namespace failover::admin
