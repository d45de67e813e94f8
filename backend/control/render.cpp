#include "control/render.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <ctime>

#include "core/answer.hpp"

namespace failover {
namespace {

// RapidJSON's writer with the shapes that resources share.
class Json {
 public:
  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void text(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void field(std::string_view name, std::string_view value) { key(name), text(value); }
  void field(std::string_view name, std::int64_t value) { key(name), writer_.Int64(value); }
  void field(std::string_view name, Time value) { key(name), text(render(value)); }
  void text_or_null(std::string_view name, std::string_view value) {
    key(name);
    value.empty() ? writer_.Null()
                  : writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  // `json` is JSON already; "" is null.
  void raw(std::string_view name, std::string_view json) {
    key(name);
    if (json.empty()) json = "null";
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    writer_.StartArray();
    for (const std::string& value : values) text(value);
    writer_.EndArray();
  }
  void open() { writer_.StartObject(); }
  void close() { writer_.EndObject(); }
  void open_list() { writer_.StartArray(); }
  void close_list() { writer_.EndArray(); }
  std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

void write(Json& json, const Server& server) {
  json.open();
  json.field("name", server.name);
  json.field("role", to_string(server.role));
  json.texts("addresses", server.addresses);
  json.text_or_null("hostname", server.hostname);
  json.close();
}

void write(Json& json, const std::vector<Record>& records) {
  json.open_list();
  for (const Record& record : records) {
    json.open();
    json.field("type", to_string(record.type));
    json.field("content", record.content);
    json.close();
  }
  json.close_list();
}

void write_reference(Json& json, std::string_view name, const Stack* stack) {
  if (stack == nullptr) return json.raw(name, "");
  json.key(name);
  json.open();
  json.field("id", stack->id);
  json.field("name", stack->name);
  json.close();
}

template <class Resource>
void write_history(Json& json, const Resource& resource) {
  json.field("revision", resource.revision);
  json.field("created_at", resource.created_at);
  json.field("updated_at", resource.updated_at);
}

void write_settings(Json& json, const Stack& stack) {
  json.field("id", stack.id);
  json.field("name", stack.name);
  json.key("servers");
  json.open_list();
  for (const Server& server : stack.servers) write(json, server);
  json.close_list();
  std::vector<std::string> head;
  for (const std::size_t i : web_head(stack.servers)) head.push_back(stack.servers[i].name);
  json.texts("web_head", head);
}

template <class Write>
std::string object(Write write_fields) {
  Json json;
  json.open();
  write_fields(json);
  json.close();
  return json.take();
}

}  // namespace

std::string render(const View&, const Zone& zone) {
  return object([&](Json& json) {
    json.field("name", zone.name);
    json.key("nameservers");
    json.open_list();
    for (const Nameserver& server : zone.nameservers) {
      json.open();
      json.field("name", server.name);
      json.texts("addresses", server.addresses);
      json.close();
    }
    json.close_list();
    json.field("hostmaster", zone.hostmaster);
    json.field("ttl", zone.ttl);
    json.field("negative_ttl", zone.negative_ttl);
    json.key("records");
    json.open_list();
    for (const OwnRecord& own : zone.records) {
      json.open();
      json.field("name", own.name);
      json.field("type", to_string(own.record.type));
      json.field("content", own.record.content);
      json.field("ttl", own.record.ttl);
      json.close();
    }
    json.close_list();
    json.field("serial", zone.serial);
    write_history(json, zone);
  });
}

std::string render(const View& view, const Stack& stack) {
  return object([&](Json& json) {
    write_settings(json, stack);
    json.field("failover_status", to_string(failover_status(view, stack.no)));
    std::vector<std::string> labels;
    view.each_group_of(stack.no, [&](const Group& group) { return labels.push_back(group.label), true; });
    std::sort(labels.begin(), labels.end());
    json.texts("groups", labels);
    write_history(json, stack);
  });
}

std::string render_settings(const Stack& stack) {
  return object([&](Json& json) {
    write_settings(json, stack);
    write_history(json, stack);
  });
}

std::string render(const View& view, const Group& group) {
  return object([&](Json& json) {
    json.field("label", group.label);
    json.field("address", address(view, group));
    json.field("zone", view.zone(group.zone)->name);
    json.field("name", group.name);
    write_reference(json, "primary", view.stack(group.primary));
    write_reference(json, "backup", view.stack(group.backup));
    json.field("live", to_string(group.live));
    json.field("live_since", group.live_since);
    json.field("ttl", effective_ttl(view, group));
    json.key("answer");
    write(json, answer(view, group));
    write_history(json, group);
  });
}

std::string render(const View& view, const Token& token) {
  return object([&](Json& json) {
    const Stack* stack = view.stack(token.stack);
    json.field("id", token.id);
    json.field("name", token.name);
    json.field("role", to_string(token.role));
    json.text_or_null("stack", stack == nullptr ? "" : stack->name);
    json.text_or_null("expires_at", token.expires_at ? render(*token.expires_at) : "");
    json.field("revision", token.revision);
    json.field("created_at", token.created_at);
  });
}

std::string render(const Server& server) {
  Json json;
  write(json, server);
  return json.take();
}

std::string render(const TrailEntry& entry) {
  return object([&](Json& json) {
    json.field("revision", entry.revision);
    json.field("at", entry.at);
    json.field("verb", entry.verb);
    json.field("actor", entry.actor);
    json.text_or_null("from", entry.from);
    json.text_or_null("reason", entry.reason);
    json.text_or_null("zone", entry.zone);
    json.text_or_null("group", entry.group);
    json.text_or_null("stack", entry.stack);
    json.raw("before", entry.before);
    json.raw("after", entry.after);
  });
}

std::string render(const Change& change) {
  const Context& by = change.by;
  return render(TrailEntry{change.revision, by.at, change.verb, by.actor, by.from, by.reason, change.zone,
                           change.group, change.stack, change.before, change.after});
}

std::string render(const std::vector<Record>& records) {
  Json json;
  write(json, records);
  return json.take();
}

std::string render(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t whole = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string fraction = std::to_string(1000 + (time - seconds).count());
  return std::string(text, length) + '.' + fraction.substr(1) + 'Z';
}

std::string quoted(std::string_view text) {
  Json json;
  json.text(text);
  return json.take();
}

}  // namespace failover
