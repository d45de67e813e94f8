#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/command.hpp"
#include "ctl/describe.hpp"
#include "ctl/program.hpp"

namespace failover::ctl {

void add_generate(Commands& commands) {
  const auto shell = std::make_shared<std::string>();
  CLI::App& app = commands.add_alone(
      commands.root(), "completion", "Print the completion script of a shell",
      "failoverctl completion bash > /etc/bash_completion.d/failoverctl\n"
      "failoverctl completion zsh > /usr/local/share/zsh/site-functions/_failoverctl",
      [shell](const Output& output) -> Result<void> {
        const auto program = describe_program();
        output.out << (*shell == "bash" ? bash_completion(program) : zsh_completion(program));
        return {};
      });
  add_text(app, "SHELL", "SHELL", *shell, "bash or zsh").check(CLI::IsMember({"bash", "zsh"}))->required();
  commands.add_alone(commands.root(), "man", "Print the manual page", "failoverctl man | man -l -",
                     [](const Output& output) -> Result<void> {
                       output.out << manual(describe_program());
                       return {};
                     });
}

}  // namespace failover::ctl
