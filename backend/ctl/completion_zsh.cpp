#include <algorithm>

#include "ctl/describe.hpp"

namespace failover::ctl {
namespace {

// Text inside single quotes inside a spec of _arguments, where brackets and colons mean something.
std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'')
      escaped += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      escaped += std::string("\\") + c;
    else
      escaped += c;
  }
  return escaped;
}

std::string function_name(const CommandText& command) {
  std::string name = command.path.empty() ? "_failoverctl" : "_failoverctl_" + command.path;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

// The ":message:action" of a value.
std::string action(const Parameter& parameter) {
  std::string does = " ";
  if (!parameter.choices.empty()) {
    does = "(";
    for (const auto& choice : parameter.choices) does += (does.size() > 1 ? " " : "") + choice;
    does += ")";
  } else if (parameter.kind == "FILE") {
    does = "_files";
  } else if (parameter.kind == "GROUP" || parameter.kind == "STACK" || parameter.kind == "ZONE" ||
             parameter.kind == "TOKEN") {
    std::string family = parameter.kind;
    std::transform(family.begin(), family.end(), family.begin(),
                   [](char c) { return static_cast<char>(c + 32); });
    // The space keeps _arguments from putting options of compadd before the word.
    does = " _failoverctl_list " + family + "s";
  }
  return ":" + quoted(parameter.kind) + ":" + does;
}

std::string option_specs(const CommandText& command) {
  std::string specs;
  for (const auto& option : command.options) {
    // Every command's help is among the program's own options already.
    if (!command.path.empty() && option.flags.back() == "--help") continue;
    for (const auto& flag : option.flags)
      specs += " \\\n    '" + std::string(option.many ? "*" : "") + flag + "[" + quoted(option.meaning) +
               "]" + (option.kind.empty() ? "" : action(option)) + "'";
  }
  return specs;
}

void leaf(std::string& script, const CommandText& command) {
  script += function_name(command) + "() {\n  _arguments -S $_failoverctl_globals" + option_specs(command);
  std::size_t place = 1;
  for (const auto& argument : command.arguments) {
    script += argument.kind == "COMMAND" ? " \\\n    '*::command:_normal'"
                                         : " \\\n    '" + std::to_string(place) + action(argument) + "'";
    ++place;
  }
  script += "\n}\n\n";
}

void branch(std::string& script, const CommandText& command) {
  std::string names, cases;
  for (const auto& below : command.commands) {
    names += "\n        '" + quoted(below.name) + ":" + quoted(below.meaning) + "'";
    cases += "\n        " + below.name + ") " + function_name(below) + " ;;";
  }
  script += function_name(command) +
            "() {\n  local curcontext=\"$curcontext\" state line ret=1\n  typeset -A opt_args\n"
            "  _arguments -C $_failoverctl_globals '1:command:->command' '*::argument:->argument' && ret=0\n"
            "  case $state in\n    command)\n      local -a names=(" +
            names +
            ")\n      _describe command names && ret=0 ;;\n    argument)\n      "
            "curcontext=\"${curcontext%:*}-$line[1]:\"\n"
            "      case $line[1] in" +
            cases + "\n      esac && ret=0 ;;\n  esac\n  return ret\n}\n\n";
}

void functions(std::string& script, const CommandText& command) {
  for (const auto& below : command.commands) functions(script, below);
  command.commands.empty() ? leaf(script, command) : branch(script, command);
}

constexpr const char* head = R"sh(#compdef failoverctl
# zsh completion for failoverctl, made by: failoverctl completion zsh

_failoverctl_list() {
  local -a names=(${(f)"$(failoverctl --timeout 2s $1 list 2>/dev/null |
    awk 'NR > 1 && $1 ~ /^[A-Za-z0-9._-]+$/ { print $1 }')"})
  compadd -a names
}

)sh";

}  // namespace

std::string zsh_completion(const CommandText& program) {
  std::string script = head + std::string("typeset -ga _failoverctl_globals=(");
  std::string globals = option_specs(program);
  for (std::size_t at; (at = globals.find(" \\\n")) != std::string::npos;) globals.replace(at, 3, "\n");
  script += globals + "\n)\n\n";
  functions(script, program);
  return script + "_failoverctl \"$@\"\n";
}

}  // namespace failover::ctl
