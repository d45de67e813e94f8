#include "powerdns/recent.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace failover::powerdns {
BOOST_AUTO_TEST_SUITE(recent)
namespace {

using Time = Recent::Clock::time_point;
Time at(int second) { return Time(std::chrono::seconds(second)); }

}  // namespace

BOOST_AUTO_TEST_CASE(names_in_any_form_are_the_same) {
  BOOST_TEST(hash_name("A.Example.") == hash_key("a.example"));
  BOOST_TEST(hash_name("a.example") == hash_key("a.example"));
  BOOST_TEST(hash_name("b.example") != hash_key("a.example"));
}

BOOST_AUTO_TEST_CASE(what_was_answered_is_remembered) {
  const auto recent = std::make_unique<Recent>();
  BOOST_TEST(!recent->last("a.example", at(2)));
  recent->finish(recent->start(hash_name("a.example"), at(1)), at(5));
  BOOST_TEST((recent->last("A.example.", at(2)) == at(5)));
  BOOST_TEST(!recent->last("b.example", at(2)));
  recent->finish(recent->start(hash_name("a.example"), at(1)), at(7));
  recent->finish(recent->start(hash_name("b.example"), at(1)), at(9));
  BOOST_TEST((recent->last("a.example", at(2)) == at(7)));
  BOOST_TEST((recent->last("", at(2)) == at(9)), "of any name");
}

BOOST_AUTO_TEST_CASE(what_is_in_flight_is_said_and_never_pushed_out) {
  const auto recent = std::make_unique<Recent>();
  const auto slow = recent->start(hash_name("slow.example"), at(1));
  recent->finish(recent->start(hash_name("old.example"), at(1)), at(5));
  for (int i = 0; i < 10'000; ++i) recent->finish(recent->start(hash_name("busy.example"), at(1)), at(6));
  BOOST_TEST(!recent->last("old.example", at(2)));
  BOOST_TEST((recent->last("slow.example", at(2)) == Recent::underway));
  BOOST_TEST((recent->last("", at(2)) == Recent::underway));
  recent->finish(slow, at(8));
  BOOST_TEST((recent->last("slow.example", at(2)) == at(8)));
}

BOOST_AUTO_TEST_CASE(there_is_room_for_as_many_in_flight_as_there_can_be_connections) {
  const auto recent = std::make_unique<Recent>();
  std::vector<Recent::Ticket> tickets;
  for (int i = 0; i < 5'000; ++i)
    tickets.push_back(recent->start(hash_name("name" + std::to_string(i)), at(1)));
  for (int i = 0; i < 5'000; ++i)
    BOOST_TEST((recent->last("name" + std::to_string(i), at(2)) == Recent::underway));
  for (const auto ticket : tickets) recent->finish(ticket, at(3));
  BOOST_TEST((recent->last("name4999", at(2)) == at(3)));
}

BOOST_AUTO_TEST_CASE(what_was_begun_after_a_change_says_nothing_about_it) {
  const auto recent = std::make_unique<Recent>();
  recent->finish(recent->start(hash_name("a.example"), at(3)), at(4));
  recent->start(hash_name("a.example"), at(6));
  BOOST_TEST(!recent->last("a.example", at(2)));
  BOOST_TEST((recent->last("a.example", at(5)) == at(4)));
  BOOST_TEST((recent->last("a.example", at(7)) == Recent::underway));
}

BOOST_AUTO_TEST_CASE(either_the_lookup_sees_the_change_or_the_flusher_sees_the_lookup) {
  const auto recent = std::make_unique<Recent>();
  const std::uint64_t hash = hash_name("a.example");
  for (int round = 0; round < 1'000; ++round) {
    std::atomic<bool> changed{false};
    bool saw_change = false, saw_lookup = false;
    {
      const std::jthread lookup([&] {
        const auto ticket = recent->start(hash, at(1));
        saw_change = changed.load();
        recent->finish(ticket, at(round + 1));
      });
      changed.store(true);
      const auto last = recent->last("a.example", at(2));
      saw_lookup = last && *last > at(round);
    }
    BOOST_REQUIRE(saw_change || saw_lookup);
  }
}

BOOST_AUTO_TEST_CASE(many_threads) {
  const auto recent = std::make_unique<Recent>();
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&, thread] {
        const std::uint64_t hash = hash_key("name" + std::to_string(thread));
        for (int i = 1; i <= 20'000; ++i) recent->finish(recent->start(hash, at(1)), at(i));
      });
    for (int i = 0; i < 100; ++i) recent->last("name1", at(2));
  }
  // Every place was given back.
  for (int thread = 0; thread < 4; ++thread)
    if (const auto last = recent->last("name" + std::to_string(thread), at(2)))
      BOOST_TEST((*last <= at(20'000)));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::powerdns
