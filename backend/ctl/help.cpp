#include <algorithm>
#include <sstream>

#include "ctl/describe.hpp"

namespace failover::ctl {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t left_width = 28;

// Words of `text` in lines, each after the first begun with `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t column) {
  std::istringstream words(text);
  std::string lines;
  for (std::string word; words >> word;) {
    if (column > indent && column + 1 + word.size() > line_width) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!lines.empty()) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

std::string entry(const std::string& left, const std::string& right) {
  std::string text = "  " + left;
  text += text.size() + 2 > left_width ? "\n" + std::string(left_width, ' ')
                                       : std::string(left_width - text.size(), ' ');
  return text + wrapped(right, left_width, left_width) + "\n";
}

void list(std::string& page, const char* heading, const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return;
  page += std::string("\n") + heading + ":\n";
  for (const auto& parameter : parameters) page += entry(parameter.text(), parameter.meaning);
}

}  // namespace

std::string help(const CommandText& command) {
  std::string page = wrapped(command.meaning, 0, 0) + "\n\nUsage: " + wrapped(command.usage(), 9, 7) + "\n";
  if (!command.commands.empty()) {
    page += "\nCommands:\n";
    for (const auto& below : command.commands) page += entry(below.name, below.meaning);
  }
  list(page, "Arguments", command.arguments);
  list(page, "Options", command.options);
  if (!command.path.empty())
    page +=
        "\nThe options of 'failoverctl --help' (--json, --url, --token-file ...) stand before or after the "
        "command.\n";
  std::istringstream lines(command.example);
  if (!command.example.empty()) page += "\nExample:\n";
  for (std::string line; std::getline(lines, line);) page += "  " + line + "\n";
  return page;
}

}  // namespace failover::ctl
