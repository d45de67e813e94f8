#include "admin/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <unordered_set>

namespace failover::admin {
namespace {

using rapidjson::SizeType;
using rapidjson::Value;

constexpr std::size_t deepest = 64;
// A reply that named more would serve nobody.
constexpr std::size_t most_mistakes = 1000;

// Builds the document and refuses what RapidJSON lets pass: keys given twice, lone surrogates, great depth.
class Strict {
 public:
  explicit Strict(rapidjson::Document& document) : document_(document) {}

  bool Null() { return document_.Null(); }
  bool Bool(bool b) { return document_.Bool(b); }
  bool Int(int i) { return document_.Int(i); }
  bool Uint(unsigned u) { return document_.Uint(u); }
  bool Int64(std::int64_t i) { return document_.Int64(i); }
  bool Uint64(std::uint64_t u) { return document_.Uint64(u); }
  bool Double(double d) { return document_.Double(d); }
  bool RawNumber(const char* text, SizeType size, bool) { return document_.RawNumber(text, size, true); }
  bool String(const char* text, SizeType size, bool) {
    return no_surrogate({text, size}) && document_.String(text, size, true);
  }
  bool Key(const char* text, SizeType size, bool) {
    if (!keys_.back().emplace(text, size).second)
      return fail("A key stands twice in one object: leave one of them.");
    return no_surrogate({text, size}) && document_.Key(text, size, true);
  }
  bool StartObject() { return enter() && document_.StartObject(); }
  bool EndObject(SizeType size) { return leave() && document_.EndObject(size); }
  bool StartArray() { return enter() && document_.StartArray(); }
  bool EndArray(SizeType size) { return leave() && document_.EndArray(size); }

  std::string why;  // of a refusal of its own

 private:
  bool fail(std::string reason) {
    why = std::move(reason);
    return false;
  }
  bool enter() {
    if (keys_.size() == deepest) return fail("It is nested too deep: no body of this API is.");
    keys_.emplace_back();
    return true;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }
  // RapidJSON turns "\udc00" alone into the bytes ED B0 80, which are no UTF-8.
  bool no_surrogate(std::string_view text) {
    for (std::size_t i = text.find('\xED'); i != text.npos; i = text.find('\xED', i + 1))
      if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) > 0x9F)
        return fail("A surrogate stands alone: write the pair, or the character itself.");
    return true;
  }

  rapidjson::Document& document_;
  std::vector<std::unordered_set<std::string>> keys_;
};

