// Import and export: every line's fate, and that what is exported can be imported.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>

#include "admin/api.hpp"
#include "admin/handlers.hpp"

namespace failover::admin {
namespace bdata = boost::unit_test::data;

namespace {

const std::string ndjson = "Content-Type: application/x-ndjson\r\n";

const std::string sound =
    R"({"zone":{"name":"failover.example","nameservers":[{"name":"ns1.example.net"}],"records":[{"name":"www.failover.example","type":"TXT","content":"\"hi\"","ttl":30}]}}
{"stack":{"name":"eu","servers":[{"name":"web1","role":"web","addresses":["192.0.2.10"]}]}}
{"stack":{"name":"us","servers":[{"name":"web1","role":"web","hostname":"lb.example.net"}]}}
{"group":{"zone":"failover.example","label":"shop","name":"Shop","primary":"eu","backup":"us","ttl":20,"live":"backup"}}
{"group":{"zone":"failover.example","label":"reserved"}}
{"retired":{"zone":"failover.example","label":"111-222-333"}}
)";

struct Lines {
  const char* what;
  std::string text;
  int imported;
  const char* failed;  // "LINE CODE, ..."
};
std::ostream& operator<<(std::ostream& out, const Lines& lines) { return out << lines.what; }

const Lines table[] = {
    {"nothing", "", 0, ""},
    {"empty lines", "\n\r\n  \n", 0, ""},
    {"all kinds", sound, 6, ""},
    {"no newline at the end", sound.substr(0, sound.size() - 1), 6, ""},
    {"windows' newlines",
     R"({"stack":{"name":"eu","servers":[]}})"
     "\r\n",
     1, ""},
    {"broken lines between sound ones",
     "{\n"
     R"({"stack":{"name":"eu","servers":[]}})"
     "\n[]\n"
     R"({"stack":{"name":"us","servers":[]}})"
     "\nnull\n",
     2, "1 malformed_json, 3 invalid, 5 invalid"},
    {"two things on a line",
     R"({"stack":{"name":"a","servers":[]},"retired":{"zone":"z.example","label":"a"}})", 0, "1 invalid"},
    {"a thing that is null", "{\"zone\":null}\n{\"stack\":null}\n{\"group\":null}\n{\"retired\":null}", 0,
     "1 invalid, 2 invalid, 3 invalid, 4 invalid"},
    {"an unknown kind", R"({"server":{}})", 0, "1 invalid"},
    {"an unknown field", R"({"stack":{"name":"a","servers":[],"id":"stk_x"}})", 0, "1 invalid"},
    {"no name", R"({"stack":{"servers":[]}})", 0, "1 invalid"},
    {"a group without its zone", R"({"group":{"zone":"none.example","label":"a"}})", 0, "1 invalid"},
    {"a group of stacks that come later",
     sound.substr(0, sound.find('\n') + 1) + R"({"group":{"label":"a","primary":"eu"}})"
                                             "\n",
     1, "2 invalid"},
    {"the same thing twice", sound + sound, 12, ""},
    {"a later line wins",
     R"({"stack":{"name":"eu","servers":[]}})"
     "\n"
     R"({"stack":{"name":"eu","servers":[{"name":"a","role":"web"}]}})",
     2, ""},
    {"a retired label cannot come back", sound + R"({"group":{"label":"111-222-333"}})", 6,
     "7 address_retired"},
    {"failures in the order of their lines",
     sound + R"({"group":{"label":"111-222-333"}})"
             "\nnull\n",
     6, "7 address_retired, 8 invalid"},
    {"a line over a body's megabyte", std::string(2'000'000, ' ') + R"({"stack":{"name":"eu","servers":[]}})",
     1, ""},
    {"a line over eight megabytes",
     std::string(8'500'000, ' ') + "{}\n"
                                   R"({"stack":{"name":"eu","servers":[]}})",
     1, "1 too_large"},
    {"a line over eight megabytes at the end", std::string(9'000'000, 'x'), 0, "1 too_large"},
};

struct Told {
  const char* what;
  std::string line, detail;
};
std::ostream& operator<<(std::ostream& out, const Told& told) { return out << told.what; }

