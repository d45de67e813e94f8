#include "core/rules.hpp"

#include "core/name.hpp"
#include "core/rules_common.hpp"

namespace failover {

Result<Decision> decide(const View& view, const Command& command, const Context& context,
                        std::optional<Revision> if_match) {
  return std::visit([&](const auto& request) { return rules::decide(view, request, context, if_match); },
                    command);
}

Result<const Group*> find_group(const View& view, std::string_view label_or_address) {
  const std::string text = kept_form(label_or_address);
  const std::string label(first_label(text));
  std::vector<const Group*> found;
  std::string addresses;
  view.each_zone([&](const Zone& zone) {
    if (text == label || parent(text) == zone.name) {
      if (const Group* group = view.group({zone.no, label})) {
        found.push_back(group);
        addresses += (addresses.empty() ? "" : " and ") + address(view, *group);
      }
    }
    return true;
  });
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Refusal{Code::not_found,
                   "There is no group " + text + ": list the groups to see which there are."};
  }
  return Refusal{Code::not_found,
                 "More than one zone has the label " + label + ": name one of " + addresses + "."};
}

Result<const Stack*> find_stack(const View& view, std::string_view id_or_name) {
  const std::string text = lower(id_or_name);
  if (const Stack* stack = view.stack(text)) return stack;
  return Refusal{Code::not_found, "There is no stack " + text + ": list the stacks to see which there are."};
}

Result<const Zone*> find_zone(const View& view, std::string_view name) {
  std::string text = lower(name);
  if (text.ends_with('.')) text.pop_back();
  if (const Zone* zone = view.zone(text)) return zone;
  return Refusal{Code::not_found, "There is no zone " + text + ": list the zones to see which there are."};
}

}  // namespace failover
