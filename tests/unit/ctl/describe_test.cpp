#include "ctl/describe.hpp"

#include <boost/test/unit_test.hpp>

#include "ctl/program.hpp"

namespace failover::ctl {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The commands that scripts rely on.
constexpr const char* commands[] = {
    "groups list", "groups show", "groups create", "groups set",    "groups flip",   "groups delete",
    "stacks list", "stacks show", "stacks put",    "stacks rename", "stacks delete", "zones list",
    "zones show",  "zones put",   "zones delete",  "tokens list",   "tokens create", "tokens revoke",
    "import",      "export",      "status",        "exec",          "events",        "doctor",
    "completion",  "man"};

const CommandText* find(const CommandText& program, const std::string& path) {
  if (program.path == path) return &program;
  for (const auto& below : program.commands)
    if (const auto* found = find(below, path)) return found;
  return nullptr;
}

std::string roff(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\\-");
  return text;
}

BOOST_AUTO_TEST_SUITE(describing)

BOOST_AUTO_TEST_CASE(every_command_has_a_meaning_and_an_example) {
  const auto program = describe_program();
  for (const char* path : commands) {
    BOOST_TEST_CONTEXT(path) {
      const auto* command = find(program, path);
      BOOST_TEST_REQUIRE(command != nullptr);
      BOOST_TEST(!command->meaning.empty());
      BOOST_TEST(command->example.starts_with("failoverctl "));
      const std::string page = help(*command);
      BOOST_TEST(holds(page, "Usage: failoverctl " + command->path));
      BOOST_TEST(holds(page, "Example:"));
    }
  }
}

// Every command with every option of it, wherever they are shown.
void check(const CommandText& command, const std::string& man, const std::string& bash,
           const std::string& zsh) {
  BOOST_TEST_CONTEXT(command.path) {
    if (command.commands.empty()) BOOST_TEST(holds(man, ".SS " + roff(command.path) + "\n"));
    for (const auto& option : command.options) {
      BOOST_TEST_CONTEXT(option.text()) {
        BOOST_TEST(!option.meaning.empty());
        BOOST_TEST(holds(man, roff(option.flags.back())));
        BOOST_TEST(holds(bash, option.flags.back()));
        BOOST_TEST(holds(zsh, option.flags.back() + "["));
        BOOST_TEST(holds(help(command), option.text()));
      }
    }
    for (const auto& below : command.commands) {
      BOOST_TEST(holds(bash, below.name));
      BOOST_TEST(holds(zsh, below.name + ") _failoverctl_"));
      check(below, man, bash, zsh);
    }
  }
}

BOOST_AUTO_TEST_CASE(manual_and_completions_leave_nothing_out) {
  const auto program = describe_program();
  check(program, manual(program), bash_completion(program), zsh_completion(program));
}

BOOST_AUTO_TEST_CASE(usage_shows_what_is_needed_and_what_is_not) {
  const auto program = describe_program();
  const auto usage = [&](const char* path) { return find(program, path)->usage(); };
  BOOST_TEST(usage("groups show") == "failoverctl groups show GROUP");
  BOOST_TEST(usage("stacks rename") == "failoverctl stacks rename STACK NEW [--if-revision N]");
  BOOST_TEST(usage("exec") == "failoverctl exec STACK [--only-online] [--max-age DURATION] -- COMMAND...");
  BOOST_TEST(
      usage("groups flip") ==
      "failoverctl groups flip GROUP [--to primary|backup] [--reason TEXT] [--force] [--if-revision N]");
}

BOOST_AUTO_TEST_CASE(completions_offer_what_a_value_can_be) {
  const auto program = describe_program();
  BOOST_TEST(holds(bash_completion(program), "'groups flip:--to') echo 'primary backup'"));
  BOOST_TEST(holds(bash_completion(program), "'groups flip:0') echo '@GROUP'"));
  BOOST_TEST(holds(bash_completion(program), "'tokens revoke:0') echo '@TOKEN'"));
  BOOST_TEST(holds(zsh_completion(program), "SIDE:(primary backup)"));
  BOOST_TEST(holds(zsh_completion(program), "1:GROUP: _failoverctl_list groups"));
}

BOOST_AUTO_TEST_CASE(no_line_of_the_manual_is_taken_for_a_request) {
  CommandText program{"failoverctl", "", ".hidden 'text\\", "", {}, {}, {}};
  BOOST_TEST(holds(manual(program), "\\&.hidden 'text\\e"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
