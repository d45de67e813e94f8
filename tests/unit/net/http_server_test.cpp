// The HTTP server against clients that behave, and clients that do not.
#include "net/http_server.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "net/http_client.hpp"
#include "net/listen.hpp"

namespace failover::net {
namespace bdata = boost::unit_test::data;
using namespace std::chrono_literals;

namespace {

// Gives `count` pieces of `size` bytes, then ends, breaks, or waits forever.
class Pieces final : public HttpReplyStream {
 public:
  Pieces(int count, std::size_t size, char at_end) : left_(count), size_(size), at_end_(at_end) {}
  void next(std::function<void(HttpPiece)> give) override {
    if (left_-- > 0) return give({std::make_shared<const std::string>(size_, 'p')});
    if (at_end_ == 'e') give({});
    if (at_end_ == 'b') give({nullptr, true});
    if (at_end_ == 'w') waiting_ = std::move(give);
  }

 private:
  int left_;
  std::size_t size_;
  char at_end_;
  std::function<void(HttpPiece)> waiting_;
};

// Answers with what it was asked; special paths do special things.
class Echo final : public HttpApplication {
 public:
  HttpAdmission admit(HttpRequest& head) override {
    HttpAdmission admission;
    admission.body_limit = 1000;
    admission.streamed = head.target == "/stream-in";
    admission.trusted = head.target == "/trusted" || head.target == "/later";
    if (head.target == "/refused") admission.refusal = HttpReply{403, {}, "refused"};
    return admission;
  }

  void handle(HttpRequest request, std::function<void(HttpReply)> reply) override {
    if (request.target == "/stream-in") return take(request.stream, reply, 0);
    if (request.target == "/later") return keep(std::move(reply));
    HttpReply answer{
        200, {{"X-Seen", request.peer}}, request.method + ' ' + request.target + ' ' + request.body};
    if (request.target == "/pieces") answer.stream = std::make_shared<Pieces>(3, 10, 'e');
    if (request.target == "/broken") answer.stream = std::make_shared<Pieces>(3, 10, 'b');
    if (request.target == "/waits") answer.stream = std::make_shared<Pieces>(1, 10, 'w');
    if (request.target == "/endless") answer.stream = std::make_shared<Pieces>(1'000'000, 100'000, 'e');
    reply(std::move(answer));
  }

  HttpReply refuse(int status) override { return {status, {}, "refused " + std::to_string(status)}; }

  // Returns when so many have asked for "/later".
  void wait_for_later(std::size_t count) {
    for (std::unique_lock lock(mutex_); later_.size() < count;) {
      lock.unlock();
      std::this_thread::sleep_for(1ms);
      lock.lock();
    }
  }
  void answer_later() {
    std::lock_guard lock(mutex_);
    for (auto& reply : later_) reply({200, {}, "late"});
    later_.clear();
  }

 private:
  static void take(std::shared_ptr<HttpBodyStream> stream, std::function<void(HttpReply)> reply,
                   std::size_t total) {
    if (!stream) return reply({200, {}, "0"});
    stream->read([=](std::optional<std::string> piece) {
      if (!piece || piece->empty()) return reply({200, {}, std::to_string(total)});
      take(stream, reply, total + piece->size());
    });
  }
  void keep(std::function<void(HttpReply)> reply) {
    std::lock_guard lock(mutex_);
    later_.push_back(std::move(reply));
  }

  std::mutex mutex_;
  std::vector<std::function<void(HttpReply)>> later_;
};

HttpLimits quick() {
  HttpLimits limits;
  limits.header_time = limits.body_time = limits.idle_time = 300ms;
  return limits;
}

struct Place {
  explicit Place(HttpLimits limits = {}) : server(listener, echo, limits) {}
  Fd listener = listen_tcp("127.0.0.1:0");
  Echo echo;
  HttpServer server;

