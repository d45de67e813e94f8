#include "ctl/event_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace failover::ctl {
namespace {

struct Seen {
  std::vector<std::string> data, ids;
  std::string last_id;
};

// Feeds `text` in pieces of `size`.
Seen read(const std::string& text, std::size_t size) {
  Seen seen;
  EventStream stream;
  for (std::size_t at = 0; at < text.size(); at += size)
    stream.feed(std::string_view(text).substr(at, size), [&](const std::string& data) {
      seen.data.push_back(data);
      seen.ids.push_back(stream.last_id());
    });
  seen.last_id = stream.last_id();
  return seen;
}

BOOST_AUTO_TEST_SUITE(event_stream)

BOOST_AUTO_TEST_CASE(events_are_the_same_whatever_pieces_they_come_in) {
  const struct {
    const char *rule, *text;
    std::vector<std::string> data, ids;
    const char* last_id;
  } rows[] = {
      {"an event ends with an empty line",
       "id: 17\ndata: {\"a\":1}\n\nid: 18\ndata: b\n\n",
       {"{\"a\":1}", "b"},
       {"17", "18"},
       "18"},
      {"what has no end yet is no event", "id: 17\ndata: a\n\nid: 18\ndata: b\n", {"a"}, {"17"}, "17"},
      {"CR and LF, and CR alone", "id:1\r\ndata:a\r\n\r\nid:2\rdata:b\r\r", {"a", "b"}, {"1", "2"}, "2"},
      {"CR and LF are one end of a line", "data:a\r\ndata:b\r\n\r\n", {"a\nb"}, {""}, ""},
      {"data on several lines", "data: a\ndata: b\n\n", {"a\nb"}, {""}, ""},
      {"comments and unknown fields are left out",
       ": hello\nretry: 5\nid: 3\ndata: a\n\n: hello\n\n",
       {"a"},
       {"3"},
       "3"},
      {"an id alone moves the place to resume from", "id: 40\n\n", {}, {}, "40"},
      {"an id stands until the next one", "id: 3\ndata: a\n\ndata: b\n\n", {"a", "b"}, {"3", "3"}, "3"},
  };
  for (const auto& row : rows) {
    for (const std::size_t size : {1, 2, 3, 7, 1000}) {
      BOOST_TEST_CONTEXT(row.rule << ", pieces of " << size) {
        const Seen seen = read(row.text, size);
        BOOST_TEST(seen.data == row.data, boost::test_tools::per_element());
        BOOST_TEST(seen.ids == row.ids, boost::test_tools::per_element());
        BOOST_TEST(seen.last_id == row.last_id);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
