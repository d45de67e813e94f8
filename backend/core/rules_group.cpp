// Rules 1 to 6 and 9: groups.
#include <utility>

#include "core/answer.hpp"
#include "core/name.hpp"
#include "core/rules_common.hpp"

namespace failover::rules {
namespace {

// A stack named in a body; 0 for none, and a mistake where the name leads nowhere.
StackNo referenced(const View& view, const std::optional<std::string>& reference, const std::string& pointer,
                   Mistakes& mistakes) {
  if (!reference) return 0;
  if (const auto stack = find_stack(view, *reference)) return (*stack)->no;
  mistakes.add(pointer, "There is no stack " + *reference + ": register it first, or give null.");
  return 0;
}

// The change that takes a group from one state to the other; either may be absent.
Change change_of(const View& view, const Context& context, std::string verb, std::optional<Group> before,
                 std::optional<Group> after) {
  Change change = begin(view, context, std::move(verb));
  const Zone& zone = *view.zone(after ? after->zone : before->zone);
  if (after) after->revision = change.revision, after->updated_at = context.at;
  change.zone = zone.name;
  change.group = after ? after->label : before->label;
  if (!before || !after || effective_ttl(view, *before) != effective_ttl(view, *after) ||
      answer(view, *before) != answer(view, *after)) {
    alter(change, view, zone);
    drop(change, view, change.group + '.' + zone.name);
    change.old_ttl = before ? kept_for(view, *before) : zone.negative_ttl;
  }
  change.subject = Touched<Group>{std::move(before), std::move(after)};
  return change;
}

Decision decision_of(Change change) {
  const auto& touched = std::get<Touched<Group>>(change.subject);
  Decision decision;
  decision.created = !touched.before;
  if (touched.after) decision.subject = *touched.after;
  decision.change = std::move(change);
  return decision;
}

Decision unchanged(const Group& group) { return {{}, group}; }

bool same_settings(const Group& a, const Group& b) {
  return a.name == b.name && a.primary == b.primary && a.backup == b.backup && a.ttl == b.ttl &&
         a.live == b.live;
}

bool has_web_head(const View& view, StackNo stack) { return !web_head(view.stack(stack)->servers).empty(); }

Refusal no_web_head(const View& view, StackNo stack, std::string_view instead) {
  return conflict(Code::no_web_head,
                  "The stack " + view.stack(stack)->name +
                      " has no server that can take traffic: give it a web server or load balancer "
                      "with an address" +
                      std::string(instead));
}

// The zone a new group goes to: the one named, or the only one.
const Zone* zone_for(const View& view, const std::optional<std::string>& name, Mistakes& mistakes) {
  if (name) {
    const auto zone = find_zone(view, *name);
    if (zone) return *zone;
    mistakes.add("/zone", "There is no zone " + *name + ": create it first, or name another.");
    return nullptr;
  }
  const Zone* only = nullptr;
  int count = 0;
  view.each_zone([&](const Zone& zone) { return only = &zone, ++count < 2; });
  if (count == 1) return only;
  mistakes.add("/zone", count == 0 ? "There is no zone yet: create one with PUT /v1/zones/NAME first."
                                   : "There is more than one zone: name the one this group goes to.");
  return nullptr;
}

bool is_free(const View& view, const Zone& zone, const std::string& label) {
  return view.group({zone.no, label}) == nullptr && !view.is_retired(zone.name, label) &&
         !is_own_name(zone, label + '.' + zone.name);
}

// Why a label cannot be issued, or nothing (rules 1 and 11).
std::optional<Refusal> check_free(const View& view, const Zone& zone, const std::string& label) {
  const std::string name = label + '.' + zone.name;
  if (view.is_retired(zone.name, label)) {
    return conflict(
        Code::address_retired,
        "The address " + name + " was issued before and is never issued again: choose another label.");
  }
  if (view.group({zone.no, label}) != nullptr) {
    return conflict(Code::address_taken,
                    "The address " + name + " belongs to another group: choose another label.");
  }
  if (is_own_name(zone, name)) {
    return conflict(Code::address_taken,
                    "The zone has a record or nameserver of its own at " + name + ": choose another label.");
  }
  return std::nullopt;
}

// An import's line about a group that is there: importing is putting, so what it does not mention is as if
// null.
SetGroup set_to(const CreateGroup& request, std::string address) {
  SetGroup set{std::move(address), {}, {}, {}, {}, request.live, true};
  set.name.emplace(request.name);
  set.primary.emplace(request.primary);
  set.backup.emplace(request.backup);
  set.ttl.emplace(request.ttl);
  return set;
}

}  // namespace

Result<Decision> decide(const View& view, const CreateGroup& request, const Context& context,
                        std::optional<Revision>) {
  Mistakes mistakes;
  const Zone* zone = zone_for(view, request.zone, mistakes);
  Group group;
  group.name = request.name.value_or("");
  check_text(mistakes, "/name", request.name);
  check_ttl(mistakes, "/ttl", request.ttl);
  group.primary = referenced(view, request.primary, "/primary", mistakes);
  group.backup = referenced(view, request.backup, "/backup", mistakes);
  if (group.primary != 0 && group.primary == group.backup) {
    mistakes.add("/backup", "The backup has to be another stack than the primary.");
  }
  group.live = request.live.value_or(group.primary != 0  ? Side::primary
                                     : group.backup != 0 ? Side::backup
                                                         : Side::none);
  if ((group.live == Side::none) != (group.primary == 0 && group.backup == 0) ||
      (group.live != Side::none && group.stack_at(group.live) == 0)) {
    mistakes.add("/live", "Name a side that has a stack, or none where neither has.");
  }
  if (request.label && !is_label(*request.label)) {
    mistakes.add("/label",
                 "Give a label of 1 to 63 letters, digits and hyphens, with no hyphen at either end.");
  } else if (request.label && zone != nullptr && request.label->size() + 1 + zone->name.size() > 253) {
    mistakes.add("/label", "The whole address may have 253 characters at most: choose a shorter label.");
  }
  if (mistakes.any()) return std::move(mistakes).refusal();

  if (request.label) {
    group.label = lower(*request.label);
    if (request.or_set && view.group({zone->no, group.label}) != nullptr) {
      return decide(view, set_to(request, group.label + '.' + zone->name), context, {});
    }
    if (auto refusal = check_free(view, *zone, group.label)) return std::move(*refusal);
  } else {
    Draw draw(context.seed);
    do group.label = draw.label();
    while (!is_free(view, *zone, group.label));
  }
  group.zone = zone->no;
  group.ttl = static_cast<std::uint16_t>(request.ttl.value_or(0));
  group.created_at = group.live_since = context.at;
  return decision_of(change_of(view, context, "group_create", {}, std::move(group)));
}

Result<Decision> decide(const View& view, const SetGroup& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = find_group(view, request.group);
  if (!found) return found.error();
  const Group& before = **found;
  if (auto refusal = check_revision(if_match, before.revision)) return std::move(*refusal);

  Mistakes mistakes;
  Group after = before;
  if (request.name) after.name = request.name->value_or(""), check_text(mistakes, "/name", *request.name);
  if (request.ttl)
    after.ttl = static_cast<std::uint16_t>(request.ttl->value_or(0)),
    check_ttl(mistakes, "/ttl", *request.ttl);
  if (request.primary) after.primary = referenced(view, *request.primary, "/primary", mistakes);
  if (request.backup) after.backup = referenced(view, *request.backup, "/backup", mistakes);
  if (after.primary != 0 && after.primary == after.backup) {
    mistakes.add(request.backup ? "/backup" : "/primary",
                 "The backup has to be another stack than the primary.");
  }
  const bool empty = after.primary == 0 && after.backup == 0;
  if (request.live == Side::none && !empty) {
    mistakes.add("/live", "A group with a stack always has a live side: name it, or detach both stacks.");
  }
  if (mistakes.any()) return std::move(mistakes).refusal();

  if (request.live) {
    after.live = *request.live;
  } else if (empty) {
    after.live = Side::none;
  } else if (before.live == Side::none) {
    after.live = after.primary != 0 ? Side::primary : Side::backup;
  }
  if (after.live != Side::none && after.live_stack() == 0) {
    const std::string side(to_string(after.live));
    if (request.live)
      return conflict(Code::side_is_empty, "The " + side + " side has no stack: attach one first.");
    return conflict(Code::side_is_live, "The " + side + " side is live: flip to the " +
                                            std::string(to_string(other(after.live))) +
                                            " first, or set live in the same request.");
  }
  if (request.live && !request.force && after.live != before.live && after.live != Side::none &&
      !has_web_head(view, after.live_stack())) {
    return no_web_head(view, after.live_stack(), ", or flip with force.");
  }
  if (same_settings(before, after)) return unchanged(before);
  if (after.live != before.live) after.live_since = context.at;
  return decision_of(change_of(view, context, "group_set", before, std::move(after)));
}

Result<Decision> decide(const View& view, const FlipGroup& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = find_group(view, request.group);
  if (!found) return found.error();
  const Group& before = **found;
  if (auto refusal = check_revision(if_match, before.revision)) return std::move(*refusal);
  if (request.to == Side::none) return invalid("/to", "Flip to primary or to backup.");

  const Side to = request.to.value_or(before.live == Side::none ? Side::primary : other(before.live));
  const StackNo stack = before.stack_at(to);
  Group after = before;
  Decision decision;
  if (to == before.live) {
    decision = unchanged(before);
    decision.flush_again = true;
  } else if (stack == 0) {
    return conflict(Code::side_is_empty, "The " + std::string(to_string(to)) + " side of " +
                                             address(view, before) +
                                             " has no stack: attach one to it first.");
  } else if (!request.force && !has_web_head(view, stack)) {
    return no_web_head(view, stack, ", or flip with force to answer no data.");
  } else {
    after.live = to;
    after.live_since = context.at;
    decision = decision_of(change_of(view, context, "flip", before, std::move(after)));
  }
  decision.previous = answer(view, before);
  return decision;
}

Result<Decision> decide(const View& view, const DeleteGroup& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = find_group(view, request.group);
  if (!found) return found.error();
  const Group& before = **found;
  if (auto refusal = check_revision(if_match, before.revision)) return std::move(*refusal);
  if (before.primary != 0 || before.backup != 0) {
    return conflict(Code::group_has_stacks, "The group " + address(view, before) +
                                                " still points at a stack: detach primary and backup first.");
  }
  return decision_of(change_of(view, context, "group_delete", before, {}));
}

Result<Decision> decide(const View& view, const RetireAddress& request, const Context& context,
                        std::optional<Revision>) {
  const auto zone = host_name(request.zone, 1);
  Mistakes mistakes;
  if (!zone) mistakes.add("/retired/zone", "Give a DNS name.");
  if (!is_label(request.label)) mistakes.add("/retired/label", "Give a DNS label.");
  if (mistakes.any()) return std::move(mistakes).refusal();
  const std::string label = lower(request.label);
  if (view.is_retired(*zone, label)) return Decision{};
  if (const Zone* here = view.zone(*zone); here != nullptr && !is_free(view, *here, label)) {
    return conflict(Code::address_taken,
                    "The address " + label + '.' + *zone + " is in use here: delete it first.");
  }
  Decision decision;
  decision.change = begin(view, context, "retire");
  decision.change->zone = *zone;
  decision.change->group = label;
  decision.change->subject = Retired{*zone, label};
  return decision;
}

}  // namespace failover::rules
