#include "admin/import_line.hpp"

#include "admin/bodies.hpp"

namespace failover::admin {
namespace {

Command read_group(Fields& fields) {
  auto group = read_new_group(fields);
  group.live = fields.word("live", &side_from, "\"primary\", \"backup\", \"none\"");
  group.or_set = true;
  return group;
}

Command read_retired(Fields& fields) {
  RetireAddress retired;
  retired.zone = fields.need_text("zone");
  retired.label = fields.need_text("label");
  return retired;
}

}  // namespace

Result<Command> read_import_line(std::string_view line) {
  const auto document = parse_object(line);
  if (!document) return document.error();
  std::vector<Mistake> mistakes;
  Fields fields(*document, "", mistakes, Null::is_absent);
  Command read;
  fields.object("zone", [&](Fields& zone) { read = read_zone(zone, zone.need_text("name")); });
  fields.object("stack", [&](Fields& stack) { read = read_stack(stack, stack.need_text("name")); });
  fields.object("group", [&](Fields& group) { read = read_group(group); });
  fields.object("retired", [&](Fields& retired) { read = read_retired(retired); });
  fields.done();
  if (document->MemberCount() != 1 || document->MemberBegin()->value.IsNull())
    return invalid("", "Write one of \"zone\", \"stack\", \"group\" or \"retired\" on each line.");
  if (mistakes.empty()) return read;
  const auto detail = mistakes[0].pointer + ": " + mistakes[0].detail;
  return Refusal{Code::invalid, detail, std::move(mistakes)};
}

}  // namespace failover::admin
