#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "store/support.hpp"

using namespace failover;
using namespace failover::test;

namespace {

struct Fixture {
  Directory directory;
  std::unique_ptr<Store> store = directory.open();
  Changes changes;

  void commit(std::vector<Change> list) { BOOST_REQUIRE(store->commit(list).has_value()); }
  std::vector<Revision> revisions(const TrailQuery& query) {
    std::vector<Revision> list;
    for (const TrailEntry& entry : store->trail(query).value()) list.push_back(entry.revision);
    return list;
  }
};

TrailQuery query(Revision after, std::size_t limit, std::string zone, std::string group, std::string stack_id,
                 std::string stack_name) {
  return {after, limit, std::move(zone), std::move(group), std::move(stack_id), std::move(stack_name)};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trail_test, Fixture)

BOOST_AUTO_TEST_CASE(an_entry_reads_as_it_was_written) {
  Change change = changes.create(changes.zone());
  change.by.reason = "line one\nline \"two\"";
  change.group = "label";
  change.stack = "name";
  change.before = "{\"a\":1}";
  change.after = "{\"b\":2}";
  Change bare = changes.change("token_create", Touched<Token>{{}, changes.token("tok_0000000000001")});
  bare.by = {at(-1), "", "", "", 0};
  commit({change, bare});

  const auto entries = store->trail({}).value();
  BOOST_REQUIRE(entries.size() == 2u);
  const TrailEntry& entry = entries[0];
  BOOST_TEST(entry.revision == 1);
  BOOST_TEST((entry.at == changes.now));
  BOOST_TEST(entry.verb == "zone_put");
  BOOST_TEST(entry.actor == "admin");
  BOOST_TEST(entry.from == "127.0.0.1");
  BOOST_TEST(entry.reason == "line one\nline \"two\"");
  BOOST_TEST(entry.zone == "failover.example");
  BOOST_TEST(entry.group == "label");
  BOOST_TEST(entry.stack == "name");
  BOOST_TEST(entry.before == "{\"a\":1}");
  BOOST_TEST(entry.after == "{\"b\":2}");
  BOOST_TEST((entries[1].at == at(-1)));
  for (const std::string* text : {&entries[1].zone, &entries[1].group, &entries[1].stack, &entries[1].before,
                                  &entries[1].after, &entries[1].actor}) {
    BOOST_TEST(*text == "");
  }
}

BOOST_AUTO_TEST_CASE(queries) {
  // 1 zone, 2 to 4 stacks, 5 group 414-262-781, 6 group shop, 7 shop in another zone, 8 stack 1 renamed, 9
  // flip.
  commit(changes.start());
  commit({changes.create(changes.group("shop", 1))});
  Change elsewhere = changes.change("retire", Retired{"other.example", "shop"});
  elsewhere.zone = "other.example";
  elsewhere.group = "shop";
  commit({elsewhere});
  const Stack before = changes.stack(1, "shop-eu");
  Change rename = changes.change("stack_rename", Touched<Stack>{before, changes.stack(1, "renamed")});
  rename.stack = "renamed";
  rename.stack_id = before.id;
  std::get<Touched<Stack>>(rename.subject).after->revision = rename.revision;
  commit({rename});
  Group flipped = changes.group("414-262-781", 1, 2);
  flipped.live = Side::backup;
  Change flip = changes.touch("flip", changes.group("414-262-781", 1, 2), flipped);
  flip.stack = "shop-us";
  commit({flip});

  const std::string id1 = before.id, id2 = changes.stack(2, "").id;
  struct Row {
    const char* what;
    TrailQuery query;
    std::vector<Revision> expected;
  };
  const Row rows[] = {
      {"all", query(0, 100, "", "", "", ""), {1, 2, 3, 4, 5, 6, 7, 8, 9}},
      {"after", query(6, 100, "", "", "", ""), {7, 8, 9}},
      {"limited", query(2, 3, "", "", "", ""), {3, 4, 5}},
      {"after the last", query(9, 100, "", "", "", ""), {}},
      {"a group", query(0, 100, "", "414-262-781", "", ""), {5, 9}},
      {"a label in two zones", query(0, 100, "", "shop", "", ""), {6, 7}},
      {"a label in one of them", query(0, 100, "other.example", "shop", "", ""), {7}},
      {"a zone", query(0, 100, "failover.example", "", "", ""), {1, 5, 6, 9}},
      {"a group after", query(5, 100, "", "414-262-781", "", ""), {9}},
      {"a group that never was", query(0, 100, "", "none", "", ""), {}},
      {"a stack by id, renamed since", query(0, 100, "", "", id1, ""), {2, 8}},
      {"a stack by name", query(0, 100, "", "", "", "shop-us"), {3, 9}},
      {"a stack by either, each entry once", query(0, 100, "", "", id2, "shop-us"), {3, 9}},
      {"a stack, limited", query(0, 1, "", "", id1, "renamed"), {2}},
      {"a stack after", query(2, 100, "", "", id1, "renamed"), {8}},
      {"a stack and a group", query(0, 100, "", "414-262-781", id2, "shop-us"), {9}},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.what) {
      BOOST_TEST(revisions(row.query) == row.expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_deleted_group_keeps_its_trail) {
  commit(changes.start());
  commit({changes.create(changes.group("gone")), changes.create(changes.group("kept"))});
  commit({changes.touch("group_delete", changes.group("gone"), {})});
  const std::vector<Revision> expected = {6, 8}, later = {8};
  BOOST_TEST(revisions(query(0, 100, "", "gone", "", "")) == expected, boost::test_tools::per_element());
  BOOST_TEST(revisions(query(6, 100, "", "gone", "", "")) == later, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(altered_names_each_once_since_a_moment) {
  commit(changes.start());
  changes.now += std::chrono::minutes(10);
  Change stack = changes.create(changes.stack(4, "new"));
  stack.altered = {"b.failover.example", "a.failover.example", "414-262-781.failover.example"};
  commit({stack, changes.create(changes.group("a"))});
  Change nothing = changes.create(changes.stack(5, "newer"));
  commit({nothing});

  const std::vector<std::string> all = {"414-262-781.failover.example", "a.failover.example",
                                        "b.failover.example", "failover.example"};
  BOOST_TEST(store->altered_since(at(0)) == all, boost::test_tools::per_element());
  const std::vector<std::string> latest = {"414-262-781.failover.example", "a.failover.example",
                                           "b.failover.example"};
  BOOST_TEST(store->altered_since(changes.now) == latest, boost::test_tools::per_element());
  BOOST_TEST(store->altered_since(changes.now + std::chrono::milliseconds(1)).empty());

  // What is older than a quarter of an hour goes along with a later commit.
  changes.now += std::chrono::minutes(15) + std::chrono::milliseconds(1);
  for (int i = 0; i < 4; ++i) commit({changes.create(changes.group("later-" + std::to_string(i)))});
  BOOST_TEST(store->altered_since(at(0)).size() == 4u);
}

BOOST_AUTO_TEST_CASE(very_many_altered_names_are_told_by_their_zones) {
  commit(changes.start());
  commit({changes.create(changes.zone(2, "other.example"))});
  changes.now += std::chrono::minutes(1);
  const Time then = changes.now;
  struct Row {
    const char* what;
    int first, count;  // the names altered by one more change
    std::size_t expected;
    std::string zone = "failover.example";
  };
  const Row rows[] = {
      {"some", 0, 2500, 2500},
      {"as many as are told", 2500, 2500, 5000},
      {"some of them again", 0, 9, 5000},
      {"some of another zone", 0, 3, 5003, "other.example"},
      {"one more", 5000, 1, 1 + 3},
      {"still more", 5001, 1000, 1 + 3},
  };
  StackNo no = 4;
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.what) {
      Change change = changes.create(changes.stack(no, "s" + std::to_string(no)));
      ++no;
      for (int i = row.first; i < row.first + row.count; ++i)
        change.altered.push_back(std::to_string(i) + '.' + row.zone);
      commit({change});
      BOOST_TEST(store->altered_since(then).size() == row.expected);
    }
  }
  BOOST_TEST(store->altered_since(then).front() == "failover.example");
}

BOOST_AUTO_TEST_CASE(the_trail_is_read_by_other_threads_while_commits_go_on) {
  commit(changes.start());
  std::atomic<bool> stop = false;
  std::atomic<int> gaps = 0, reads = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto entries = store->trail(query(0, 1000, "", "", "", ""));
        if (!entries) ++gaps;
        for (std::size_t at = 0; entries && at < entries->size(); ++at) {
          if ((*entries)[at].revision != static_cast<Revision>(at) + 1) ++gaps;
        }
        ++reads;
      }
    });
  }
  for (int i = 0; i < 200; ++i) commit({changes.create(changes.group("g" + std::to_string(i)))});
  while (reads < 2) std::this_thread::yield();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  BOOST_TEST(gaps == 0);
  BOOST_TEST(store->check() == "ok");
}

BOOST_AUTO_TEST_CASE(an_operator_can_look_with_sqlite3_meanwhile) {
  commit(changes.start());
  const SQLite::Database other(directory.file(), SQLite::OPEN_READONLY);
  SQLite::Statement groups(other, "SELECT label FROM groups");
  BOOST_REQUIRE(groups.executeStep());
  BOOST_TEST(groups.getColumn(0).getString() == "414-262-781");
  commit({changes.create(changes.group("meanwhile"))});
}

BOOST_AUTO_TEST_SUITE_END()
