#include "ctl/output.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

namespace failover::ctl {
namespace {

struct Printed {
  std::ostringstream out, err;
  Output output{out, err};
};

BOOST_AUTO_TEST_SUITE(output)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
  Printed printed;
  Table table({"NAME", "LIVE"});
  table.add({"a", "primary"});
  table.add({"Börse", "none"});
  table.print(printed.output);
  BOOST_TEST(printed.out.str() ==
             "NAME   LIVE\n"
             "a      primary\n"
             "Börse  none\n");
}

BOOST_AUTO_TEST_CASE(a_terminal_s_width_is_kept_to_where_it_can_be) {
  struct {
    std::size_t columns;
    const char* text;
  } const rows[] = {
      {0, "ADDRESS       NAME        ANSWER\nshop.example  Größerlein  A 192.0.2.1, A 192.0.2.2\n"},
      {80, "ADDRESS       NAME        ANSWER\nshop.example  Größerlein  A 192.0.2.1, A 192.0.2.2\n"},
      {40, "ADDRESS       NAME        ANSWER\nshop.example  Größerlein  A 192.0.2.1, …\n"},
      {33, "ADDRESS       NAME      ANSWER\nshop.example  Größerl…  A 192.0.…\n"},
      {10, "ADDRESS       NAME    ANSWER\nshop.example  Größe…  A 192…\n"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.columns) {
      Printed printed;
      printed.output.columns = row.columns;
      Table table({"ADDRESS", "NAME", "ANSWER"});
      table.add({"shop.example", "Größerlein", "A 192.0.2.1, A 192.0.2.2"});
      table.print(printed.output);
      BOOST_TEST(printed.out.str() == row.text);
    }
  }
}

BOOST_AUTO_TEST_CASE(colour_adds_no_width_and_stays_out_where_there_is_none) {
  Printed printed;
  printed.output.colour = true;
  Table table({"A", "B"});
  table.add({"x", "y"}, Colour::green);
  table.print(printed.output);
  BOOST_TEST(printed.out.str() == "\033[1mA\033[0m  \033[1mB\033[0m\n\033[32mx\033[0m  y\n");
  printed.output.colour = false;
  BOOST_TEST(painted(printed.output, Colour::red, "x") == "x");
}

BOOST_AUTO_TEST_CASE(a_token_in_a_wrong_place_is_not_shown) {
  const std::string secret = "fo_" + std::string(20, 'a') + '-' + std::string(20, '7') + "_Z";
  BOOST_TEST(without_tokens("cannot read " + secret + ": x, " + secret) == "cannot read fo_...: x, fo_...");
  BOOST_TEST(without_tokens("fo_short") == "fo_short");
}

BOOST_AUTO_TEST_CASE(a_name_cannot_drive_the_terminal) {
  BOOST_TEST(printable("a\033[2Jb\nc\x7f") == "a?[2Jb?c?");
  BOOST_TEST(printable("\xC2\x9B"
                       "2J é") == "?2J é");
  BOOST_TEST(printable("a\u200Eb\u200Fc\u202Ad\u202Ee\u2066f\u2069g") == "a?b?c?d?e?f?g");
  BOOST_TEST(printable("\u2010 \u2029 \u202F \u2065 \u206A …") == "\u2010 \u2029 \u202F \u2065 \u206A …");
  BOOST_TEST(printable("\xE2\x80") == "\xE2\x80");
  Printed printed;
  Table table({"A"});
  table.add({"\033]0;x\a"});
  table.print(printed.output);
  BOOST_TEST(printed.out.str().find('\033') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(facts_stand_under_each_other) {
  Printed printed;
  Facts facts;
  facts.add("now", "A 192.0.2.1");
  facts.add("flushed", "one\ntwo");
  facts.print(printed.output);
  BOOST_TEST(printed.out.str() ==
             "now      A 192.0.2.1\n"
             "flushed  one\n"
             "         two\n");
}

BOOST_AUTO_TEST_CASE(what_is_absent_reads_as_empty) {
  rapidjson::Document json;
  json.Parse(R"({"a":"x","b":null,"c":17,"d":true,"e":["y"]})");
  BOOST_TEST(text_of(json, "a") == "x");
  BOOST_TEST(text_of(json, "b") == "");
  BOOST_TEST(text_of(json, "c") == "17");
  BOOST_TEST(text_of(json, "d") == "true");
  BOOST_TEST(text_of(json, "z") == "");
  BOOST_TEST(list_of(json, "e").Size() == 1u);
  BOOST_TEST(list_of(json, "a").Size() == 0u);
  BOOST_TEST(list_of(json["b"], "e").Size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
