// The parameters a question can have, as they were sent and not yet judged: what the dialects are read into,
// and what questions are made from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "powerdns/decode.hpp"

namespace failover::powerdns {

// The texts come first, then the numbers.
enum class Field : std::uint8_t {
  method,
  qname,
  name,
  zonename,
  qtype,
  kind,
  query,
  pattern,
  id,
  domain_id,
  serial,
  max_results,
  parameters,
  other
};
constexpr std::size_t text_fields = 8, all_fields = 12;

// As they are called in JSON; `other` for those that make no difference.
Field field_from(std::string_view word);
std::string_view to_string(Field field);

struct Fields {
  std::array<std::string, text_fields> texts;
  std::array<std::int64_t, all_fields> numbers;
  std::array<bool, all_fields> given;

  void clear() { given.fill(false); }
  bool has(Field field) const { return given[static_cast<std::size_t>(field)]; }
  static bool is_text(Field field) { return static_cast<std::size_t>(field) < text_fields; }
  static bool is_number(Field field) {
    return !is_text(field) && static_cast<std::size_t>(field) < all_fields;
  }

  const std::string& text(Field field) const { return texts[static_cast<std::size_t>(field)]; }
  std::int64_t number(Field field) const { return numbers[static_cast<std::size_t>(field)]; }
  void set(Field field, std::string_view text) {
    texts[static_cast<std::size_t>(field)].assign(text);
    given[static_cast<std::size_t>(field)] = true;
  }
  void set(Field field, std::int64_t number) {
    numbers[static_cast<std::size_t>(field)] = number;
    given[static_cast<std::size_t>(field)] = true;
  }
};

// nullopt: no method by that word.
std::optional<Method> method_from(std::string_view word);

// A whole number as PowerDNS writes it: "7", and "7.000000" for a serial in REST.
std::optional<std::int64_t> whole_number(std::string_view text);

// What is wrong with a name in presentation form, nullptr where nothing is. `key` becomes its lower case
// without the last dot.
const char* check_name(std::string_view name, std::string& key);

// A lookup byte for byte as PowerDNS 4.7.3 writes it, which most questions are, in a fifth of the time that
// reading it as JSON takes: what it asks for, within `line`. nullopt for everything else, of which it says
// nothing.
struct PlainLookup {
  std::string_view qname, qtype;
};
std::optional<PlainLookup> read_lookup(std::string_view line);

// REST and post: fills `fields`. Where the parameters come as JSON (post), they are in `json`, still to be
// read, and only the method is in `fields`. False: `trouble` says what is wrong.
bool read_http(std::string_view target, std::string_view body, Fields& fields, std::string& json,
               std::string& trouble);

}  // namespace failover::powerdns
