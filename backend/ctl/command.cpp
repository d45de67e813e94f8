#include "ctl/command.hpp"

#include <CLI/CLI.hpp>

namespace failover::ctl {

CLI::App& Commands::declare(CLI::App& parent, const std::string& name, const std::string& meaning,
                            const std::string& example) {
  CLI::App& app = *parent.add_subcommand(name, meaning);
  app.footer(example);
  return app;
}

CLI::App& Commands::family(const std::string& name, const std::string& meaning) {
  CLI::App& app = declare(root_, name, meaning, "failoverctl " + name + " list");
  app.require_subcommand(1);
  return app;
}

CLI::App& Commands::add(CLI::App& parent, const std::string& name, const std::string& meaning,
                        const std::string& example, Run run) {
  CLI::App& app = declare(parent, name, meaning, example);
  runs_.emplace(&app, std::move(run));
  return app;
}

CLI::App& Commands::add_alone(CLI::App& parent, const std::string& name, const std::string& meaning,
                              const std::string& example, RunAlone run) {
  CLI::App& app = declare(parent, name, meaning, example);
  alone_.emplace(&app, std::move(run));
  return app;
}

const Run* Commands::chosen() const {
  for (const auto& [app, run] : runs_)
    if (app->parsed()) return &run;
  return nullptr;
}

const RunAlone* Commands::chosen_alone() const {
  for (const auto& [app, run] : alone_)
    if (app->parsed()) return &run;
  return nullptr;
}

CLI::Option& add_text(CLI::App& app, const std::string& name, const std::string& kind, std::string& value,
                      const std::string& meaning) {
  return *app.add_option(name, value, meaning)->type_name(kind);
}

CLI::Option& add_if_revision(CLI::App& app, std::string& value) {
  return add_text(app, "--if-revision", "N", value, "Only where the resource still is at this revision");
}

}  // namespace failover::ctl
