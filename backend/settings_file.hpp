// The settings file: TOML, each setting a key at its top.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace failover {

// One key and what it is set to.
struct FileSetting {
  enum class Kind { text, list, truth, other };  // other: what no setting takes, such as a table or a number
  std::string name;
  Kind kind;
  std::vector<std::string> values;  // none for `other`; a truth is "true" or "false"
};

// The file's keys; or, in one line, where it is no TOML and what is wrong there.
std::variant<std::vector<FileSetting>, std::string> read_settings_file(const std::string& path);

}  // namespace failover
