#include "ctl/output.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <ostream>
#include <regex>

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

constexpr std::size_t narrowest = 6;  // below that a column tells nothing

// Takes from the widest column but the first, until the line fits or none can give more.
void narrow(std::vector<std::size_t>& widths, std::size_t columns) {
  std::size_t line = 2 * (widths.size() - 1);
  for (const auto one : widths) line += one;
  for (; line > columns && widths.size() > 1; --line) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (*widest <= narrowest) return;
    --*widest;
  }
}

// At most `columns` wide, with … for what was left out.
std::string shortened(const std::string& text, std::size_t columns) {
  if (width(text) <= columns) return text;
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end)
    if ((text[end] & 0xC0) != 0x80 && ++taken == columns) break;
  return text.substr(0, end) + "…";
}

// How many bytes of `text` are one control character: C0, DEL, C1 (U+0080 to U+009F), or one of the
// bidirectional ones (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069).
std::size_t control_size(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) return 2;
  if (byte(0) != 0xE2) return 0;
  const unsigned low = byte(1) << 8 | byte(2);
  const bool turns =
      low == 0x808E || low == 0x808F || (low >= 0x80AA && low <= 0x80AE) || (low >= 0x81A6 && low <= 0x81A9);
  return turns ? 3 : 0;
}

}  // namespace

std::string painted(const Output& output, Colour colour, std::string_view text) {
  if (!output.colour || colour == Colour::none) return std::string(text);
  return code(colour) + std::string(text) + "\033[0m";
}

std::string printable(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t control = control_size(text);
    safe += control > 0 ? '?' : text.front();
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return safe;
}

std::string without_tokens(const std::string& text) {
  static const std::regex token("fo_[A-Za-z0-9_-]{43}");
  return std::regex_replace(text, token, "fo_...");
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
  if (output.columns > 0) narrow(widths, output.columns);
  const auto line = [&](const std::vector<std::string>& cells, auto paint) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = shortened(cells[i], widths[i]);
      output.out << paint(i, cell);
      if (i + 1 < cells.size()) output.out << padding(widths[i] + 2, cell);
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