  Peer peer() const { return Peer::tcp(local_address(listener)); }
  ClientReply ask(std::string_view text) const {
    Peer client = peer();
    client.send(text);
    return read_reply(client);
  }
};

struct Exchange {
  std::string request;
  int status;  // 0: closed without a reply
  std::string body;
};
std::ostream& operator<<(std::ostream& out, const Exchange& one) { return out << one.request.substr(0, 60); }

const std::string kilobytes(1001, 'x');

const Exchange exchanges[] = {
    {request("GET", "/a?b=c"), 200, "GET /a?b=c "},
    {request("POST", "/a", "", "body"), 200, "POST /a body"},
    {request("BREW", "/pot"), 200, "BREW /pot "},
    {"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200,
     "POST /a abcde"},
    {"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", 200, "POST /a hi"},
    {request("GET", "/pieces"), 200, std::string(30, 'p')},
    {request("GET", "/refused"), 403, "refused"},
    {request("POST", "/refused", "", "body"), 403, "refused"},

    {request("POST", "/a", "", kilobytes), 413, "refused 413"},
    {"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + kilobytes + "\r\n0\r\n\r\n", 413,
     "refused 413"},
    {request("POST", "/stream-in", "", std::string(3'000'000, 's')), 200, "3000000"},
    {request("POST", "/stream-in"), 200, "0"},
    {request("GET", "/", "X: " + std::string(17'000, 'h') + "\r\n"), 431, "refused 431"},
    {request("GET", "/" + std::string(17'000, 't')), 431, "refused 431"},
    {"no http\r\n\r\n", 400, "refused 400"},
    {"GET / HTTP/3.0\r\n\r\n", 400, "refused 400"},
    {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "refused 400"},
    {"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400, "refused 400"},
    {"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400, "refused 400"},
    {"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400, "refused 400"},
    {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400, "refused 400"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_server)

BOOST_DATA_TEST_CASE(a_request_gets_its_reply, bdata::make(exchanges)) {
  const Place place;
  const auto reply = place.ask(sample.request);
  BOOST_TEST(reply.status == sample.status);
  BOOST_TEST(reply.body == sample.body);
}

BOOST_AUTO_TEST_CASE(a_connection_takes_many_requests_even_sent_at_once) {
  const Place place;
  Peer client = place.peer();
  client.send(request("GET", "/1") + request("POST", "/2", "", "two") + request("GET", "/pieces") +
              request("GET", "/4"));
  BOOST_TEST(read_reply(client).body == "GET /1 ");
  BOOST_TEST(read_reply(client).body == "POST /2 two");
  BOOST_TEST(read_reply(client).body == std::string(30, 'p'));
  const auto last = read_reply(client);
  BOOST_TEST(last.body == "GET /4 ");
  BOOST_TEST(last.headers.at("x-seen") == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(head_has_the_length_and_no_body) {
  const Place place;
  Peer client = place.peer();
  client.send(request("HEAD", "/a") + request("HEAD", "/pieces") + request("GET", "/b"));
  const auto reply = read_reply(client, false);
  BOOST_TEST(reply.headers.at("content-length") == "8");
  BOOST_TEST(read_reply(client, false).status == 200);
  BOOST_TEST(read_reply(client).body == "GET /b ");
}

BOOST_AUTO_TEST_CASE(close_is_honoured) {
  const Place place;
  Peer client = place.peer();
  client.send(request("GET", "/a", "Connection: close\r\n"));
  BOOST_TEST(read_reply(client).status == 200);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(a_refused_body_is_read_to_its_end_so_that_the_refusal_arrives) {
  const Place place;
  Peer client = place.peer();
  client.send("POST /a HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n");
  client.send(std::string(8'000'000, 'x'));
  BOOST_TEST(read_reply(client).status == 413);
}

BOOST_AUTO_TEST_CASE(a_broken_stream_cuts_the_connection_instead_of_ending_it) {
  const Place place;
  Peer client = place.peer();
  client.send(request("GET", "/broken"));
  const auto all = client.all();
  BOOST_TEST(all.find("pppp") != all.npos);
  BOOST_TEST(all.find("\r\n0\r\n") == all.npos);
}

const char* const slow_clients[] = {
    "",
    "GET / HT",
    "GET / HTTP/1.1\r\nHost: x\r\nX",
    "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
};

BOOST_DATA_TEST_CASE(whoever_stops_midway_is_not_waited_for, bdata::make(slow_clients)) {
  const Place place(quick());
  Peer client = place.peer();
  client.send(sample);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed) {
  const Place place(quick());
  Peer client = place.peer();
  client.send(request("GET", "/"));
  BOOST_TEST(read_reply(client).status == 200);
  BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(whoever_does_not_read_is_cut) {
  HttpLimits limits;
  limits.write_time = 300ms;
  const Place place(limits);
  Peer client = place.peer();
  client.send(request("GET", "/endless"));
  while (place.server.connections() > 0) std::this_thread::sleep_for(5ms);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_a_waiting_stream_is_noticed) {
  const Place place;
  {
    Peer client = place.peer();
    client.send(request("GET", "/waits"));
    while (place.server.connections() == 0) std::this_thread::sleep_for(1ms);
  }
  while (place.server.connections() > 0) std::this_thread::sleep_for(5ms);
}

const char* const strangers[] = {"", "GET / HT", "GET / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"};

BOOST_DATA_TEST_CASE(over_the_limit_a_stranger_goes_before_a_trusted_connection, bdata::make(strangers)) {
  HttpLimits limits;
  limits.connections = 3;
  const Place place(limits);
  Peer trusted = place.peer();
  trusted.send(request("GET", "/trusted"));
  BOOST_TEST(read_reply(trusted).status == 200);
  Peer longest = place.peer();
  longest.send(sample);
  while (place.server.connections() < 2) std::this_thread::sleep_for(1ms);
  Peer stranger = place.peer();
  stranger.send(sample);
  while (place.server.connections() < 3) std::this_thread::sleep_for(1ms);
  BOOST_TEST(place.ask(request("GET", "/new")).status == 200);
  BOOST_TEST(longest.closed());
  trusted.send(request("GET", "/still"));
  BOOST_TEST(read_reply(trusted).body == "GET /still ");
}

BOOST_AUTO_TEST_CASE(over_the_limit_the_longest_idle_goes_first_and_then_the_new_one_is_refused) {
  HttpLimits limits;
  limits.connections = 2;
  Place place(limits);
  Peer idle = place.peer();
  idle.send(request("GET", "/trusted"));
  BOOST_TEST(read_reply(idle).status == 200);
  Peer busy = place.peer();
  busy.send(request("GET", "/later"));
  place.echo.wait_for_later(1);
  // Until the server has seen that the first one has nothing at hand.
  wait_until([&] { return place.ask(request("GET", "/new")).status == 200; });
  BOOST_TEST(idle.closed());
  wait_until([&] { return place.server.connections() == 1; });
  Peer busy_too = place.peer();
  busy_too.send(request("GET", "/later"));
  place.echo.wait_for_later(2);
  Peer late = place.peer();
  BOOST_TEST(read_reply(late).status == 503);
  place.echo.answer_later();
  BOOST_TEST(read_reply(busy).body == "late");
}

BOOST_AUTO_TEST_CASE(stop_lets_the_request_at_hand_finish) {
  Place place;
  // They are told in this order: once the second is closed, the first knows.
  Peer busy = place.peer(), idle = place.peer();
  busy.send(request("GET", "/later"));
  place.echo.wait_for_later(1);
  idle.send(request("GET", "/"));
  BOOST_TEST(read_reply(idle).status == 200);
  std::thread stopper([&] { place.server.stop(1min); });
  BOOST_TEST(idle.closed());
  place.echo.answer_later();
  auto reply = read_reply(busy);
  BOOST_TEST(reply.body == "late");
  BOOST_TEST(reply.headers["connection"] == "close");
  stopper.join();
}

BOOST_AUTO_TEST_CASE(stop_cuts_what_does_not_end_and_late_replies_are_dropped) {
  Place place;
  Peer busy = place.peer(), waits = place.peer();
  busy.send(request("GET", "/later"));
  place.echo.wait_for_later(1);
  waits.send(request("GET", "/waits"));
  BOOST_TEST(waits.line().starts_with("HTTP/1.1 200"));
  place.server.stop(0ms);
  place.echo.answer_later();
  BOOST_TEST(busy.closed());
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::net
