#include "ctl/output.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <ostream>

namespace failover::ctl {
namespace {

const char* code(Colour colour) {
  switch (colour) {
    case Colour::green:
      return "\033[32m";
    case Colour::yellow:
      return "\033[33m";
    case Colour::red:
      return "\033[31m";
    case Colour::bold:
      return "\033[1m";
    case Colour::none:
      break;
  }
  return "";
}

std::string padding(std::size_t wanted, std::string_view text) {
  const std::size_t taken = width(text);
  return std::string(wanted > taken ? wanted - taken : 0, ' ');
}

}  // namespace

std::string painted(const Output& output, Colour colour, std::string_view text) {
  if (!output.colour || colour == Colour::none) return std::string(text);
  return code(colour) + std::string(text) + "\033[0m";
}

std::string printable(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, two bytes in UTF-8, are control characters too.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    safe += c1 || byte < 0x20 || byte == 0x7F ? '?' : text[i];
  }
  return safe;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void Table::add(std::vector<std::string> row, Colour colour) {
  for (auto& cell : row) cell = printable(cell);
  rows_.push_back({std::move(row), colour});
}

void Table::print(const Output& output) const {
  std::vector<std::size_t> widths;
  for (const auto& heading : headings_) widths.push_back(width(heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], width(row.cells[i]));
  const auto line = [&](const std::vector<std::string>& cells, auto paint) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      output.out << paint(i, cells[i]);
      if (i + 1 < cells.size()) output.out << padding(widths[i] + 2, cells[i]);
    }
    output.out << '\n';
  };
  line(headings_, [&](std::size_t, const std::string& cell) { return painted(output, Colour::bold, cell); });
  for (const auto& row : rows_) {
    line(row.cells, [&](std::size_t column, const std::string& cell) {
      return painted(output, column == coloured_column_ ? row.colour : Colour::none, cell);
    });
  }
}

void Facts::print(const Output& output) const {
  std::size_t widest = 0;
  for (const auto& [name, value] : facts_) widest = std::max(widest, width(name));
  for (const auto& [name, value] : facts_) {
    output.out << painted(output, Colour::bold, name) << padding(widest + 2, name);
    std::size_t begin = 0;
    for (std::size_t end; (end = value.find('\n', begin)) != std::string::npos; begin = end + 1)
      output.out << printable(value.substr(begin, end - begin)) << '\n' << std::string(widest + 2, ' ');
    output.out << printable(value.substr(begin)) << '\n';
  }
}

std::string text_of(const rapidjson::Value& object, const char* member) {
  if (!object.IsObject()) return "";
  const auto found = object.FindMember(member);
  if (found == object.MemberEnd() || found->value.IsNull()) return "";
  if (found->value.IsString()) return {found->value.GetString(), found->value.GetStringLength()};
  return to_text(found->value);
}

const rapidjson::Value& list_of(const rapidjson::Value& object, const char* member) {
  static const rapidjson::Value nothing(rapidjson::kArrayType);
  if (!object.IsObject()) return nothing;
  const auto found = object.FindMember(member);
  return found != object.MemberEnd() && found->value.IsArray() ? found->value : nothing;
}

std::string to_text(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace failover::ctl
