// Reading JSON bodies. A Fields takes an object apart and collects every mistake it meets, each with its JSON
// pointer, so that a caller can put all of them right at once.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace failover::admin {

// malformed_json: no JSON text (RFC 8259), a key twice in one object, invalid UTF-8, a lone surrogate, or
// nested more than 64 deep. invalid: JSON, but no object. Takes time and memory in proportion to the text.
Result<rapidjson::Document> parse_object(std::string_view text);

// What a null stands for in a field that need not be there.
enum class Null { is_absent, is_a_mistake };

class Fields {
 public:
  // `at` is the object's own pointer. All outlive this.
  Fields(const rapidjson::Value& object, std::string at, std::vector<Mistake>& mistakes, Null null);

  // Each gives nothing (or what stands for it) where the field is absent or wrong; wrong is noted as a
  // mistake.
  std::optional<std::string> text(std::string_view key);
  std::string need_text(std::string_view key);
  std::optional<std::int64_t> number(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // An empty optional within is null.
  std::optional<std::optional<std::string>> text_or_null(std::string_view key);
  std::optional<std::optional<std::int64_t>> number_or_null(std::string_view key);
  // A word that `read` knows; `words` names them for the mistake's detail.
  template <class T>
  std::optional<T> word(std::string_view key, std::optional<T> (*read)(std::string_view),
                        std::string_view words) {
    auto written = text(key);
    if (!written) return {};
    auto known = read(*written);
    if (!known) mistake(key, "Write one of " + std::string(words) + '.');
    return known;
  }
  // Visits the objects of a list; false where the field is absent.
  bool objects(std::string_view key, const std::function<void(Fields&)>& visit);
  // The one object in a field.
  void object(std::string_view key, const std::function<void(Fields&)>& visit);

  bool has(std::string_view key) const;
  void need(std::string_view key);  // a mistake where it is absent
  void mistake(std::string_view key, std::string detail);
  // Notes every field that nobody asked for. After all others.
  void done();

  const std::string& at() const { return at_; }

 private:
  // nullptr where there is none, or a null that stands for none.
  const rapidjson::Value* find(std::string_view key);
  std::string pointer(std::string_view key) const;

  const rapidjson::Value& object_;
  std::string at_;
  std::vector<Mistake>& mistakes_;
  Null null_;
  std::set<std::string_view> known_;
};

}  // namespace failover::admin
