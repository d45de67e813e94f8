#include "ctl/describe.hpp"

namespace failover::ctl {
namespace {

// Every command with the path to it, the program itself first with "".
void each(const CommandText& command, auto visit) {
  visit(command);
  for (const auto& below : command.commands) each(below, visit);
}

// What a value can be: "primary backup" of choices, else "@STACK", which the script looks up.
std::string values(const Parameter& parameter) {
  std::string words;
  for (const auto& choice : parameter.choices) words += (words.empty() ? "" : " ") + choice;
  return words.empty() ? "@" + parameter.kind : words;
}

std::string arm(const std::string& pattern, const std::string& words) {
  return "    '" + pattern + "') echo '" + words + "' ;;\n";
}

std::string function(const std::string& name, const std::string& of, const std::string& arms) {
  return name + "() {\n  case " + of + " in\n" + arms + "  esac\n}\n\n";
}

constexpr const char* head = R"sh(# bash completion for failoverctl, made by: failoverctl completion bash

# Only what is a plain word: compgen -W expands what it is given, and the server's text must not be run.
_failoverctl_list() {
  failoverctl --timeout 2s "$@" 2>/dev/null | awk 'NR > 1 && $1 ~ /^[A-Za-z0-9._-]+$/ { print $1 }'
}

_failoverctl_values() {
  case $1 in
    @GROUP) compgen -W "$(_failoverctl_list groups list --match "${2%%.*}")" -- "$2" ;;
    @STACK) compgen -W "$(_failoverctl_list stacks list --match "$2")" -- "$2" ;;
    @ZONE) compgen -W "$(_failoverctl_list zones list)" -- "$2" ;;
    @TOKEN) compgen -W "$(_failoverctl_list tokens list)" -- "$2" ;;
    @FILE) compgen -f -- "$2" ;;
    @*) ;;
    *) compgen -W "$1" -- "$2" ;;
  esac
}

)sh";

constexpr const char* tail = R"sh(_failoverctl() {
  local current=${COMP_WORDS[COMP_CWORD]} path='' count=0 rest=0 word kind i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((rest)) || [[ $word == -- ]]; then
      rest=$((rest + 1))
    elif [[ $word == -* ]]; then
      kind=$(_failoverctl_value_of "$path:$word")
      if [[ -n $kind ]]; then
        i=$((i + 1))
        # Bash takes --to=backup for three words.
        if [[ ${COMP_WORDS[i]} == = ]]; then
          if ((i == COMP_CWORD)); then current=''; else i=$((i + 1)); fi
        fi
        if ((i == COMP_CWORD)); then
          mapfile -t COMPREPLY < <(_failoverctl_values "$kind" "$current")
          return
        fi
      fi
    elif [[ " $(_failoverctl_commands "$path") " == *" $word "* ]]; then
      path=${path:+$path }$word
    else
      count=$((count + 1))
    fi
  done
  if ((rest == 1)); then
    mapfile -t COMPREPLY < <(compgen -c -- "$current")
  elif ((rest > 1)); then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_failoverctl_options "$path") $(_failoverctl_options '')" -- "$current")
  elif [[ -n $(_failoverctl_commands "$path") ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_failoverctl_commands "$path")" -- "$current")
  else
    mapfile -t COMPREPLY < <(_failoverctl_values "$(_failoverctl_argument "$path:$count")" "$current")
  fi
}

complete -F _failoverctl failoverctl
)sh";

}  // namespace

std::string bash_completion(const CommandText& program) {
  std::string commands, options, value_of, arguments;
  each(program, [&](const CommandText& command) {
    std::string names, flags;
    for (const auto& below : command.commands) names += (names.empty() ? "" : " ") + below.name;
    for (const auto& option : command.options) {
      for (const auto& flag : option.flags) {
        flags += (flags.empty() ? "" : " ") + flag;
        // The program's own options stand anywhere.
        const std::string pattern = command.path.empty() ? "*:" + flag : command.path + ":" + flag;
        if (!option.kind.empty())
          value_of += "    " + (command.path.empty() ? pattern : "'" + pattern + "'") + ") echo '" +
                      values(option) + "' ;;\n";
      }
    }
    if (!names.empty()) commands += arm(command.path, names);
    options += arm(command.path, flags);
    for (std::size_t i = 0; i < command.arguments.size(); ++i)
      arguments += arm(command.path + ":" + std::to_string(i), values(command.arguments[i]));
  });
  return head + function("_failoverctl_commands", "$1", commands) +
         function("_failoverctl_options", "$1", options) + function("_failoverctl_value_of", "$1", value_of) +
         function("_failoverctl_argument", "$1", arguments) + tail;
}

}  // namespace failover::ctl
