#include "powerdns/relay.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "../net/peer.hpp"
#include "net/line_server.hpp"
#include "net/listen.hpp"

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(relaying)
namespace {

class Echo : public net::LineHandler {
 public:
  void answer(std::string_view line, std::string& reply) override { reply.append(line).append("!\n"); }
  void too_long(std::string&) override {}
  void sent() override {}
};

// What PowerDNS has of its child: two pipes.
struct Child {
  net::TemporaryFolder folder;
  std::string path = folder / "s";
  net::Fd child_in, child_out, in, out;
  int status = -1;
  std::jthread thread;

  Child() {
    int ends[2];
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    child_in = net::Fd(ends[0]);
    in = net::Fd(ends[1]);
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    out = net::Fd(ends[0]);
    child_out = net::Fd(ends[1]);
  }
  void start() {
    thread = std::jthread([this] {
      status = relay(path, child_in.get(), child_out.get());
      child_out = net::Fd();
    });
  }
  std::unique_ptr<net::LineServer> serve() const {
    return std::make_unique<net::LineServer>(net::listen_unix(path), [] { return std::make_unique<Echo>(); });
  }
  void say(const std::string& text) const {
    BOOST_REQUIRE(::write(in.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  // Until a newline or the end.
  std::string hear() const {
    std::string text;
    for (char c; ::read(out.get(), &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(both_ways_until_powerdns_closes, Child) {
  const auto server = serve();
  start();
  say("one\n");
  BOOST_TEST(hear() == "one!");
  say("two\nthree\n");
  BOOST_TEST(hear() == "two!");
  BOOST_TEST(hear() == "three!");
  in = net::Fd();
  BOOST_TEST(hear() == "");
  thread.join();
  BOOST_TEST(status == 0);
}

BOOST_FIXTURE_TEST_CASE(until_the_backend_closes, Child) {
  auto server = serve();
  start();
  say("one\n");
  BOOST_TEST(hear() == "one!");
  server.reset();
  BOOST_TEST(hear() == "");
  thread.join();
  BOOST_TEST(status == 0);
}

BOOST_FIXTURE_TEST_CASE(a_backend_that_is_a_little_late, Child) {
  start();
  say("one\n");
  const auto server = serve();
  BOOST_TEST(hear() == "one!");
  in = net::Fd();
}

BOOST_FIXTURE_TEST_CASE(a_backend_that_is_not_there, Child) {
  start();
  say("one\n");
  BOOST_TEST(hear() == "", "no answer is better than a false one");
  thread.join();
  BOOST_TEST(status == 1);
}

BOOST_FIXTURE_TEST_CASE(a_path_that_cannot_be, Child) {
  path = "/" + std::string(200, 'x');
  start();
  thread.join();
  BOOST_TEST(status == 1);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