std::string escaped(std::string_view key) {
  std::string out;
  for (char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace

Result<rapidjson::Document> parse_object(std::string_view text) {
  rapidjson::Document document;
  std::string why;
  rapidjson::ParseResult result;
  auto parse = [&](rapidjson::Document& filled) {
    Strict strict(filled);
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    result =
        reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(stream, strict);
    why = strict.why;
    // The reader takes a zero byte for the end of the text.
    if (!result.IsError() && stream.Tell() < text.size())
      result.Set(rapidjson::kParseErrorDocumentRootNotSingular, stream.Tell());
    return !result.IsError();
  };
  document.Populate(parse);
  if (result.IsError())
    return Refusal{Code::malformed_json,
                   "Send JSON: what came breaks at byte " + std::to_string(result.Offset()) + ": " +
                       (why.empty() ? rapidjson::GetParseError_En(result.Code()) : why)};
  if (!document.IsObject()) return invalid("", "Send a JSON object.");
  return document;
}

Fields::Fields(const Value& object, std::string at, std::vector<Mistake>& mistakes, Null null)
    : object_(object), at_(std::move(at)), mistakes_(mistakes), null_(null) {}

bool Fields::has(std::string_view key) const {
  return object_.HasMember(Value(rapidjson::StringRef(key.data(), key.size())));
}

const Value* Fields::find(std::string_view key) {
  known_.insert(key);
  const auto found = object_.FindMember(Value(rapidjson::StringRef(key.data(), key.size())));
  if (found == object_.MemberEnd()) return nullptr;
  return found->value.IsNull() && null_ == Null::is_absent ? nullptr : &found->value;
}

std::string Fields::pointer(std::string_view key) const { return at_ + '/' + escaped(key); }

void Fields::mistake(std::string_view key, std::string detail) {
  if (mistakes_.size() < most_mistakes) mistakes_.push_back({pointer(key), std::move(detail)});
}

void Fields::need(std::string_view key) {
  if (!find(key)) mistake(key, "This field is needed.");
}

std::optional<std::string> Fields::text(std::string_view key) {
  const auto* value = find(key);
  if (!value) return {};
  if (value->IsString()) return std::string(value->GetString(), value->GetStringLength());
  mistake(key, "Write a text.");
  return {};
}

std::string Fields::need_text(std::string_view key) {
  need(key);
  return text(key).value_or("");
}

std::optional<std::int64_t> Fields::number(std::string_view key) {
  const auto* value = find(key);
  if (!value) return {};
  if (value->IsInt64()) return value->GetInt64();
  mistake(key, "Write a whole number.");
  return {};
}

std::optional<bool> Fields::flag(std::string_view key) {
  const auto* value = find(key);
  if (!value) return {};
  if (value->IsBool()) return value->GetBool();
  mistake(key, "Write true or false.");
  return {};
}

std::optional<std::optional<std::string>> Fields::text_or_null(std::string_view key) {
  const auto* value = find(key);
  if (value && value->IsNull()) return std::optional<std::string>{};
  auto written = text(key);
  if (!written) return {};
  return written;
}

std::optional<std::optional<std::int64_t>> Fields::number_or_null(std::string_view key) {
  const auto* value = find(key);
  if (value && value->IsNull()) return std::optional<std::int64_t>{};
  auto written = number(key);
  if (!written) return {};
  return written;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  const auto* value = find(key);
  if (!value) return {};
  std::vector<std::string> all;
  if (!value->IsArray()) {
    mistake(key, "Write a list of texts.");
    return all;
  }
  for (const auto& item : value->GetArray()) {
    if (item.IsString()) {
      all.emplace_back(item.GetString(), item.GetStringLength());
    } else {
      if (mistakes_.size() < most_mistakes)
        mistakes_.push_back({pointer(key) + '/' + std::to_string(all.size()), "Write a text."});
      all.emplace_back();
    }
  }
  return all;
}

bool Fields::objects(std::string_view key, const std::function<void(Fields&)>& visit) {
  const auto* value = find(key);
  if (!value) return false;
  if (!value->IsArray()) {
    mistake(key, "Write a list of objects.");
    return true;
  }
  std::size_t index = 0;
  for (const auto& item : value->GetArray()) {
    const auto place = pointer(key) + '/' + std::to_string(index++);
    if (item.IsObject()) {
      Fields fields(item, place, mistakes_, null_);
      visit(fields);
      fields.done();
    } else {
      if (mistakes_.size() < most_mistakes) mistakes_.push_back({place, "Write an object."});
      // It keeps its place in what is read, so that later mistakes are found under their own numbers.
      static const rapidjson::Value nothing(rapidjson::kObjectType);
      std::vector<Mistake> ignored;
      Fields fields(nothing, place, ignored, null_);
      visit(fields);
    }
  }
  return true;
}

void Fields::object(std::string_view key, const std::function<void(Fields&)>& visit) {
  const auto* value = find(key);
  if (!value) return;
  if (!value->IsObject()) return mistake(key, "Write an object.");
  Fields fields(*value, pointer(key), mistakes_, null_);
  visit(fields);
  fields.done();
}

void Fields::done() {
  for (const auto& member : object_.GetObject()) {
    const std::string_view key(member.name.GetString(), member.name.GetStringLength());
    if (!known_.contains(key)) mistake(key, "There is no such field here: leave it out.");
  }
}

}  // namespace failover::admin
