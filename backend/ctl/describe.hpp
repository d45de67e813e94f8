// What the command line takes, as plain values read from its CLI11 declaration: the help, the manual page and
// the completions are all made from these.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace failover::ctl {

// An option or an argument.
struct Parameter {
  std::vector<std::string> flags;    // "-h", "--help"; empty for an argument
  std::string kind;                  // what its value is, "SIDE"; "" for a flag without one
  std::vector<std::string> choices;  // the only values it takes, empty for any
  std::string meaning;
  bool required = false;
  bool many = false;
  std::string text() const;  // "-h, --help", "--to primary|backup", "GROUP"
};

struct CommandText {
  std::string name;  // "flip"
  std::string path;  // "groups flip"; "" for the program
  std::string meaning;
  std::string example;  // one or more lines
  std::vector<Parameter> arguments, options;
  std::vector<CommandText> commands;
  std::string usage() const;  // "failoverctl groups flip GROUP [--to primary|backup] ..."
};

// Reads `app` and all that lies below it.
CommandText describe(const CLI::App& app);

// --help of one command.
std::string help(const CommandText& command);

// The manual page failoverctl(1), in man(7)'s language.
std::string manual(const CommandText& program);

// Completion scripts.
std::string bash_completion(const CommandText& program);
std::string zsh_completion(const CommandText& program);

}  // namespace failover::ctl
