// Watching the trail grow: nothing missed, nothing twice, nobody waited for.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <future>
#include <optional>
#include <thread>

#include "admin/api.hpp"
#include "admin/events.hpp"
#include "control/render.hpp"

namespace failover::admin {
namespace bdata = boost::unit_test::data;

namespace {

struct Event {
  Revision id;
  std::string name, data;
};

// A client of HTTP/1.0, for which the stream comes without chunks around it.
class Watch {
 public:
  explicit Watch(const Api& api, const std::string& headers = "", std::string token = "")
      : peer_(api.peer()) {
    if (token.empty()) token = api.admin_token;
    peer_.send("GET /v1/events HTTP/1.0\r\nAuthorization: Bearer " + token + "\r\n" + headers + "\r\n");
    status = std::stoi(peer_.line().substr(9));
    while (peer_.line() != "\r") {
    }
  }

  // The next event; nothing where the stream has ended.
  std::optional<Event> next() {
    Event event{};
    for (;;) {
      const auto line = peer_.line();
      if (line.starts_with("id: ")) event.id = std::stoll(line.substr(4));
      if (line.starts_with("event: ")) event.name = line.substr(7);
      if (line.starts_with("data: ")) event.data = line.substr(6);
      if (line.empty() && event.id != 0) return event;
      // A lone empty line ends a comment; the second in a row is the end of the stream.
      if (line.empty() && was_empty_) return {};
      was_empty_ = line.empty();
    }
  }

  int status = 0;

 private:
  net::Peer peer_;
  bool was_empty_ = false;
};

void flip(const Api& api) { BOOST_REQUIRE(api.ask("POST", "/v1/groups/shop/flip").status == 200); }

Revision last_revision(const Api& api) {
  return api.control.read([](const State& state) { return state.revision(); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(what_happens_next_is_told_as_the_trail_tells_it) {
  const Api api;
  api.furnish();
  Watch watch(api);
  BOOST_TEST(watch.status == 200);
  flip(api);
  const auto event = watch.next();
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST(event->id == last_revision(api));
  BOOST_TEST(event->name == "change");
  const auto trail = api.ask("GET", "/v1/changes?after=" + std::to_string(event->id - 1));
  BOOST_TEST(trail.body == "{\"items\":[" + event->data + "],\"next\":null}");
}

struct Resumed {
  const char* last_id;
  int first;  // the first event then, counted from 1; 0: only what comes later
  int status;
};
std::ostream& operator<<(std::ostream& out, const Resumed& one) { return out << one.last_id; }

const Resumed resumed[] = {{"0", 1, 200},    {"1", 2, 200}, {"4", 0, 200},
                           {"4000", 0, 200}, {"x", 0, 422}, {"-1", 0, 422}};

BOOST_DATA_TEST_CASE(a_watcher_resumes_where_it_was, bdata::make(resumed)) {
  const Api api;
  api.furnish();
  BOOST_TEST(last_revision(api) == 4);
  Watch watch(api, "Last-Event-ID: " + std::string(sample.last_id) + "\r\n");
  BOOST_TEST(watch.status == sample.status);
  if (sample.status != 200) return;
  flip(api);
  for (Revision id = sample.first == 0 ? 5 : sample.first; id <= 5; ++id)
    BOOST_TEST(watch.next().value().id == id);
}

BOOST_AUTO_TEST_CASE(watchers_that_come_at_any_moment_miss_nothing_and_hear_nothing_twice) {
  const Api api;
  api.furnish();
  constexpr int flips = 300, watchers = 24;
  std::thread flipper([&] {
    for (int i = 0; i < flips; ++i) flip(api);
  });
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < watchers; ++i) {
    threads.emplace_back([&, i] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5 * i));
      const bool from_start = i % 2 == 0;
      Watch watch(api, from_start ? "Last-Event-ID: 0\r\n" : "");
      Revision expected = from_start ? 1 : 0;
      for (Revision id = 0; id < 4 + flips; ++expected) {
        const auto event = watch.next();
        if (!event) break;
        id = event->id;
        if (expected == 0) expected = id;
        if (id != expected) ++wrong;
      }
    });
  }
  flipper.join();
  // Whoever came after the last flip waits for one more.
  flip(api);
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_watcher_that_does_not_read_is_dropped_and_the_others_are_not) {
  const Api api;
  api.furnish();
  Watch slow(api);
  Watch quick(api);
  const auto first = last_revision(api) + 1;
  constexpr int changes = 200;
  std::thread reader([&] {
    for (int i = 0; i < changes; ++i) quick.next();
  });
  for (int i = 0; i < changes; ++i) {
    std::string servers;
    for (int n = 0; n < 500; ++n)
      servers += (servers.empty() ? "" : ",") +
                 (R"({"name":"s)" + std::to_string(n) + R"(","role":"other","addresses":["192.0.2.)" +
                  std::to_string(i % 250 + 1) + "\"]}");
    BOOST_REQUIRE(api.ask("PUT", "/v1/stacks/big", "{\"servers\":[" + servers + "]}").status < 300);
  }
  reader.join();
  Revision seen = 0;
  while (const auto event = slow.next()) seen = event->id;
  BOOST_TEST(seen < first + changes - 1);
}

