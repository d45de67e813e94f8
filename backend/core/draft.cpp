#include "core/draft.hpp"

#include <utility>

namespace failover {
namespace {

// The draft's own word on a thing: nullptr where it has none, else where to look (empty: deleted).
template <class Map, class Key>
auto* own(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <class T>
const T* address_of(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

}  // namespace

void Draft::add(const Change& change) {
  std::visit([this](const auto& subject) { add(subject); }, change.subject);
  for (const NewSerial& serial : change.serials) {
    serials_[serial.zone] = serial.serial;
    if (const Zone* changed = zone(serial.zone)) {
      auto& mine = zones_[changed->no];
      if (!mine) mine = *changed;
      mine->serial = serial.serial;
    }
  }
  revision_ = change.revision;
}

void Draft::add(const Touched<Zone>& touched) {
  const ZoneNo no = touched.after ? touched.after->no : touched.before->no;
  zones_[no] = touched.after;
  next_zone_ = std::max(next_zone_no(), no + 1);
}

void Draft::add(const Touched<Stack>& touched) {
  const StackNo no = touched.after ? touched.after->no : touched.before->no;
  stacks_[no] = touched.after;
  next_stack_ = std::max(next_stack_no(), no + 1);
}

void Draft::add(const Touched<Group>& touched) {
  const Group& group = touched.after ? *touched.after : *touched.before;
  groups_[{group.zone, group.label}] = touched.after;
  if (!touched.after) retired_.emplace(zone(group.zone)->name, group.label);
}

void Draft::add(const Touched<Token>& touched) {
  tokens_[touched.after ? touched.after->id : touched.before->id] = touched.after;
}

void Draft::add(const Retired& retired) { retired_.emplace(retired.zone, retired.label); }

const Zone* Draft::zone(ZoneNo no) const {
  const auto* mine = own(zones_, no);
  return mine != nullptr ? address_of(*mine) : base_.zone(no);
}

const Zone* Draft::zone(std::string_view name) const {
  for (const auto& [no, zone] : zones_) {
    if (zone && zone->name == name) return &*zone;
  }
  const Zone* found = base_.zone(name);
  return found != nullptr && own(zones_, found->no) == nullptr ? found : nullptr;
}

const Stack* Draft::stack(StackNo no) const {
  const auto* mine = own(stacks_, no);
  return mine != nullptr ? address_of(*mine) : base_.stack(no);
}

const Stack* Draft::stack(std::string_view id_or_name) const {
  for (const auto& [no, stack] : stacks_) {
    if (stack && (stack->name == id_or_name || stack->id == id_or_name)) return &*stack;
  }
  const Stack* found = base_.stack(id_or_name);
  return found != nullptr && own(stacks_, found->no) == nullptr ? found : nullptr;
}

const Group* Draft::group(const GroupKey& key) const {
  const auto* mine = own(groups_, Place{key.zone, key.label});
  return mine != nullptr ? address_of(*mine) : base_.group(key);
}

const Token* Draft::token(std::string_view id) const {
  const auto* mine = own(tokens_, id);
  return mine != nullptr ? address_of(*mine) : base_.token(id);
}

bool Draft::is_retired(std::string_view zone, std::string_view label) const {
  return retired_.contains(std::pair<std::string, std::string>(zone, label)) || base_.is_retired(zone, label);
}

std::uint32_t Draft::last_serial(std::string_view zone) const {
  const auto* mine = own(serials_, zone);
  return mine != nullptr ? *mine : base_.last_serial(zone);
}

void Draft::each_zone(const std::function<bool(const Zone&)>& visit) const {
  bool going = true;
  base_.each_zone([&](const Zone& zone) { return own(zones_, zone.no) != nullptr || (going = visit(zone)); });
  for (const auto& [no, zone] : zones_) {
    if (going && zone) going = visit(*zone);
  }
}

void Draft::each_stack(const std::function<bool(const Stack&)>& visit) const {
  bool going = true;
  base_.each_stack(
      [&](const Stack& stack) { return own(stacks_, stack.no) != nullptr || (going = visit(stack)); });
  for (const auto& [no, stack] : stacks_) {
    if (going && stack) going = visit(*stack);
  }
}

void Draft::each_group_of(StackNo stack, const std::function<bool(const Group&)>& visit) const {
  bool going = true;
  base_.each_group_of(stack, [&](const Group& group) {
    return own(groups_, Place{group.zone, group.label}) != nullptr || (going = visit(group));
  });
  for (const auto& [place, group] : groups_) {
    if (going && group && (group->primary == stack || group->backup == stack)) going = visit(*group);
  }
}

std::size_t Draft::group_count(ZoneNo zone) const {
  std::size_t count = base_.group_count(zone);
  for (const auto& [place, group] : groups_) {
    if (place.first != zone) continue;
    const bool was = base_.group({place.first, place.second}) != nullptr;
    count += (group ? 1 : 0);
    count -= (was ? 1 : 0);
  }
  return count;
}

}  // namespace failover
