#include "ctl/show.hpp"

#include <ostream>

#include "ctl/moment.hpp"

namespace failover::ctl {
namespace {

std::string stack_name(const rapidjson::Value& group, const char* side) {
  const auto found = group.FindMember(side);
  return found != group.MemberEnd() && found->value.IsObject() ? text_of(found->value, "name") : "";
}

}  // namespace

Result<void> print_json_list(const Api& api, const Output& output, const std::string& path,
                             const std::string& after) {
  std::string items;
  const auto read = api.pages(
      path, [&](const rapidjson::Value& item) { items += (items.empty() ? "" : ",") + to_text(item); },
      after);
  if (read) output.out << "{\"items\":[" << items << "],\"next\":null}\n";
  return read;
}

Result<void> print_list(const Api& api, const Output& output, const std::string& path,
                        std::vector<std::string> headings, std::size_t status_column, const Row& row,
                        const char* empty) {
  if (output.json) return print_json_list(api, output, path);
  Table table(std::move(headings));
  table.colour_column(status_column);
  const auto read = api.pages(path, [&](const rapidjson::Value& item) {
    auto cells = row(item);
    const Colour colour = colour_of(cells[status_column]);
    table.add(std::move(cells), colour);
  });
  if (!read) return read;
  if (table.empty())
    output.err << empty << '\n';
  else
    table.print(output);
  return read;
}

Result<void> print_answer(const Result<Answer>& answer, const Output& output,
                          void (*people)(const Output&, const rapidjson::Value&)) {
  if (!answer) return answer.error();
  if (output.json)
    output.out << answer->body << (answer->body.ends_with('\n') ? "" : "\n");
  else
    people(output, answer->json);
  return {};
}

Result<void> print_deleted(const Result<Answer>& answer, const Output& output, const std::string& said) {
  if (!answer) return answer.error();
  if (!output.json) output.out << printable(said) << '\n';
  return {};
}

std::vector<std::string> group_row(const rapidjson::Value& group) {
  return {text_of(group, "address"),
          or_dash(text_of(group, "name")),
          or_dash(stack_name(group, "primary")),
          or_dash(stack_name(group, "backup")),
          text_of(group, "live"),
          text_of(group, "ttl"),
          records_text(list_of(group, "answer"))};
}

void print_group(const Output& output, const rapidjson::Value& group) {
  const std::string live = text_of(group, "live");
  Facts facts;
  facts.add("address", text_of(group, "address"));
  facts.add("name", or_dash(text_of(group, "name")));
  for (const char* side : {"primary", "backup"}) {
    const std::string stack = stack_name(group, side);
    facts.add(side, stack.empty() ? "-" : stack + (live == side ? "   (live)" : ""));
  }
  facts.add("live", live);
  facts.add("answer", records_text(list_of(group, "answer")));
  facts.add("ttl", text_of(group, "ttl") + " s");
  facts.add("revision", text_of(group, "revision"));
  facts.add("created", local_time(text_of(group, "created_at")));
  facts.add("updated", local_time(text_of(group, "updated_at")));
  facts.print(output);
}

Colour colour_of(std::string_view status) {
  if (status == "primary" || status == "online" || status == "ok") return Colour::green;
  if (status == "backup" || status == "none" || status == "warn") return Colour::yellow;
  return status == "fail" ? Colour::red : Colour::none;
}

std::string records_text(const rapidjson::Value& records) {
  std::string text;
  for (const auto& record : records.GetArray())
    text += (text.empty() ? "" : ", ") + text_of(record, "type") + " " + text_of(record, "content");
  return text.empty() ? "nothing" : text;
}

std::string joined(const rapidjson::Value& texts) {
  std::string text;
  for (const auto& entry : texts.GetArray())
    if (entry.IsString())
      text += (text.empty() ? "" : ", ") + std::string(entry.GetString(), entry.GetStringLength());
  return text;
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

}  // namespace failover::ctl
