// The contents of a zone's own records, in presentation form.
#include <algorithm>
#include <charconv>
#include <span>

#include "core/name.hpp"
#include "core/rules_common.hpp"

namespace failover::rules {
namespace {

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return fields;
    text.remove_prefix(start);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    fields.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool is_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value <= most;
}

// A name that a record points at: "." alone stands for "there is none" (RFC 7505, RFC 2782).
std::optional<std::string> target(std::string_view text, bool may_be_root) {
  if (may_be_root && text == ".") return std::string(text);
  return owner_name(text);
}

// Numbers and then a name: MX (one) and SRV (three).
std::optional<std::string> numbers_and_target(std::string_view content, std::size_t numbers) {
  const auto fields = fields_of(content);
  if (fields.size() != numbers + 1) return std::nullopt;
  std::string result;
  for (const auto field : std::span(fields).first(numbers)) {
    if (!is_number(field, 65535)) return std::nullopt;
    result += std::string(field) + ' ';
  }
  const auto name = target(fields.back(), true);
  if (!name) return std::nullopt;
  return result + *name;
}

// One "..." at the start of `text` of at most `most` characters once unescaped (RFC 1035, 5.1): its length, 0
// if none.
std::size_t quoted_length(std::string_view text, std::size_t most) {
  if (!text.starts_with('"')) return 0;
  std::size_t count = 0;
  for (std::size_t i = 1; i < text.size(); ++i, ++count) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"') return count <= most ? i + 1 : 0;
    if (c < 0x20 || c >= 0x7f) return 0;
    if (c != '\\') continue;
    const auto escaped = text.substr(i + 1, 3);
    if (!escaped.empty() && (escaped[0] < '0' || escaped[0] > '9')) {
      ++i;
    } else if (escaped.size() == 3 && is_number(escaped, 255)) {
      i += 3;
    } else {
      return 0;
    }
  }
  return 0;
}

// A record of all that fits into a message would leave no room for the question.
constexpr std::size_t longest_text = 16384;

bool is_text(std::string_view content) {
  if (content.size() > longest_text) return false;
  do {
    const std::size_t length = quoted_length(content, 255);
    if (length == 0) return false;
    content.remove_prefix(length);
    if (!content.empty() && !content.starts_with(' ')) return false;
    content.remove_prefix(std::min(content.find_first_not_of(' '), content.size()));
  } while (!content.empty());
  return true;
}

bool is_caa(std::string_view content) {
  const auto fields = fields_of(content);
  if (fields.size() < 3 || !is_number(fields[0], 255)) return false;
  const auto is_tag = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (!std::all_of(fields[1].begin(), fields[1].end(), is_tag)) return false;
  const auto value = content.substr(static_cast<std::size_t>(fields[2].data() - content.data()));
  return quoted_length(value, content.size()) == value.size();
}

}  // namespace

Result<std::string> record_content(Type type, std::string_view content) {
  const auto or_advice = [](std::optional<std::string> checked, const char* advice) -> Result<std::string> {
    if (checked) return std::move(*checked);
    return invalid("", advice);
  };
  const auto address = [&](bool v6) {
    auto text = unicast_address(content);
    return text && is_ipv6(*text) == v6 ? text : std::nullopt;
  };
  const auto as_it_is = [&](bool fits) { return fits ? std::optional(std::string(content)) : std::nullopt; };
  switch (type) {
    case Type::A:
      return or_advice(address(false), "Give a unicast IPv4 address.");
    case Type::AAAA:
      return or_advice(address(true), "Give a unicast IPv6 address.");
    case Type::CNAME:
      return or_advice(target(content, false), "Give a DNS name.");
    case Type::MX:
      return or_advice(numbers_and_target(content, 1), "Give a preference and a name: 10 mail.example.net");
    case Type::SRV:
      return or_advice(numbers_and_target(content, 3),
                       "Give priority, weight, port and name: 0 5 5060 sip.example.net");
    case Type::TXT:
      return or_advice(as_it_is(is_text(content)),
                       "Give strings in double quotes, each of at most 255 bytes and all of at most 16384: "
                       "\"v=spf1 -all\"");
    case Type::CAA:
      return or_advice(as_it_is(is_caa(content)), "Give flags, tag and value: 0 issue \"ca.example.net\"");
    default:
      return invalid("", "Give one of A, AAAA, CNAME, TXT, MX, CAA, SRV.");
  }
}

}  // namespace failover::rules
