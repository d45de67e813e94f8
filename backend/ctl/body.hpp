// A JSON object for a request's body, member by member, in the order added.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <vector>

namespace failover::ctl {

class Body {
 public:
  Body() : writer_(buffer_) { writer_.StartObject(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  Body& text(const char* name, const std::string& value) {
    writer_.Key(name);
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }
  // Added where not empty.
  Body& given(const char* name, const std::string& value) {
    return value.empty() ? *this : text(name, value);
  }
  Body& number(const char* name, unsigned value) {
    writer_.Key(name);
    writer_.Uint(value);
    return *this;
  }
  Body& flag(const char* name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
    return *this;
  }
  Body& null(const char* name) {
    writer_.Key(name);
    writer_.Null();
    return *this;
  }
  // `json` is JSON already.
  Body& json(const char* name, const std::string& json) {
    writer_.Key(name);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }
  Body& texts(const char* name, const std::vector<std::string>& values) {
    writer_.Key(name);
    writer_.StartArray();
    for (const auto& value : values)
      writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    writer_.EndArray();
    return *this;
  }
  // Ends the object; call it once.
  std::string done() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace failover::ctl
