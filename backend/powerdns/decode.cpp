#include "powerdns/decode.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <limits>

#include "powerdns/fields.hpp"

namespace failover::powerdns {
namespace {

// Deeper than any question is.
constexpr int deepest = 16;

// Takes the events of the JSON reader. Objects within the parameters that are none of ours are passed over.
class Events : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Events> {
 public:
  // `top` is the depth at which parameters stand: 2 within a whole request, 1 where they come alone.
  Events(Fields& fields, std::string& trouble, int top) : fields_(fields), trouble_(trouble), top_(top) {}

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const Field field = field_from({text, size});
    const bool of_request = field == Field::method || field == Field::parameters;
    const bool here = of_request ? top_ == 2 && depth_ == 1 : in_parameters_ && depth_ == top_;
    field_ = here ? field : Field::other;
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 0) return wrong_root();
    if (field_ == Field::other) return true;
    if (!Fields::is_text(field_)) return wrong_type();
    fields_.set(field_, std::string_view(text, size));
    return true;
  }
  bool Int(int number) { return whole(number); }
  bool Uint(unsigned number) { return whole(number); }
  bool Int64(std::int64_t number) { return whole(number); }
  bool Uint64(std::uint64_t) { return whole(std::numeric_limits<std::int64_t>::max()); }
  bool Double(double number) {
    if (std::trunc(number) != number || std::abs(number) > 1e15) return Default();
    return whole(static_cast<std::int64_t>(number));
  }
  bool StartObject() {
    if (depth_ == 1 && top_ == 2 && field_ == Field::parameters)
      in_parameters_ = true;
    else if (depth_ == 0)
      in_parameters_ = top_ == 1;
    else if (field_ != Field::other)
      return wrong_type();
    return deeper();
  }
  bool EndObject(rapidjson::SizeType) {
    if (depth_ == 2) in_parameters_ = top_ == 1;
    --depth_;
    field_ = Field::other;
    return true;
  }
  bool StartArray() { return depth_ == 0 ? wrong_root() : field_ != Field::other ? wrong_type() : deeper(); }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  // Null, booleans, fractions.
  bool Default() { return depth_ == 0 ? wrong_root() : field_ == Field::other || wrong_type(); }

 private:
  bool whole(std::int64_t number) {
    if (depth_ == 0) return wrong_root();
    if (field_ == Field::other) return true;
    if (!Fields::is_number(field_)) return wrong_type();
    fields_.set(field_, number);
    return true;
  }
  bool deeper() {
    if (++depth_ <= deepest) return true;
    trouble_ = "nested more than 16 deep";
    return false;
  }
  bool wrong_root() {
    trouble_ = "not a JSON object";
    return false;
  }
  bool wrong_type() {
    trouble_ = std::string(to_string(field_)) + " is of the wrong type";
    return false;
  }

  Fields& fields_;
  std::string& trouble_;
  const int top_;
  int depth_ = 0;
  bool in_parameters_ = false;
  Field field_ = Field::other;
};

}  // namespace

struct Decoder::Impl {
  Fields fields{};
  std::string key, work, json, trouble;
  rapidjson::Reader reader;
  Question question;

  const Question& refuse(std::string why) {
    trouble = std::move(why);
    question = {};
    question.text = trouble;
    return question;
  }

  bool read_json(std::string_view text, int top) {
    // In place, which is twice as fast, on a copy. A million brackets are not a million calls deep: Events
    // ends it at `deepest`.
    constexpr unsigned flags = rapidjson::kParseInsituFlag;
    work.assign(text);
    rapidjson::InsituStringStream bytes(work.data());
    Events events(fields, trouble, top);
    const auto result = reader.Parse<flags>(bytes, events);
    if (!result) {
      if (result.Code() != rapidjson::kParseErrorTermination)
        trouble = "broken JSON at byte " + std::to_string(result.Offset()) + ": " +
                  rapidjson::GetParseError_En(result.Code());
      return false;
    }
    // The reader takes a zero byte for the end.
    if (bytes.Tell() < text.size()) trouble = "broken JSON: a zero byte";
    return trouble.empty();
  }