BOOST_AUTO_TEST_CASE(all_are_dropped_where_changes_come_too_fast_and_resume_without_a_gap) {
  Api api;
  api.furnish();
  Workers workers(1);
  EventHub hub(api.control, workers, 100, 0);
  const auto next = [](net::HttpReplyStream& stream) {
    const auto piece = std::make_shared<std::promise<net::HttpPiece>>();
    stream.next([piece](net::HttpPiece given) { piece->set_value(std::move(given)); });
    return piece->get_future();
  };
  const auto anyone = [] { return true; };
  auto seen = last_revision(api);
  const auto watching = hub.watch(seen, anyone).value();
  next(*watching).get();
  const auto id_in = [](const net::HttpPiece& piece) { return std::stoll(piece.data->substr(4)); };
  // A flip that comes before the watcher is live it has from the trail.
  bool dropped = false;
  for (int flips = 0; !dropped && flips < 200; ++flips) {
    auto coming = next(*watching);
    flip(api);
    const auto piece = coming.get();
    dropped = piece.broken;
    if (!dropped) seen = id_in(piece);
  }
  BOOST_TEST(dropped);
  const auto again = hub.watch(seen, anyone).value();
  next(*again).get();
  BOOST_TEST(id_in(next(*again).get()) == seen + 1);
  hub.stop();
  workers.join();
}

BOOST_AUTO_TEST_CASE(a_stream_ends_with_its_token) {
  const Api api;
  api.furnish();
  const auto soon = std::chrono::system_clock::now() + std::chrono::milliseconds(1000);
  const auto expiring = api.token(
      "viewer", R"(,"expires_at":")" + render(std::chrono::floor<std::chrono::milliseconds>(soon)) + '"');
  const auto made = api.ask("POST", "/v1/tokens", R"({"name":"wall","role":"viewer"})");
  Watch revoked(api, "", made.at("/token")), expired(api, "", expiring), other(api);
  flip(api);
  for (auto* watch : {&revoked, &expired, &other}) BOOST_TEST(watch->next().has_value());

  BOOST_TEST(api.ask("DELETE", "/v1/tokens/" + made.at("/id")).status == 204);
  BOOST_TEST(!revoked.next().has_value());
  BOOST_TEST(expired.next().has_value());
  std::this_thread::sleep_until(soon);
  flip(api);
  BOOST_TEST(!expired.next().has_value());
  for (int i = 0; i < 2; ++i) BOOST_TEST(other.next().has_value());
}

BOOST_AUTO_TEST_CASE(streams_end_when_the_server_stops) {
  Api api;
  api.furnish();
  Watch live(api);
  flip(api);
  BOOST_TEST(live.next().has_value());
  api.server.stop(std::chrono::minutes(1));
  BOOST_TEST(!live.next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
