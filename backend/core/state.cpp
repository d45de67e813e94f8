#include "core/state.hpp"

#include <utility>

#include "core/name.hpp"

namespace failover {
namespace {

// A label ends as if by a dot, which comes after the hyphen and before letters and digits.
int compare_labels(std::string_view a, std::string_view b) {
  const std::size_t shared = std::min(a.size(), b.size());
  if (const int order = a.substr(0, shared).compare(b.substr(0, shared)); order != 0) return order;
  if (a.size() == b.size()) return 0;
  return a.size() > shared ? (a[shared] < '.' ? -1 : 1) : (b[shared] < '.' ? 1 : -1);
}

template <class Map, class Key>
auto* value_or_null(Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

State::State() : groups_(ByAddress{this}) {}

State::Place State::place(const Group& group) const { return {group.label, zone(group.zone)->name}; }

bool State::ByAddress::operator()(const Group& a, const Group& b) const {
  const int order = compare_labels(a.label, b.label);
  if (order != 0 || a.zone == b.zone) return order < 0;
  return state->zone(a.zone)->name < state->zone(b.zone)->name;
}

bool State::ByAddress::operator()(const Group& a, const Place& b) const {
  const int order = compare_labels(a.label, b.label);
  return order != 0 ? order < 0 : state->zone(a.zone)->name < b.zone;
}

bool State::ByAddress::operator()(const Place& a, const Group& b) const {
  const int order = compare_labels(a.label, b.label);
  return order != 0 ? order < 0 : a.zone < state->zone(b.zone)->name;
}

void State::load(Zone zone) { apply(Touched<Zone>{{}, std::move(zone)}); }

void State::load(Stack stack) { apply(Touched<Stack>{{}, std::move(stack)}); }

void State::load(Group group) {
  ++zones_.at(group.zone).groups;
  const auto added = groups_.insert(groups_.end(), std::move(group));
  for (const StackNo no : {added->primary, added->backup}) {
    if (no != 0) entry(no)->groups.insert(&*added);
  }
}

void State::load(Token token) { apply(Touched<Token>{{}, std::move(token)}); }

void State::load_retired(std::string_view zone, std::string_view label) { retired_.emplace(label, zone); }

void State::load_serial(std::string_view zone, std::uint32_t serial) {
  serials_.insert_or_assign(std::string(zone), serial);
  if (const auto* no = value_or_null(zones_by_name_, zone)) zones_.at(*no).zone.serial = serial;
}

void State::apply(const Change& change) {
  std::visit([this](const auto& subject) { apply(subject); }, change.subject);
  for (const NewSerial& serial : change.serials) load_serial(serial.zone, serial.serial);
  revision_ = change.revision;
}

void State::apply(const Touched<Zone>& touched) {
  if (touched.after) {
    const Zone& zone = *touched.after;
    zones_[zone.no].zone = zone;
    zones_by_name_[zone.name] = zone.no;
    next_zone_ = std::max(next_zone_, zone.no + 1);
  } else {
    zones_by_name_.erase(touched.before->name);
    zones_.erase(touched.before->no);
  }
}

void State::apply(const Touched<Stack>& touched) {
  if (touched.before && (!touched.after || touched.before->name != touched.after->name)) {
    stacks_by_name_.erase(touched.before->name);
  }
  if (touched.after) {
    const Stack& stack = *touched.after;
    auto& place = stacks_[stack.no];
    if (!place) place = std::make_unique<StackEntry>();
    place->stack = stack;
    stacks_by_name_[stack.name] = stack.no;
    stacks_by_id_[stack.id] = stack.no;
    next_stack_ = std::max(next_stack_, stack.no + 1);
  } else {
    stacks_by_id_.erase(touched.before->id);
    stacks_.erase(touched.before->no);
    std::erase_if(tokens_by_hash_,
                  [&](const auto& one) { return tokens_.at(one.second).stack == touched.before->no; });
    std::erase_if(tokens_, [&](const auto& one) { return one.second.stack == touched.before->no; });
  }
}

void State::apply(const Touched<Group>& touched) {
  if (!touched.before) return load(*touched.after);
  const auto found = groups_.find(place(*touched.before));
  for (const StackNo no : {found->primary, found->backup}) {
    if (no != 0) entry(no)->groups.erase(&*found);
  }
  auto node = groups_.extract(found);
  if (touched.after) {
    node.value() = *touched.after;
    const auto added = groups_.insert(std::move(node)).position;
    for (const StackNo no : {added->primary, added->backup}) {
      if (no != 0) entry(no)->groups.insert(&*added);
    }
  } else {
    ZoneEntry& in = zones_.at(touched.before->zone);
    --in.groups;
    load_retired(in.zone.name, touched.before->label);
  }
}

void State::apply(const Touched<Token>& touched) {
  if (touched.after) {
    tokens_.insert_or_assign(touched.after->id, *touched.after);
    tokens_by_hash_.insert_or_assign(touched.after->hash, touched.after->id);
  } else {
    tokens_by_hash_.erase(touched.before->hash);
    tokens_.erase(touched.before->id);
  }
}

void State::apply(const Retired& retired) { load_retired(retired.zone, retired.label); }

State::StackEntry* State::entry(StackNo no) const {
  const auto* found = value_or_null(stacks_, no);
  return found == nullptr ? nullptr : found->get();
}

const Zone* State::zone(ZoneNo no) const {
  const auto* found = value_or_null(zones_, no);
  return found == nullptr ? nullptr : &found->zone;
}

const Zone* State::zone(std::string_view name) const {
  const auto* no = value_or_null(zones_by_name_, name);
  return no == nullptr ? nullptr : zone(*no);
}

const Stack* State::stack(StackNo no) const {
  const StackEntry* found = entry(no);
  return found == nullptr ? nullptr : &found->stack;
}

const Stack* State::stack(std::string_view id_or_name) const {
  // Ids hold an underscore and names cannot.
  const auto& index = id_or_name.find('_') != std::string_view::npos ? stacks_by_id_ : stacks_by_name_;
  const auto* no = value_or_null(index, id_or_name);
  return no == nullptr ? nullptr : stack(*no);
}

const Group* State::group(const GroupKey& key) const {
  const Zone* in = zone(key.zone);
  if (in == nullptr) return nullptr;
  const auto found = groups_.find(Place{key.label, in->name});
  return found == groups_.end() ? nullptr : &*found;
}

const Token* State::token(std::string_view id) const { return value_or_null(tokens_, id); }

bool State::is_retired(std::string_view zone, std::string_view label) const {
  return retired_.contains(std::pair<std::string, std::string>(label, zone));
}

std::uint32_t State::last_serial(std::string_view zone) const {
  const auto* serial = value_or_null(serials_, zone);
  return serial == nullptr ? 0 : *serial;
}

void State::each_zone(const std::function<bool(const Zone&)>& visit) const {
  for (const auto& [name, no] : zones_by_name_) {
    if (!visit(*zone(no))) return;
  }
}

void State::each_stack(const std::function<bool(const Stack&)>& visit) const { each_stack_after("", visit); }

void State::each_group_of(StackNo stack, const std::function<bool(const Group&)>& visit) const {
  const StackEntry* found = entry(stack);
  if (found == nullptr) return;
  for (const Group* group : found->groups) {
    if (!visit(*group)) return;
  }
}

std::size_t State::group_count(ZoneNo zone) const {
  const auto* found = value_or_null(zones_, zone);
  return found == nullptr ? 0 : found->groups;
}

const Token* State::token_by_hash(const TokenHash& hash) const {
  const auto* id = value_or_null(tokens_by_hash_, hash);
  return id == nullptr ? nullptr : token(*id);
}

void State::each_token(const std::function<bool(const Token&)>& visit) const {
  for (const auto& [id, token] : tokens_) {
    if (!visit(token)) return;
  }
}

void State::each_group_after(std::string_view after, const std::function<bool(const Group&)>& visit) const {
  const Place start{first_label(after), parent(after)};
  for (auto it = after.empty() ? groups_.begin() : groups_.upper_bound(start); it != groups_.end(); ++it) {
    if (!visit(*it)) return;
  }
}

void State::each_stack_after(std::string_view after, const std::function<bool(const Stack&)>& visit) const {
  for (auto it = stacks_by_name_.upper_bound(after); it != stacks_by_name_.end(); ++it) {
    if (!visit(*stack(it->second))) return;
  }
}

void State::each_retired_after(std::string_view after,
                               const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const std::pair<std::string, std::string> start(first_label(after), parent(after));
  for (auto it = after.empty() ? retired_.begin() : retired_.upper_bound(start); it != retired_.end(); ++it) {
    if (!visit(it->second, it->first)) return;
  }
}

}  // namespace failover
