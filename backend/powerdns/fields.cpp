#include "powerdns/fields.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace failover::powerdns {
namespace {

constexpr std::array<std::string_view, 13> field_words{
    "method",  "qname", "name",      "zonename", "qtype",      "kind",      "query",
    "pattern", "id",    "domain_id", "serial",   "maxResults", "parameters"};

constexpr std::array<std::pair<std::string_view, Method>, 12> method_words{{
    {"lookup", Method::lookup},
    {"initialize", Method::initialize},
    {"APILookup", Method::lookup},
    {"list", Method::list},
    {"getAllDomains", Method::get_all_domains},
    {"getDomainInfo", Method::get_domain_info},
    {"getAllDomainMetadata", Method::get_all_domain_metadata},
    {"getDomainMetadata", Method::get_domain_metadata},
    {"searchRecords", Method::search_records},
    {"getUpdatedMasters", Method::get_updated_masters},
    {"setNotified", Method::set_notified},
    {"directBackendCmd", Method::direct_backend_cmd},
}};

// What most of a name is.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0; c < plain.size(); ++c)
    plain[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  return plain;
}();

// RFC 1035, 3.1 and 2.3.4.
constexpr std::size_t longest_label = 63, longest_name = 255;

}  // namespace

// It is asked for every member, so few are compared.
Field field_from(std::string_view word) {
  const auto among = [&](std::initializer_list<Field> fields) {
    for (const Field field : fields)
      if (to_string(field) == word) return field;
    return Field::other;
  };
  switch (word.size()) {
    case 2:
      return among({Field::id});
    case 4:
      return among({Field::name, Field::kind});
    case 5:
      return among({Field::qname, Field::qtype, Field::query});
    case 6:
      return among({Field::method, Field::serial});
    case 7:
      return among({Field::pattern});
    case 8:
      return among({Field::zonename});
    case 9:
      return among({Field::domain_id});
    case 10:
      return among({Field::max_results, Field::parameters});
    default:
      return Field::other;
  }
}

std::string_view to_string(Field field) { return field_words[static_cast<std::size_t>(field)]; }

std::optional<Method> method_from(std::string_view word) {
  for (const auto& [known, method] : method_words)
    if (known == word) return method;
  return std::nullopt;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (const auto dot = text.find('.'); dot != text.npos) {
    if (text.find_first_not_of('0', dot + 1) != text.npos) return std::nullopt;
    text = text.substr(0, dot);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const char* check_name(std::string_view name, std::string& key) {
  key.assign(name);  // no longer than that, and most of it the same
  if (key.ends_with('.')) key.pop_back();
  if (name.empty()) return "is empty";
  if (name == ".") return nullptr;
  std::size_t label = 0, wire = 1;
  for (std::size_t i = 0; i <= key.size(); ++i) {
    for (; is_plain[static_cast<unsigned char>(key[i])]; ++i) ++label;  // key[key.size()] is zero
    const char c = i < key.size() ? key[i] : '.';
    if (c < '!' || c > '~') return "holds a byte that presentation form (RFC 1035, 5.1) escapes";
    if (c == '.') {
      if (label == 0) return "has an empty label";
      if (label > longest_label) return "has a label of more than 63 bytes";
      wire += 1 + std::exchange(label, 0);  // every label has its length before it
      if (wire > longest_name) return "is longer than 255 bytes";
      continue;
    }
    if (c >= 'A' && c <= 'Z') key[i] = static_cast<char>(c + ('a' - 'A'));
    if (c == '\\') {
      const auto digit = [&](std::size_t at) { return at < key.size() && key[at] >= '0' && key[at] <= '9'; };
      const std::size_t more = digit(i + 1) ? 3 : 1;
      if (i + more >= key.size() || key[i + 1] < '!' || key[i + 1] > '~' ||
          (more == 3 && !(digit(i + 2) && digit(i + 3))))
        return "has half an escape";
      i += more;
    }
    ++label;
  }
  return nullptr;
}

}  // namespace failover::powerdns
