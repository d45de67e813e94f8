// How commands are declared: each family has one file that adds its commands to CLI11 with what runs them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "ctl/api.hpp"
#include "ctl/output.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace failover::ctl {

// Runs one command. Its arguments are what its declaration bound.
using Run = std::function<Result<void>(const Api& api, const Output& output)>;
// The same for a command that asks no server.
using RunAlone = std::function<Result<void>(const Output& output)>;

class Commands {
 public:
  explicit Commands(CLI::App& root) : root_(root) {}

  CLI::App& root() { return root_; }
  // A name under which commands stand: "groups".
  CLI::App& family(const std::string& name, const std::string& meaning);
  // `example` is one or more lines as typed.
  CLI::App& add(CLI::App& parent, const std::string& name, const std::string& meaning,
                const std::string& example, Run run);
  CLI::App& add_alone(CLI::App& parent, const std::string& name, const std::string& meaning,
                      const std::string& example, RunAlone run);

  // What runs the command that was parsed; nullptr where it is of the other kind or none was.
  const Run* chosen() const;
  const RunAlone* chosen_alone() const;

 private:
  CLI::App& declare(CLI::App& parent, const std::string& name, const std::string& meaning,
                    const std::string& example);

  CLI::App& root_;
  std::map<const CLI::App*, Run> runs_;
  std::map<const CLI::App*, RunAlone> alone_;
};

// Each adds one family.
void add_groups(Commands& commands);
void add_flip(Commands& commands, CLI::App& groups);
void add_stacks(Commands& commands);
void add_servers(Commands& commands, CLI::App& stacks);
void add_zones(Commands& commands);
void add_tokens(Commands& commands);
void add_transfer(Commands& commands);
void add_status(Commands& commands);
void add_exec(Commands& commands);
void add_trail(Commands& commands);
void add_doctor(Commands& commands);
void add_generate(Commands& commands);

// An option with a value, or an argument (a name without dashes) with the kind of value it takes.
CLI::Option& add_text(CLI::App& app, const std::string& name, const std::string& kind, std::string& value,
                      const std::string& meaning);
CLI::Option& add_if_revision(CLI::App& app, std::string& value);

}  // namespace failover::ctl
