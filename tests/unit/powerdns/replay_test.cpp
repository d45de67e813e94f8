#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "powerdns/recorded.hpp"
#include "powerdns/respond.hpp"
#include "powerdns/sample.hpp"
#include "powerdns/show.hpp"

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(replay)
namespace {

const std::function<Revision()> revision = [] { return Revision{12}; };

struct Answering : Sample {
  Table::Reader reader{table};
  Notified notified;
  Decoder decoder;

  std::string ask(const Question& question) {
    std::string reply;
    respond(question, {reader, notified, revision}, reply);
    return reply;
  }
  const Question& decode(const std::string& dialect, const std::string& line) {
    if (dialect == "unix") return decoder.line(line);
    const auto [verb, target, body] = recorded_http(line);
    return decoder.http(target, body);
  }
};

const std::vector<std::string> dialects{"unix", "rest", "post", "post_json"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_recorded_request_is_understood, Answering) {
  std::set<std::string> first;
  for (const std::string& dialect : dialects) {
    std::set<std::string> understood;
    for (const std::string& line : recorded(dialect)) {
      BOOST_TEST_CONTEXT(dialect << ": " << line) {
        const std::string shown = show(decode(dialect, line));
        // What a backend for writing would be asked when PowerDNS's API is told to change a record.
        const bool transaction = line.find("startTransaction") != line.npos;
        BOOST_TEST(shown.starts_with("refused") == transaction, shown);
        if (!transaction && shown != "initialize") understood.insert(shown);
        const std::string reply = ask(decode(dialect, line));
        BOOST_TEST(is_reply(reply), reply);
      }
    }
    // The same session was recorded over each.
    if (first.empty()) first = understood;
    BOOST_TEST(understood == first, boost::test_tools::per_element());
  }
  BOOST_TEST(first.size() > 35u);
}

BOOST_FIXTURE_TEST_CASE(whatever_becomes_of_a_request_the_reply_is_one, Answering) {
  std::mt19937 random(20240229);
  const auto below = [&](std::size_t end) { return random() % end; };
  int refused = 0;
  for (const std::string& dialect : dialects) {
    const auto lines = recorded(dialect);
    for (int i = 0; i < 30'000; ++i) {
      std::string line = lines[below(lines.size())];
      for (std::size_t edits = 1 + below(4); edits > 0 && !line.empty(); --edits) {
        const std::size_t at = below(line.size());
        switch (below(5)) {
          case 0:
            line[at] = static_cast<char>(below(256));
            break;
          case 1:
            line.erase(at, 1 + below(8));
            break;
          case 2:
            line.insert(at, 1 + below(300), "\"\\{}[],:%./a\xff\x01"[below(14)]);
            break;
          case 3:
            line.insert(at, line.substr(below(line.size()), below(40)));
            break;
          case 4:
            line.resize(at);
            break;
        }
      }
      const Question& question = decode(dialect, line);
      refused += question.method == Method::refused;
      const std::string reply = ask(question);
      if (!is_reply(reply)) BOOST_ERROR(line << " was answered " << reply);
    }
  }
  BOOST_TEST(refused > 10'000);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
