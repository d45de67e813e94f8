#include "settings_file.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <string_view>

namespace failover {
namespace {

FileSetting setting(std::string_view name, const toml::node& value) {
  using Kind = FileSetting::Kind;
  FileSetting setting{std::string(name), Kind::other, {}};
  if (const auto* text = value.as_string()) {
    setting.kind = Kind::text;
    setting.values = {text->get()};
  } else if (const auto* truth = value.as_boolean()) {
    setting.kind = Kind::truth;
    setting.values = {truth->get() ? "true" : "false"};
  } else if (const auto* list = value.as_array();
             list != nullptr && (list->empty() || list->is_homogeneous<std::string>())) {
    setting.kind = Kind::list;
    for (const toml::node& item : *list) setting.values.push_back(item.as_string()->get());
  }
  return setting;
}

}  // namespace

std::variant<std::vector<FileSetting>, std::string> read_settings_file(const std::string& path) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    std::string text = path + ", line " + std::to_string(parsed.error().source().begin.line) + ": " +
                       std::string(parsed.error().description());
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }
  std::vector<FileSetting> settings;
  for (const auto& [key, value] : parsed.table()) settings.push_back(setting(key.str(), value));
  return settings;
}

}  // namespace failover