const Told reasons[] = {
    {"every mistake and where it is", R"({"group":{"zone":"failover.example","label":"-","ttl":0}})",
     "/label: "},
    {"the second one as well", R"({"group":{"zone":"failover.example","label":"-","ttl":0}})", "/ttl: "},
    {"one mistake and where it is",
     R"({"stack":{"name":"eu","servers":[{"name":"a","role":"web","addresses":["192.0.2.1","x"]}]}})",
     "/servers/0/addresses/1: "},
    {"what cannot be read", R"({"stack":{"name":1,"servers":[]}})", "/stack/name: "},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(import)

BOOST_DATA_TEST_CASE(every_line_stands_or_is_told, bdata::make(table)) {
  const Api api;
  const auto answer = api.ask("POST", "/v1/import", sample.text, "", ndjson);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.at("/imported") == std::to_string(sample.imported));
  std::string failed;
  for (const auto& line : answer.json["failed"].GetArray()) {
    failed +=
        (failed.empty() ? "" : ", ") + std::to_string(line["line"].GetInt()) + ' ' + line["code"].GetString();
    BOOST_TEST(line["detail"].GetStringLength() > 0);
  }
  BOOST_TEST(failed == sample.failed);
}

BOOST_DATA_TEST_CASE(a_failed_line_is_told_what_is_wrong, bdata::make(reasons)) {
  const Api api;
  const auto zone = sound.substr(0, sound.find('\n') + 1);
  const auto answer = api.ask("POST", "/v1/import", zone + sample.line, "", ndjson);
  BOOST_TEST(answer.at("/failed/0/detail").find(sample.detail) != std::string::npos, answer.body);
}

BOOST_AUTO_TEST_CASE(a_reason_does_not_hold_all_of_a_long_line) {
  const Api api;
  const auto line =
      R"({"group":{"zone":"failover.example","primary":")" + std::string(100'000, 'x') + "\"}}\n";
  const auto answer = api.ask("POST", "/v1/import", sound.substr(0, sound.find('\n') + 1) + line, "", ndjson);
  BOOST_TEST(answer.at("/failed/0/code") == "invalid");
  BOOST_TEST(answer.body.size() < 1000u);
}

BOOST_AUTO_TEST_CASE(the_first_ten_thousand_failures_are_listed) {
  const Api api;
  std::string text = sound + R"({"group":{"label":"111-222-333"}})" + '\n';
  for (int i = 0; i < 10'000; ++i) text += "null\n";
  const auto answer = api.ask("POST", "/v1/import", text, "", ndjson);
  BOOST_TEST(answer.at("/failed/0/line") == "7");
  BOOST_TEST(answer.at("/failed/9999/line") == "10006");
  BOOST_TEST(answer.json["failed"].Size() == 10'000u);
  BOOST_TEST(answer.at("/not_listed") == "1");
}

BOOST_AUTO_TEST_CASE(long_lines_share_no_commit_with_many) {
  Api api;
  std::atomic<std::size_t> most = 0, changes = 0;
  const int subscription = api.control.feed().subscribe([&](Feed::Batch batch) {
    most = std::max(most.load(), batch->size());
    changes += batch->size();
  });
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += std::string(1'000'000, ' ') + R"({"stack":{"name":"s)" + std::to_string(i) +
            R"(","servers":[]}})" + '\n';
  BOOST_TEST(api.ask("POST", "/v1/import", text, "", ndjson).at("/imported") == "20");
  api.control.feed().unsubscribe(subscription);
  BOOST_TEST(changes == 20u);
  BOOST_TEST(most <= 5u);
}

BOOST_AUTO_TEST_CASE(an_export_imported_elsewhere_exports_the_same) {
  const Api api, other;
  BOOST_TEST(api.ask("POST", "/v1/import", sound, "", ndjson).at("/imported") == "6");
  const auto exported = api.ask("GET", "/v1/export");
  BOOST_TEST(exported.headers.at("content-type") == "application/x-ndjson");
  BOOST_TEST(std::ranges::count(exported.body, '\n') == 6);
  BOOST_TEST(other.ask("POST", "/v1/import", exported.body, "", ndjson).at("/imported") == "6");
  BOOST_TEST(other.ask("GET", "/v1/export").body == exported.body);
  BOOST_TEST(other.ask("GET", "/v1/groups/shop").at("/answer/0/content") == "lb.example.net");
}

