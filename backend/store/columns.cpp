#include "store/columns.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>

namespace failover::columns {
namespace {

using Buffer = rapidjson::StringBuffer;
using Writer = rapidjson::Writer<Buffer>;

void put(Writer& out, std::string_view text) { out.String(text.data(), static_cast<unsigned>(text.size())); }

void put(Writer& out, const char* key, std::string_view text) {
  out.Key(key);
  put(out, text);
}

void put(Writer& out, const char* key, const std::vector<std::string>& texts) {
  out.Key(key);
  out.StartArray();
  for (const std::string& text : texts) put(out, text);
  out.EndArray();
}

template <class Things, class Fields>
std::string write_list(const Things& things, Fields fields) {
  Buffer buffer;
  Writer out(buffer);
  out.StartArray();
  for (const auto& thing : things) {
    out.StartObject();
    fields(out, thing);
    out.EndObject();
  }
  out.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

// A field of an object, of the kind that `is` asks for.
const rapidjson::Value& field(const rapidjson::Value& object, const char* key,
                              bool (rapidjson::Value::*is)() const) {
  const auto found = object.FindMember(key);
  if (found == object.MemberEnd() || !(found->value.*is)()) {
    throw std::runtime_error(std::string("a list kept as JSON lacks ") + key);
  }
  return found->value;
}

std::string text(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

std::string text(const rapidjson::Value& object, const char* key) {
  return text(field(object, key, &rapidjson::Value::IsString));
}

std::vector<std::string> texts(const rapidjson::Value& object, const char* key) {
  std::vector<std::string> list;
  for (const auto& value : field(object, key, &rapidjson::Value::IsArray).GetArray()) {
    if (!value.IsString()) throw std::runtime_error(std::string("a list kept as JSON has no text in ") + key);
    list.push_back(text(value));
  }
  return list;
}

// A word of the API, read by one of model.hpp's functions.
template <class Read>
auto word(const rapidjson::Value& object, const char* key, Read read) {
  const auto value = read(text(object, key));
  if (!value) throw std::runtime_error(std::string("a list kept as JSON has an unknown ") + key);
  return *value;
}

template <class Thing, class Read>
std::vector<Thing> read_list(std::string_view json, Read read) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError() || !document.IsArray())
    throw std::runtime_error("a list kept as JSON is none");
  std::vector<Thing> list;
  list.reserve(document.Size());
  for (const auto& object : document.GetArray()) {
    if (!object.IsObject()) throw std::runtime_error("a list kept as JSON holds something else than objects");
    list.push_back(read(object));
  }
  return list;
}

}  // namespace

std::string write(const std::vector<Server>& servers) {
  return write_list(servers, [](Writer& out, const Server& server) {
    put(out, "name", server.name);
    put(out, "role", to_string(server.role));
    put(out, "addresses", server.addresses);
    put(out, "hostname", server.hostname);
  });
}

std::string write(const std::vector<Nameserver>& nameservers) {
  return write_list(nameservers, [](Writer& out, const Nameserver& server) {
    put(out, "name", server.name);
    put(out, "addresses", server.addresses);
  });
}

std::string write(const std::vector<OwnRecord>& records) {
  return write_list(records, [](Writer& out, const OwnRecord& own) {
    put(out, "name", own.name);
    put(out, "type", to_string(own.record.type));
    put(out, "content", own.record.content);
    out.Key("ttl");
    out.Uint(own.record.ttl);
  });
}

std::vector<Server> servers(std::string_view json) {
  return read_list<Server>(json, [](const rapidjson::Value& object) {
    return Server{text(object, "name"), word(object, "role", role_from), texts(object, "addresses"),
                  text(object, "hostname")};
  });
}

std::vector<Nameserver> nameservers(std::string_view json) {
  return read_list<Nameserver>(json, [](const rapidjson::Value& object) {
    return Nameserver{text(object, "name"), texts(object, "addresses")};
  });
}

std::vector<OwnRecord> records(std::string_view json) {
  return read_list<OwnRecord>(json, [](const rapidjson::Value& object) {
    return OwnRecord{text(object, "name"),
                     {word(object, "type", type_from), text(object, "content"),
                      field(object, "ttl", &rapidjson::Value::IsUint).GetUint()}};
  });
}

}  // namespace failover::columns
