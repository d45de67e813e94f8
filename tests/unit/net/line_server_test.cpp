#include "net/line_server.hpp"

#include <boost/test/unit_test.hpp>

#include "net/listen.hpp"
#include "net/peer.hpp"

namespace failover::net {
BOOST_AUTO_TEST_SUITE(line_server)
namespace {

// Says "<line>", and "too long"; "big N" is answered with N bytes.
class Echo : public LineHandler {
 public:
  void answer(std::string_view line, std::string& reply) override {
    if (line.starts_with("big "))
      reply.assign(std::stoul(std::string(line.substr(4))), 'b');
    else
      reply.append("<").append(line).append(">");
    reply += '\n';
  }
  void too_long(std::string& reply) override { reply += "too long\n"; }
  void sent() override {}
};

struct Place {
  TemporaryFolder folder;
  std::string path = folder / "s";
  Fd listener = listen_unix(path);

  std::unique_ptr<LineServer> serve(LineLimits limits = {}, std::vector<Fd> adopted = {}) {
    return std::make_unique<LineServer>(
        std::move(listener), [] { return std::make_unique<Echo>(); }, limits, std::move(adopted));
  }
  Peer peer() const { return Peer::unix_socket(path); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(lines_however_they_are_cut, Place) {
  const auto server = serve();
  Peer caller = peer();
  caller.send("one\n");
  BOOST_TEST(caller.line() == "<one>");
  for (const char c : std::string("two\n")) caller.send({&c, 1});
  BOOST_TEST(caller.line() == "<two>");
  caller.send("three\n\nfour\nfi");
  BOOST_TEST(caller.line() == "<three>");
  BOOST_TEST(caller.line() == "<>");
  BOOST_TEST(caller.line() == "<four>");
  caller.send("ve\nsi");
  BOOST_TEST(caller.line() == "<five>");
  caller.half_close();
  BOOST_TEST(caller.line() == "");
}

BOOST_FIXTURE_TEST_CASE(a_line_over_the_limit_is_refused_and_the_connection_lives, Place) {
  const auto server = serve({.line = 100});
  Peer caller = peer();
  caller.send(std::string(99, 'a') + '\n');
  BOOST_TEST(caller.line() == '<' + std::string(99, 'a') + '>');
  caller.send(std::string(100'000, 'b') + "\nnext\n");
  BOOST_TEST(caller.line() == "too long");
  BOOST_TEST(caller.line() == "<next>");
  // The refusal does not wait for an end that may never come.
  caller.send(std::string(1'000, 'c'));
  BOOST_TEST(caller.line() == "too long");
  caller.send("c\nlast\n");
  BOOST_TEST(caller.line() == "<last>");
}

BOOST_FIXTURE_TEST_CASE(large_replies, Place) {
  const auto server = serve();
  Peer caller = peer();
  caller.send("big 5000000\nafter\n");
  BOOST_TEST(caller.line().size() == 5'000'000u);
  BOOST_TEST(caller.line() == "<after>");
}

BOOST_FIXTURE_TEST_CASE(many_connections_and_one_too_many, Place) {
  const auto server = serve({.connections = 50});
  std::vector<Peer> callers;
  for (int i = 0; i < 50; ++i) {
    callers.push_back(peer());
    callers.back().send(std::to_string(i) + "\n");
  }
  for (int i = 0; i < 50; ++i) BOOST_TEST(callers[i].line() == '<' + std::to_string(i) + '>');
  BOOST_TEST(peer().closed());
  BOOST_TEST(server->counters().open.load() == 50);
  BOOST_TEST(server->counters().accepted.load() == 50u);
  BOOST_TEST(server->counters().refused.load() == 1u);
  callers.pop_back();
  // The place is free again once the server has seen the end.
  wait_until([&] { return server->counters().open.load() != 50; });
  for (;;) {
    Peer next = peer();
    next.send("next\n");
    if (const std::string line = next.line(); line != "") {
      BOOST_TEST(line == "<next>");
      break;
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_caller_that_does_not_read_is_given_up, Place) {
  const auto server = serve({.send_timeout = std::chrono::milliseconds(50)});
  Peer caller = peer();
  caller.send("big 5000000\n");
  wait_until([&] { return server->counters().accepted.load() == 1 && server->counters().open.load() == 0; });
  BOOST_TEST(caller.line().size() < 5'000'000u);
}

BOOST_FIXTURE_TEST_CASE(stopping_answers_what_was_asked_and_closes, Place) {
  auto server = serve();
  Peer idle = peer(), asking = peer();
  idle.send("a\n");
  asking.send("b\n");
  BOOST_TEST(idle.line() == "<a>");
  BOOST_TEST(asking.line() == "<b>");
  server.reset();
  BOOST_TEST(idle.closed());
  BOOST_TEST(asking.closed());
  // The path is the caller's.
  BOOST_TEST(std::filesystem::exists(path));
}

BOOST_FIXTURE_TEST_CASE(parked_connections_are_between_two_requests, Place) {
  auto server = serve({.park_timeout = std::chrono::milliseconds(300)});
  Peer idle = peer(), half = peer(), never = peer();
  for (Peer* caller : {&idle, &half, &never}) {
    caller->send("hello\n");
    BOOST_TEST(caller->line() == "<hello>");
  }
  half.send("ha");
  never.send("nev");
  wait_until([&] { return half.is_read() && never.is_read(); });
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    half.send("lf\n");
  });
  std::vector<Fd> parked = server->park();
  later.join();
  BOOST_TEST(half.line() == "<half>");
  BOOST_TEST(parked.size() == 2u);
  BOOST_TEST(never.closed());

  listener = server->take_listener();
  idle.send("while parked\n");
  Peer waiting = peer();
  waiting.send("in the queue\n");
  server = serve({}, std::move(parked));
  BOOST_TEST(idle.line() == "<while parked>");
  BOOST_TEST(waiting.line() == "<in the queue>");
  half.send("again\n");
  BOOST_TEST(half.line() == "<again>");
}

BOOST_FIXTURE_TEST_CASE(no_answer_is_lost_or_doubled_by_handing_over_under_load, Place) {
  // A machine that is busy may take its time over the second half of a line.
  const LineLimits limits{.park_timeout = std::chrono::seconds(60)};
  auto server = serve(limits);
  std::atomic<bool> going{true};
  std::atomic<int> wrong{0};
  std::atomic<std::uint64_t> answered{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 6; ++i)
      callers.emplace_back([&, i, caller = peer()]() mutable {
        for (int n = 0; going; ++n) {
          const std::string text = std::to_string(i) + '.' + std::to_string(n);
          caller.send(text.substr(0, 2));
          caller.send(text.substr(2) + '\n');
          if (caller.line() != '<' + text + '>') {
            ++wrong;
            return;
          }
          ++answered;
        }
      });
    // Who is still in the listener's queue is not parked.
    wait_until([&] { return server->counters().open == 6 || wrong != 0; });
    for (int round = 0; round < 40; ++round) {
      const std::uint64_t enough = answered + 50;
      wait_until([&] { return answered >= enough || wrong != 0; });
      std::vector<Fd> parked = server->park();
      BOOST_TEST(parked.size() == 6u);
      listener = server->take_listener();
      server = serve(limits, std::move(parked));
    }
    going = false;
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::net