  const Question& ask();
  const Question& ask(const PlainLookup& lookup);
  bool take_name(Field field);
  void take_type(std::string_view word) { question.type = type_from(word).value_or(Type{}); }
  bool take_number(Field field, std::uint32_t& number);
  bool take_text(Field field, std::size_t longest);
};

bool Decoder::Impl::take_name(Field field) {
  if (!fields.has(field)) {
    trouble = std::string(to_string(field)) + " is missing";
    return false;
  }
  question.name = fields.text(field);
  if (const char* wrong = check_name(question.name, key)) {
    trouble = std::string(to_string(field)) + ' ' + wrong;
    return false;
  }
  question.key = key;
  return true;
}

bool Decoder::Impl::take_number(Field field, std::uint32_t& number) {
  if (!fields.has(field) || fields.number(field) < 0 ||
      fields.number(field) > std::numeric_limits<std::uint32_t>::max()) {
    trouble = std::string(to_string(field)) + " is missing or no number from 0 to 4294967295";
    return false;
  }
  number = static_cast<std::uint32_t>(fields.number(field));
  return true;
}

bool Decoder::Impl::take_text(Field field, std::size_t longest) {
  if (!fields.has(field) || fields.text(field).size() > longest) {
    trouble =
        std::string(to_string(field)) + " is missing or longer than " + std::to_string(longest) + " bytes";
    return false;
  }
  question.text = fields.text(field);
  return true;
}

const Question& Decoder::Impl::ask() {
  question = {};
  if (!fields.has(Field::method)) return refuse("method is missing");
  const std::string& word = fields.text(Field::method);
  const auto method = method_from(word);
  if (!method) return refuse("unknown method " + word.substr(0, 100));

  bool good = true;
  switch (*method) {
    case Method::lookup:
      good = take_name(Field::qname);
      if (good && !fields.has(Field::qtype)) return refuse("qtype is missing");
      if (good) take_type(fields.text(Field::qtype));
      break;
    case Method::list:
      good = take_name(Field::zonename);
      break;
    case Method::get_domain_info:
    case Method::get_all_domain_metadata:
      good = take_name(Field::name);
      break;
    case Method::get_domain_metadata:
      good = take_name(Field::name) && take_text(Field::kind, 255);
      break;
    case Method::search_records:
      good = take_text(Field::pattern, 255) && take_number(Field::max_results, question.most);
      break;
    case Method::set_notified:
      good = take_number(Field::id, question.zone_id) && take_number(Field::serial, question.serial);
      break;
    case Method::direct_backend_cmd:
      good = take_text(Field::query, 1100);
      break;
    default:
      break;
  }
  if (!good) return refuse(word + ": " + trouble);
  question.method = *method;
  return question;
}

const Question& Decoder::Impl::ask(const PlainLookup& lookup) {
  question = {};
  fields.set(Field::qname, lookup.qname);
  if (!take_name(Field::qname)) return refuse("lookup: " + trouble);
  take_type(lookup.qtype);
  question.method = Method::lookup;
  return question;
}

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

const Question& Decoder::line(std::string_view json) {
  if (const auto lookup = read_lookup(json)) return impl_->ask(*lookup);
  impl_->fields.clear();
  impl_->trouble.clear();
  if (!impl_->read_json(json, 2)) return impl_->refuse(std::move(impl_->trouble));
  return impl_->ask();
}

const Question& Decoder::http(std::string_view target, std::string_view body) {
  // post_json: the body is what a line would be.
  if (const auto start = body.find_first_not_of(" \t\r\n"); start != body.npos && body[start] == '{')
    return line(body);
  impl_->fields.clear();
  impl_->trouble.clear();
  if (!read_http(target, body, impl_->fields, impl_->json, impl_->trouble) ||
      (!impl_->json.empty() && !impl_->read_json(impl_->json, 1)))
    return impl_->refuse(std::move(impl_->trouble));
  return impl_->ask();
}

const Question& Decoder::refused(std::string_view why) { return impl_->refuse(std::string(why)); }

}  // namespace failover::powerdns
