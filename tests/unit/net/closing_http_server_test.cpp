#include "net/closing_http_server.hpp"

#include <netinet/tcp.h>

#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>
#include <vector>

#include "net/listen.hpp"
#include "net/peer.hpp"

namespace failover::net {
BOOST_AUTO_TEST_SUITE(closing_http_server)
namespace {

// Says what it was asked; "/big" is answered with five million bytes.
HttpAnswer echo(const HttpQuestion& question) {
  if (!question.trouble.empty()) return {"text/plain", "trouble: " + question.trouble, {}};
  if (question.target == "/big") return {"text/plain", std::string(5'000'000, 'b'), {}};
  return {"text/plain", question.target + ' ' + question.body, {}};
}

struct Place {
  Fd listener = listen_tcp("127.0.0.1:0");
  std::string address = local_address(listener);

  std::unique_ptr<ClosingHttpServer> serve(ClosingHttpLimits limits = {}) {
    return std::make_unique<ClosingHttpServer>(std::move(listener), echo, limits);
  }
  Peer peer() const { return Peer::tcp(address); }
  std::string ask(const std::string& request) const {
    Peer caller = peer();
    caller.send(request);
    return caller.all();
  }
};

std::string reply(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(requests, Place) {
  const auto server = serve({.body = 1000, .header = 500});
  const std::string long_body(2'000'000, 'x');
  const std::vector<std::pair<std::string, std::string>> rows{
      {"GET /dns/lookup/a%2e/ANY HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n",
       "/dns/lookup/a%2e/ANY "},
      {"GET / HTTP/1.0\r\n\r\n", "/ "},
      {"POST /dns HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "/dns body"},
      {"PATCH /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n", "/a body"},
      {"POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n" + long_body,
       "trouble: the body is over 1000 bytes"},
      {"GET / HTTP/1.1\r\nX: " + std::string(1000, 'x') + "\r\n\r\n",
       "trouble: the header is over 500 bytes"},
      {"garbage\r\n\r\n", "trouble: no HTTP request: bad method"},
      {"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "trouble: no HTTP request: bad Content-Length"},
  };
  for (const auto& [request, body] : rows)
    BOOST_TEST_CONTEXT(request.substr(0, 100)) BOOST_TEST(ask(request) == reply(body));
  BOOST_TEST(server->counters().accepted.load() == rows.size());
}

BOOST_FIXTURE_TEST_CASE(a_request_in_pieces, Place) {
  const auto server = serve();
  Peer caller = peer();
  for (const char c : std::string("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")) caller.send({&c, 1});
  BOOST_TEST(caller.all() == reply("/a hi"));
}

BOOST_FIXTURE_TEST_CASE(large_replies, Place) {
  const auto server = serve();
  BOOST_TEST(ask("GET /big HTTP/1.1\r\n\r\n").size() > 5'000'000u);
}

// Whoever has been woken by the reply finds the end of the stream there as well, without waiting for it:
// PowerDNS looks once, and would write into a closing connection otherwise.
BOOST_FIXTURE_TEST_CASE(the_end_comes_with_the_reply, Place) {
  const auto server = serve();
  for (int i = 0; i < 300; ++i) {
    Peer caller = peer();
    caller.send("GET / HTTP/1.1\r\n\r\n");
    char bytes[4096];
    BOOST_REQUIRE(::recv(caller.fd(), bytes, sizeof bytes, 0) > 0);
    BOOST_REQUIRE(::recv(caller.fd(), bytes, sizeof bytes, MSG_DONTWAIT) == 0);
  }
}

BOOST_FIXTURE_TEST_CASE(slow_clients_are_given_up_and_hold_up_nobody, Place) {
  const auto server = serve({.timeout = std::chrono::milliseconds(200)});
  std::vector<Peer> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(peer());
    slow.back().send("GET / HTT");
  }
  BOOST_TEST(ask("GET /quick HTTP/1.1\r\n\r\n") == reply("/quick "));
  for (Peer& caller : slow) BOOST_TEST(caller.all().starts_with("HTTP") == false);
}

// Such as the list of a whole zone.
BOOST_FIXTURE_TEST_CASE(a_long_answer_holds_up_nobody, Place) {
  std::promise<void> enough;
  ClosingHttpServer server(std::move(listener), [&](const HttpQuestion& question) {
    if (question.target == "/long") enough.get_future().wait();
    return echo(question);
  });
  Peer waiting = peer();
  waiting.send("GET /long HTTP/1.1\r\n\r\n");
  for (int i = 0; i < 20; ++i) BOOST_TEST(ask("GET /quick HTTP/1.1\r\n\r\n") == reply("/quick "));
  enough.set_value();
  BOOST_TEST(waiting.all() == reply("/long "));
}

BOOST_FIXTURE_TEST_CASE(one_connection_too_many, Place) {
  const auto server = serve({.connections = 3});
  std::vector<Peer> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(peer());
    held.back().send("GET / HTT");
    wait_until([&] { return server->counters().open.load() == i + 1; });
  }
  BOOST_TEST(ask("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP") == false);
  BOOST_TEST(server->counters().refused.load() == 1u);
  held[0].send("P/1.1\r\n\r\n");
  BOOST_TEST(held[0].all() == reply("/ "));
  wait_until([&] { return server->counters().open.load() != 3; });
  BOOST_TEST(ask("GET /next HTTP/1.1\r\n\r\n") == reply("/next "));
}

BOOST_FIXTURE_TEST_CASE(parking_finishes_what_is_begun_and_leaves_the_rest_to_the_next, Place) {
  auto server = serve({.park_timeout = std::chrono::seconds(5)});
  Peer begun = peer();
  begun.send("GET /begun HTT");
  wait_until([&] { return server->counters().open.load() == 1; });
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    begun.send("P/1.1\r\n\r\n");
  });
  server->park();
  BOOST_TEST(begun.all() == reply("/begun "));
  listener = server->take_listener();
  BOOST_TEST(local_address(listener) == address);
  Peer waiting = peer();
  waiting.send("GET /waiting HTTP/1.1\r\n\r\n");
  server = serve();
  BOOST_TEST(waiting.all() == reply("/waiting "));
}

// PowerDNS gives up a question after two seconds, also one that waits in the kernel meanwhile.
BOOST_FIXTURE_TEST_CASE(parking_waits_for_no_slow_client, Place) {
  struct Row {
    std::string request;  // of a client that then neither sends nor reads
    bool is_read;         // the server has begun to reply
  };
  const std::vector<Row> rows{
      {"GET / HTT", false},
      {"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf", false},
      {"GET /big HTTP/1.1\r\n\r\n", true},
      {"garbage\r\n\r\n", true},
  };
  using namespace std::chrono;
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.request) {
      auto server = serve({.timeout = seconds(60), .park_timeout = milliseconds(50)});
      Peer slow = peer();
      slow.send(row.request);
      wait_until([&] { return server->counters().open.load() == 1; });
      char byte = 0;
      if (row.is_read) BOOST_REQUIRE(::recv(slow.fd(), &byte, 1, MSG_PEEK) == 1);
      const auto since = steady_clock::now();
      server->park();
      BOOST_TEST(duration_cast<milliseconds>(steady_clock::now() - since).count() < 900);
      BOOST_TEST(server->counters().open.load() == 0);
      listener = server->take_listener();
    }
  }
}

BOOST_FIXTURE_TEST_CASE(no_request_is_lost_by_handing_over_under_load, Place) {
  auto server = serve();
  std::atomic<bool> going{true};
  std::atomic<int> wrong{0}, answered{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i)
      callers.emplace_back([&] {
        for (; going; ++answered)
          if (ask("GET /x HTTP/1.1\r\n\r\n") != reply("/x ")) ++wrong;
      });
    for (int round = 0; round < 20; ++round) {
      const int enough = answered + 50;
      wait_until([&] { return answered >= enough; });
      server->park();
      listener = server->take_listener();
      server = serve();
    }
    going = false;
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::net
