#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"
#include "core/name.hpp"

namespace failover::admin {

void list_changes(Control& control, Call call) {
  const auto after = revision_from("after", call.target.parameter("after"));
  if (!after) return call.reply(problem(after.error()));
  const auto limit = limit_of(call.target);
  TrailQuery query;
  query.after = *after;
  query.limit = limit + 1;
  if (const auto group = kept_form(call.target.parameter("group")); !group.empty()) {
    query.group = first_label(group);
    query.zone = parent(group);
  }
  if (const auto stack = lower(call.target.parameter("stack")); !stack.empty()) {
    control.read([&](const State& state) {
      // Under its name there may be changes of an earlier stack too; under its id there are not.
      const auto* known = state.stack(stack);
      if (known) query.stack_id = known->id;
      if (stack.find('_') == stack.npos)
        query.stack_name = stack;
      else if (!known)
        query.stack_id = stack;
    });
  }
  const auto entries = control.store().trail(query);
  if (!entries) return call.reply(problem(entries.error()));
  std::vector<std::string> items;
  std::string next;
  for (const auto& entry : *entries) {
    if (items.size() == limit) {
      next = std::to_string((*entries)[limit - 1].revision);
      break;
    }
    items.push_back(render(entry));
  }
  call.reply(show_list(items, next));
}

}  // namespace failover::admin
