#include "admin/import_line.hpp"

#include "admin/bodies.hpp"
#include "core/name.hpp"

namespace failover::admin {
namespace {

// The zone a group's line is about; nullptr where core will have to refuse it.
const Zone* zone_of(const View& view, const std::optional<std::string>& name) {
  if (name) {
    const auto found = find_zone(view, *name);
    return found ? *found : nullptr;
  }
  const Zone* only = nullptr;
  std::size_t count = 0;
  view.each_zone([&](const Zone& zone) {
    only = &zone;
    return ++count < 2;
  });
  return count == 1 ? only : nullptr;
}

ImportLine read_group(const View& view, Fields& fields) {
  auto group = read_new_group(fields);
  group.live = fields.word("live", &side_from, "\"primary\", \"backup\", \"none\"");
  if (!group.label) return {std::move(group), ""};
  const auto* zone = zone_of(view, group.zone);
  const auto label = lower(*group.label);
  const auto place = label + '.' + (zone ? zone->name : lower(group.zone.value_or("")));
  if (!zone || !view.group({zone->no, label})) return {std::move(group), "group " + place};
  SetGroup changes;
  changes.group = place;
  changes.name = group.name;
  changes.primary = group.primary;
  changes.backup = group.backup;
  changes.ttl = group.ttl;
  changes.live = group.live;
  return {std::move(changes), "group " + place};
}

ImportLine read_zone_line(Fields& fields) {
  const auto name = fields.need_text("name");
  return {read_zone(fields, name), "zone " + lower(name)};
}

ImportLine read_stack_line(Fields& fields) {
  const auto name = fields.need_text("name");
  return {read_stack(fields, name), "stack " + lower(name)};
}

ImportLine read_retired(Fields& fields) {
  RetireAddress retired{fields.need_text("zone"), fields.need_text("label")};
  const auto subject = "group " + lower(retired.label) + '.' + lower(retired.zone);
  return {std::move(retired), subject};
}

}  // namespace

Result<ImportLine> read_import_line(const View& view, std::string_view line) {
  const auto document = parse_object(line);
  if (!document) return document.error();
  std::vector<Mistake> mistakes;
  Fields fields(*document, "", mistakes, Null::is_absent);
  ImportLine read;
  fields.object("zone", [&](Fields& zone) { read = read_zone_line(zone); });
  fields.object("stack", [&](Fields& stack) { read = read_stack_line(stack); });
  fields.object("group", [&](Fields& group) { read = read_group(view, group); });
  fields.object("retired", [&](Fields& retired) { read = read_retired(retired); });
  fields.done();
  if (document->MemberCount() != 1)
    return invalid("", "Write one of \"zone\", \"stack\", \"group\" or \"retired\" on each line.");
  if (mistakes.empty()) return read;
  const auto detail = mistakes[0].pointer + ": " + mistakes[0].detail;
  return Refusal{Code::invalid, detail, std::move(mistakes)};
}

}  // namespace failover::admin
