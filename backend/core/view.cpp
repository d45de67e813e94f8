#include "core/view.hpp"

#include "core/answer.hpp"

namespace failover {

std::vector<Record> answer(const View& view, const Group& group) {
  const Stack* live = view.stack(group.live_stack());
  if (live == nullptr) return {};
  auto records = answer(live->servers);
  for (Record& record : records) record.ttl = effective_ttl(view, group);
  return records;
}

FailoverStatus failover_status(const View& view, StackNo stack) {
  auto status = FailoverStatus::none;
  view.each_group_of(stack, [&](const Group& group) {
    status = group.live_stack() == stack ? FailoverStatus::online : FailoverStatus::offline;
    return status != FailoverStatus::online;
  });
  return status;
}

}  // namespace failover
