#include <array>
#include <cstddef>

#include "powerdns/fields.hpp"

namespace failover::powerdns {
namespace {

// What stands around a lookup's values (modules/remotebackend/remotebackend.cc, RemoteBackend::lookup; json11
// writes an object's members in the order of their names).
constexpr std::array<std::string_view, 6> around{
    R"({"method": "lookup", "parameters": {"local": ")",
    R"(", "qname": ")",
    R"(", "qtype": ")",
    R"(", "real-remote": ")",
    R"(", "remote": ")",
    R"(", "zone-id": )",
};
constexpr std::size_t qname = 1, qtype = 2;

// What stands for itself in a JSON string, of ASCII.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = ' '; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool take(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

std::string_view take_plain(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && is_plain[static_cast<unsigned char>(rest[end])]) ++end;
  const auto plain = rest.substr(0, end);
  rest.remove_prefix(end);
  return plain;
}

}  // namespace

std::optional<PlainLookup> read_lookup(std::string_view line) {
  std::array<std::string_view, around.size() - 1> values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!take(line, around[i])) return std::nullopt;
    values[i] = take_plain(line);
  }
  if (!take(line, around.back())) return std::nullopt;
  take(line, "-");
  const auto digits = line.find_first_not_of("0123456789");
  // A number of two digits or more that begins with 0 is none.
  if (digits == 0 || digits == line.npos || (digits > 1 && line[0] == '0') || digits > 9) return std::nullopt;
  if (line.substr(digits) != "}}") return std::nullopt;
  return PlainLookup{values[qname], values[qtype]};
}

}  // namespace failover::powerdns
