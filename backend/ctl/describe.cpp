#include "ctl/describe.hpp"

#include <CLI/CLI.hpp>

namespace failover::ctl {
namespace {

// CLI11 writes a value's kind and its choices as "SIDE:{primary,backup}".
void read_kind(const CLI::Option& option, Parameter& parameter) {
  const std::string type = option.get_type_name();
  const auto open = type.find(":{");
  parameter.kind = type.substr(0, open);
  if (open == std::string::npos) return;
  parameter.choices = CLI::detail::split(type.substr(open + 2, type.size() - open - 3), ',');
}

Parameter describe(const CLI::Option& option) {
  Parameter parameter;
  for (const auto& name : option.get_snames()) parameter.flags.push_back("-" + name);
  for (const auto& name : option.get_lnames()) parameter.flags.push_back("--" + name);
  parameter.meaning = option.get_description();
  parameter.required = option.get_required();
  parameter.many = option.get_expected_max() == CLI::detail::expected_max_vector_size;
  if (option.get_items_expected_max() > 0) read_kind(option, parameter);
  if (parameter.flags.empty()) parameter.kind = option.get_name(true);
  return parameter;
}

CommandText describe(const CLI::App& app, const std::string& path) {
  CommandText text{app.get_name(), path, app.get_description(), app.get_footer(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options({}))
    (option->get_positional() ? text.arguments : text.options).push_back(describe(*option));
  for (const CLI::App* command : app.get_subcommands({}))
    text.commands.push_back(
        describe(*command, path.empty() ? command->get_name() : path + " " + command->get_name()));
  return text;
}

}  // namespace

std::string Parameter::text() const {
  std::string value = kind;
  if (!choices.empty()) value = CLI::detail::join(choices, "|");
  if (flags.empty()) return value;
  return CLI::detail::join(flags, ", ") + (value.empty() ? "" : " " + value);
}

std::string CommandText::usage() const {
  std::string text = "failoverctl" + (path.empty() ? " [OPTIONS]" : " " + path);
  std::string rest;
  for (const auto& argument : arguments) {
    // What follows "--" belongs to another program.
    if (argument.kind == "COMMAND") {
      rest = " -- COMMAND...";
      continue;
    }
    text += argument.required ? " " + argument.text() : " [" + argument.text() + "]";
  }
  for (const auto& option : options) {
    if (path.empty() || option.flags.back() == "--help") continue;
    const std::string shown = option.text() + (option.many ? "..." : "");
    text += option.required ? " " + shown : " [" + shown + "]";
  }
  return text + rest + (commands.empty() ? "" : " COMMAND");
}

CommandText describe(const CLI::App& app) {
  std::string path;
  for (const CLI::App* at = &app; at->get_parent() != nullptr; at = at->get_parent())
    path = path.empty() ? at->get_name() : at->get_name() + " " + path;
  return describe(app, path);
}

}  // namespace failover::ctl
