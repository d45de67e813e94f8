// Reading what is registered. Two things can be read so: the state that stands (state.hpp), and a draft over
// it (draft.hpp), which also shows what has been decided and is not yet durable.
//
// Pointers stay good until the thing read from is written to. Absence is nullptr.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/model.hpp"

namespace failover {

class View {
 public:
  virtual ~View() = default;

  virtual Revision revision() const = 0;

  virtual const Zone* zone(ZoneNo no) const = 0;
  virtual const Zone* zone(std::string_view name) const = 0;  // in lower case
  virtual const Stack* stack(StackNo no) const = 0;
  virtual const Stack* stack(std::string_view id_or_name) const = 0;  // in lower case
  virtual const Group* group(const GroupKey& key) const = 0;
  virtual const Token* token(std::string_view id) const = 0;

  // True where the label was issued in that zone (by name, which may have been deleted) and its group is
  // gone.
  virtual bool is_retired(std::string_view zone, std::string_view label) const = 0;

  // The last serial a zone of that name had, 0 where there was never one.
  virtual std::uint32_t last_serial(std::string_view zone) const = 0;

  // In no order. The callback returns false to stop.
  virtual void each_zone(const std::function<bool(const Zone&)>& visit) const = 0;
  virtual void each_stack(const std::function<bool(const Stack&)>& visit) const = 0;

  // The groups a stack is attached to, either side, in no order.
  virtual void each_group_of(StackNo stack, const std::function<bool(const Group&)>& visit) const = 0;
  virtual std::size_t group_count(ZoneNo zone) const = 0;

  // For things yet to be made.
  virtual ZoneNo next_zone_no() const = 0;
  virtual StackNo next_stack_no() const = 0;
};

// "414-262-781.failover.example"
inline std::string address(const View& view, const Group& group) {
  return group.label + '.' + view.zone(group.zone)->name;
}

// The TTL a group's records go out with.
inline std::uint16_t effective_ttl(const View& view, const Group& group) {
  return group.ttl != 0 ? group.ttl : view.zone(group.zone)->ttl;
}

// What a group answers now: its live stack's answer with its TTL; empty is no data.
std::vector<Record> answer(const View& view, const Group& group);

// Rule 8: online where it is the live side of a group, else offline where it is in one, else none.
FailoverStatus failover_status(const View& view, StackNo stack);

}  // namespace failover
