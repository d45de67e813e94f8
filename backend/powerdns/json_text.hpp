// Writing JSON by appending to a string: what the replies to PowerDNS are made with. A writer of its own,
// since a lookup's reply is a hundred bytes made forty thousand times a second.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace failover::powerdns {

constexpr auto needs_escape = [] {
  std::array<bool, 256> needs{};
  for (std::size_t c = 0; c < needs.size(); ++c) needs[c] = c < ' ' || c >= 0x7f || c == '"' || c == '\\';
  return needs;
}();

// `text` as the inside of a JSON string. Bytes outside ASCII become the characters of the same number, so
// that the JSON is valid whatever the bytes were.
inline void append_escaped(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape[c]) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    if (c == '"' || c == '\\')
      out.append({'\\', static_cast<char>(c)});
    else
      out.append({'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]});
  }
  out.append(text, plain);
}

inline void append_number(std::string& out, std::int64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace failover::powerdns
