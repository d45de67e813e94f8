// Groups by zone and label, drawn labels and others.
#include "core/group_index.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

namespace failover::test {

namespace {

using Key = std::pair<ZoneNo, std::string>;

std::string at(const GroupIndex& index, const Key& key) {
  const auto* word = index.find(key.first, key.second);
  return word == nullptr ? "none" : std::to_string(word->load());
}

}  // namespace

BOOST_AUTO_TEST_CASE(labels_that_look_alike) {
  // Each is another group.
  const Key keys[] = {
      {1, "414-262-781"},
      {2, "414-262-781"},
      {4294967295, "414-262-781"},
      {0, "414-262-781"},
      {1, "000-000-000"},
      {1, "000-000-001"},
      {1, "999-999-999"},
      {1, "414262781"},
      {1, "414-262-78"},
      {1, "414-262-7810"},
      {1, "414-262-78a"},
      {1, "a14-262-781"},
      {1, "4142-62-781"},
      {1, "414-2627-81"},
      {1, "shop"},
      {2, "shop"},
      {1, "shop2"},
      {1, "s"},
      {1, std::string(63, 'a')},
      {1, std::string(63, 'b')},
  };
  GroupIndex index(64);
  for (const Key& key : keys) BOOST_TEST(at(index, key) == "none", key.second);
  std::uint64_t word = 0;
  for (const Key& key : keys) index.add(key.first, key.second, ++word);
  word = 0;
  for (const Key& key : keys) BOOST_TEST(at(index, key) == std::to_string(++word), key.second);

  std::set<std::string> of_zone_two;
  index.each(2, [&](std::string_view label, const auto&) { of_zone_two.emplace(label); });
  BOOST_TEST((of_zone_two == std::set<std::string>{"414-262-781", "shop"}));

  index.find(1, "shop")->store(77);
  BOOST_TEST(at(index, {1, "shop"}) == "77");
  BOOST_TEST(at(index, {2, "shop"}) == "16", "of the other zone");

  BOOST_TEST(index.drop(1, "shop")->text == "shop");
  BOOST_TEST((index.drop(1, "414-262-781") == nullptr), "nothing to free");
  for (const Key& key : {Key{1, "shop"}, {1, "414-262-781"}}) BOOST_TEST(at(index, key) == "none");
  for (const Key& key : {Key{2, "shop"}, {2, "414-262-781"}}) BOOST_TEST(at(index, key) != "none");
  index.clear();
}

BOOST_AUTO_TEST_CASE(many_of_both_kinds_and_a_larger_index) {
  GroupIndex index(16384), larger(32768);
  std::map<Key, std::string> expected;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::string digits = std::to_string(1'000'000'000 + i * 387'420'489 % 1'000'000'000);
    const std::string label = i % 2 == 0
                                  ? digits.substr(1, 3) + '-' + digits.substr(4, 3) + '-' + digits.substr(7)
                                  : "g" + std::to_string(i);
    index.add(1 + i % 3, label, i);
    expected[{1 + i % 3, label}] = std::to_string(i);
  }
  for (std::size_t i = 0; auto& [key, word] : expected) {
    if (i++ % 5 != 0) continue;
    index.drop(key.first, key.second);
    word = "none";
  }
  larger.add_all(index);
  for (const auto& [key, word] : expected) {
    BOOST_TEST(at(index, key) == word, key.second);
    BOOST_TEST(at(larger, key) == word, key.second);
  }
  std::size_t visited = 0;
  for (const ZoneNo zone : {1, 2, 3, 4})
    larger.each(zone, [&](std::string_view label, const auto& word) {
      BOOST_TEST((expected[{zone, std::string(label)}] == std::to_string(word.load())));
      ++visited;
    });
  BOOST_TEST(visited == 8000u);
  larger.clear();
}

}  // namespace failover::test
