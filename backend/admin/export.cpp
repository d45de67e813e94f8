#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <map>
#include <set>

#include "admin/handlers.hpp"
#include "control/control.hpp"

namespace failover::admin {
namespace {

// What one hold of the lock may cost: a flip waits for it.
constexpr std::size_t lines_at_once = 500, stacks_at_once = 50, zones_at_once = 50;

class Line {
 public:
  explicit Line(std::string_view kind) {
    out_.StartObject();
    key(kind);
    out_.StartObject();
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    out_.Int64(value);
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    out_.StartArray();
    for (const auto& value : values)
      out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    out_.EndArray();
  }
  template <class Items, class Write>
  void objects(std::string_view name, const Items& items, Write write) {
    key(name);
    out_.StartArray();
    for (const auto& item : items) {
      out_.StartObject();
      write(item);
      out_.EndObject();
    }
    out_.EndArray();
  }
  void append_to(std::string& text) {
    out_.EndObject();
    out_.EndObject();
    text.append(buffer_.GetString(), buffer_.GetSize());
    text += '\n';
  }

 private:
  void key(std::string_view name) { out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
};

void write(std::string& text, const Zone& zone) {
  Line line("zone");
  line.text("name", zone.name);
  line.objects("nameservers", zone.nameservers, [&](const Nameserver& server) {
    line.text("name", server.name);
    line.texts("addresses", server.addresses);
  });
  line.text("hostmaster", zone.hostmaster);
  line.number("ttl", zone.ttl);
  line.number("negative_ttl", zone.negative_ttl);
  line.objects("records", zone.records, [&](const OwnRecord& own) {
    line.text("name", own.name);
    line.text("type", to_string(own.record.type));
    line.text("content", own.record.content);
    line.number("ttl", own.record.ttl);
  });
  line.append_to(text);
}

void write(std::string& text, const Stack& stack) {
  Line line("stack");
  line.text("name", stack.name);
  line.objects("servers", stack.servers, [&](const Server& server) {
    line.text("name", server.name);
    line.text("role", to_string(server.role));
    line.texts("addresses", server.addresses);
    if (!server.hostname.empty()) line.text("hostname", server.hostname);
  });
  line.append_to(text);
}

// Zones, stacks, groups, retired addresses, in pages, so that neither memory nor the lock is held for long.
// Writes go on meanwhile: a line shows its thing as it was when its page was read.
class Export final : public net::HttpReplyStream, public std::enable_shared_from_this<Export> {
 public:
  Export(Control& control, Workers& workers) : control_(control), workers_(workers) {}

  void next(std::function<void(net::HttpPiece)> give) override {
    workers_.post([self = shared_from_this(), give = std::move(give)] {
      std::string text;
      while (text.empty() && self->step_)
        self->control_.read([&](const State& state) { (*self.*(self->step_))(state, text); });
      give({text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))});
    });
  }

 private:
  using Step = void (Export::*)(const State&, std::string&);

  void go_on_to(Step step) {
    step_ = step;
    after_.clear();
  }

  void zones(const State& state, std::string& text) {
    std::size_t count = 0;
    state.each_zone([&](const Zone& zone) {
      if (zone.name <= after_) return true;
      add(zone, text);
      after_ = zone.name;
      return ++count < zones_at_once;
    });
    if (count < zones_at_once) go_on_to(&Export::stacks);
  }

  void stacks(const State& state, std::string& text) {
    std::size_t count = 0;
    state.each_stack_after(after_, [&](const Stack& stack) {
      if (!names_.contains(stack.no)) add(stack, text);
      after_ = stack.name;
      return ++count < stacks_at_once;
    });
    if (count < stacks_at_once) go_on_to(&Export::groups);
  }

  void groups(const State& state, std::string& text) {
    std::size_t count = 0;
    state.each_group_after(after_, [&](const Group& group) {
      // What a group needs and came meanwhile goes before it.
      add(*state.zone(group.zone), text);
      const std::string primary = name_of(state, group.primary, text),
                        backup = name_of(state, group.backup, text);
      Line line("group");
      line.text("zone", state.zone(group.zone)->name);
      line.text("label", group.label);
      if (!group.name.empty()) line.text("name", group.name);
      if (!primary.empty()) line.text("primary", primary);
      if (!backup.empty()) line.text("backup", backup);
      if (group.ttl != 0) line.number("ttl", group.ttl);
      if (group.live != Side::none) line.text("live", to_string(group.live));
      line.append_to(text);
      after_ = address(state, group);
      return ++count < lines_at_once;
    });
    if (count < lines_at_once) go_on_to(&Export::retired);
  }

  void retired(const State& state, std::string& text) {
    std::size_t count = 0;
    state.each_retired_after(after_, [&](std::string_view zone, std::string_view label) {
      Line line("retired");
      line.text("zone", zone);
      line.text("label", label);
      line.append_to(text);
      after_ = std::string(label) + '.' + std::string(zone);
      return ++count < lines_at_once;
    });
    if (count < lines_at_once) go_on_to(nullptr);
  }

  void add(const Zone& zone, std::string& text) {
    if (zones_.insert(zone.no).second) write(text, zone);
  }

  void add(const Stack& stack, std::string& text) {
    names_[stack.no] = stack.name;
    write(text, stack);
  }

  // The name a stack was exported under, which is now if it was not yet.
  std::string name_of(const State& state, StackNo no, std::string& text) {
    if (no == 0) return {};
    if (!names_.contains(no)) add(*state.stack(no), text);
    return names_[no];
  }

  Control& control_;
  Workers& workers_;
  Step step_ = &Export::zones;
  std::string after_;
  std::set<ZoneNo> zones_;  // that are exported
  std::map<StackNo, std::string> names_;
};

}  // namespace

void export_lines(Control& control, Call call) {
  net::HttpReply reply{200, {{"Content-Type", "application/x-ndjson"}}, {}};
  reply.stream = std::make_shared<Export>(control, *call.workers);
  call.reply(std::move(reply));
}

}  // namespace failover::admin