BOOST_AUTO_TEST_CASE(what_a_group_needs_is_exported_before_it_whenever_it_was_made) {
  Api api;
  std::string text = sound;
  for (int i = 0; i < 600; ++i)
    text += R"({"group":{"label":"g)" + std::to_string(i) + "\"}}\n";  // over a page
  api.ask("POST", "/v1/import", text, "", ndjson);
  Workers workers(1);
  std::promise<net::HttpReply> reply;
  Call call;
  call.workers = &workers;
  call.reply = [&](net::HttpReply given) { reply.set_value(std::move(given)); };
  export_lines(api.control, std::move(call));
  const auto stream = reply.get_future().get().stream;
  const auto next = [&] {
    std::promise<net::HttpPiece> piece;
    stream->next([&](net::HttpPiece given) { piece.set_value(std::move(given)); });
    return piece.get_future().get().data;
  };
  std::string exported;
  bool made = false;
  while (const auto piece = next()) {
    exported += *piece;
    if (made || exported.find("{\"group\":") == exported.npos) continue;
    made = true;
    api.ask("POST", "/v1/import",
            R"({"zone":{"name":"zzz.example","nameservers":[{"name":"ns1.example.net","addresses":[]}]}})"
            "\n"
            R"({"stack":{"name":"late","servers":[]}})"
            "\n"
            R"({"group":{"zone":"zzz.example","label":"zzz","primary":"late"}})",
            "", ndjson);
  }
  workers.join();
  const Api other;
  BOOST_TEST(exported.find("\"zzz\"") != exported.npos);
  BOOST_TEST(other.ask("POST", "/v1/import", exported, "", ndjson).at("/failed") == "[0]");
  BOOST_TEST(other.ask("GET", "/v1/groups/zzz.zzz.example").status == 200);
}

BOOST_AUTO_TEST_CASE(an_import_run_again_changes_nothing_and_one_that_differs_sets_what_it_says) {
  const Api api;
  api.ask("POST", "/v1/import", sound, "", ndjson);
  const auto revision = [&] { return api.control.read([](const State& state) { return state.revision(); }); };
  const auto before = revision();
  BOOST_TEST(api.ask("POST", "/v1/import", sound, "", ndjson).at("/imported") == "6");
  BOOST_TEST(revision() == before);
  BOOST_TEST(api.ask("POST", "/v1/import",
                     R"({"group":{"label":"shop","primary":"eu","backup":"us","live":"primary"}})", "",
                     ndjson)
                 .at("/imported") == "1");
  const auto group = api.ask("GET", "/v1/groups/shop");
  BOOST_TEST(group.at("/live") == "primary");
  BOOST_TEST(group.at("/ttl") == "60");
  BOOST_TEST(group.at("/name") == "");
}

BOOST_AUTO_TEST_CASE(long_imports_and_exports_come_through_whole) {
  const Api api;
  std::string text = sound;
  constexpr int groups = 2500;
  for (int i = 0; i < groups; ++i)
    text += R"({"group":{"label":"g)" + std::to_string(i) +
            R"(","primary":"eu","backup":"us"}})"
            "\n";
  BOOST_TEST(api.ask("POST", "/v1/import", text, "", ndjson).at("/imported") == std::to_string(groups + 6));
  BOOST_TEST(std::ranges::count(api.ask("GET", "/v1/export").body, '\n') == groups + 6);
}

BOOST_AUTO_TEST_CASE(lines_that_came_whole_stand_when_the_sender_breaks_off) {
  const Api api;
  {
    net::Peer client = api.peer();
    client.send("POST /v1/import HTTP/1.1\r\nContent-Length: 100000\r\nAuthorization: Bearer " +
                api.admin_token + "\r\n" + ndjson + "\r\n" +
                R"({"stack":{"name":"eu","servers":[]}})"
                "\n" +
                R"({"stack":{"na)");
  }
  while (api.ask("GET", "/v1/stacks/eu").status != 200)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::admin
