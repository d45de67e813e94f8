#include "core/table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core/answer.hpp"
#include "core/name.hpp"

namespace failover {
namespace {

// A zone's names and what they answer, with the empty non-terminals above them (RFC 8020).
std::unique_ptr<const ZoneAnswers> answers_of(const Zone& zone) {
  auto answers = std::make_unique<ZoneAnswers>();
  answers->no = zone.no;
  answers->name = zone.name;
  answers->soa_mname = zone.nameservers.front().name;
  answers->soa_rname = zone.hostmaster;
  answers->ttl = zone.ttl;
  answers->negative_ttl = zone.negative_ttl;
  for (const Nameserver& server : zone.nameservers) {
    answers->names[zone.name].push_back({Type::NS, server.name, zone.ttl});
    if (!is_within(server.name, zone.name)) continue;
    for (const std::string& address : server.addresses) {
      answers->names[server.name].push_back({is_ipv6(address) ? Type::AAAA : Type::A, address, zone.ttl});
    }
  }
  for (const OwnRecord& own : zone.records) answers->names[own.name].push_back(own.record);
  std::vector<std::string> names;
  for (auto& [name, records] : answers->names) {
    std::sort(records.begin(), records.end());
    records.erase(std::unique(records.begin(), records.end()), records.end());
    names.push_back(name);
  }
  for (const std::string& name : names) {
    for (std::string_view above = name; above != zone.name; above = parent(above)) {
      answers->names.try_emplace(std::string(above));
    }
  }
  return answers;
}

constexpr std::uint64_t pack(StackNo stack, std::uint16_t ttl) { return std::uint64_t{stack} << 16 | ttl; }

}  // namespace

struct Table::ZoneSlot {
  std::atomic<const ZoneAnswers*> answers{nullptr};
  std::atomic<std::uint32_t> serial{0};
  ~ZoneSlot() { delete answers.load(); }
};

// In one piece for up to two records, as most web heads have, so that they are one wait for memory.
struct Table::StackAnswer {
  explicit StackAnswer(std::vector<Record>&& records) : count(records.size()) {
    if (count <= few.size())
      std::ranges::move(records, few.begin());
    else
      many = std::move(records);
  }
  std::span<const Record> records() const {
    return count <= few.size() ? std::span(few.data(), count) : std::span<const Record>(many);
  }
  std::size_t count;
  std::array<Record, 2> few{};
  std::vector<Record> many;
};

struct Table::StackSlots {
  explicit StackSlots(std::size_t size) : places(size) {}
  mutable std::vector<std::atomic<const StackAnswer*>> places;
};

Table::Table() : directory_(new Directory), groups_(new GroupIndex(1024)), stacks_(new StackSlots(64)) {}

Table::~Table() {
  groups_.load()->clear();
  for (const auto& place : stacks_.load()->places) delete place.load();
  delete directory_.load();
  delete groups_.load();
  delete stacks_.load();
}

// --- Readers

Found Table::found_group(std::uint64_t live, const ZoneAnswers& zone, std::uint32_t serial) const {
  const auto ttl = static_cast<std::uint16_t>(live);
  Found found{&zone, serial, true, false, {}, ttl != 0 ? ttl : zone.ttl};
  if (const auto stack = static_cast<StackNo>(live >> 16); stack != 0) {
    if (const StackAnswer* answer = stacks_.load()->places[stack].load()) found.records = answer->records();
  }
  return found;
}

Found Table::Reader::find(std::string_view name) {
  place_.enter();
  const Directory& directory = *table_.directory_.load();
  // No zone lies inside another, so any order will do: most names are a group's, right below its zone.
  const std::string_view above = parent(name);
  auto at = directory.find(above);
  for (auto suffix = name; at == directory.end() && !suffix.empty(); suffix = parent(suffix))
    at = directory.find(suffix);
  if (at == directory.end()) return {};

  const ZoneAnswers& zone = *at->second->answers.load();
  Found found{&zone, at->second->serial.load(), false, name.size() == zone.name.size(), {}, 0};
  if (above.size() == zone.name.size()) {
    if (const auto* live = table_.groups_.load()->find(zone.no, first_label(name)))
      return table_.found_group(live->load(), zone, found.serial);
  }
  if (const auto own = zone.names.find(name); own != zone.names.end()) {
    found.exists = true;
    found.records = own->second;
  }
  return found;
}

void Table::Reader::each_zone(const std::function<void(const ZoneAnswers&, std::uint32_t)>& visit) {
  place_.enter();
  for (const auto& [name, slot] : *table_.directory_.load())
    visit(*slot->answers.load(), slot->serial.load());
}

bool Table::Reader::each_name(std::string_view zone,
                              const std::function<void(std::string_view, const Found&)>& visit) {
  place_.enter();
  const Directory& directory = *table_.directory_.load();
  const auto at = directory.find(zone);
  if (at == directory.end()) return false;
  const std::uint32_t serial = at->second->serial.load();
  const ZoneAnswers& answers = *at->second->answers.load();
  const auto own = [&](std::string_view name, const std::vector<Record>& records) {
    visit(name, {&answers, serial, true, name == zone, records, 0});
  };
  own(zone, answers.names.find(zone)->second);
  for (const auto& [name, records] : answers.names) {
    if (name != zone) own(name, records);
  }
  std::string name;
  table_.groups_.load()->each(answers.no, [&](std::string_view label, const auto& live) {
    name.assign(label).append(1, '.').append(zone);
    visit(name, table_.found_group(live.load(), answers, serial));
  });
  return true;
}

// --- The writer

void Table::load(const State& state) {
  make_room(state.group_count());
  state.each_zone([&](const Zone& zone) { return put_zone(zone), true; });
  state.each_stack([&](const Stack& stack) {
    put_stack(stack.no, std::make_unique<const StackAnswer>(answer(stack.servers)));
    return true;
  });
  state.each_group_after("", [&](const Group& group) { return put_group(group), true; });
  revision_ = state.revision();
}

// The answer first and the serial after it; see Reader::each_name.
void Table::apply(const Change& change) {
  if (const auto* zone = std::get_if<Touched<Zone>>(&change.subject)) {
    zone->after ? put_zone(*zone->after) : drop_zone(*zone->before);
  } else if (const auto* stack = std::get_if<Touched<Stack>>(&change.subject)) {
    const auto& after = stack->after;
    put_stack(after ? after->no : stack->before->no,
              after ? std::make_unique<const StackAnswer>(answer(after->servers)) : nullptr);
  } else if (const auto* group = std::get_if<Touched<Group>>(&change.subject)) {
    group->after ? put_group(*group->after) : drop_group(*group->before);
  }
  for (const NewSerial& serial : change.serials) {
    if (const auto at = directory_.load()->find(serial.zone); at != directory_.load()->end()) {
      at->second->serial.store(serial.serial);
    }
  }
  revision_.store(change.revision, std::memory_order_release);
}

void Table::put_zone(const Zone& zone) {
  auto& slot = zones_[zone.no];
  const bool is_new = !slot;
  if (is_new) slot = std::make_unique<ZoneSlot>();
  std::unique_ptr<const ZoneAnswers> old(slot->answers.exchange(answers_of(zone).release()));
  if (is_new) {
    slot->serial.store(zone.serial);
    publish_directory();
  } else {
    epoch_.retire(std::move(old));
  }
}

void Table::drop_zone(const Zone& zone) {
  auto node = zones_.extract(zone.no);
  publish_directory();
  epoch_.retire(std::unique_ptr<const ZoneSlot>(std::move(node.mapped())));
}

void Table::publish_directory() {
  auto directory = std::make_unique<Directory>();
  for (const auto& [no, slot] : zones_) directory->emplace(slot->answers.load()->name, slot.get());
  epoch_.retire(std::unique_ptr<const Directory>(directory_.exchange(directory.release())));
}

void Table::put_stack(StackNo no, std::unique_ptr<const StackAnswer> answer) {
  if (const auto& old = stacks_.load()->places; no >= old.size()) {
    auto larger = std::make_unique<StackSlots>(std::bit_ceil(std::size_t{no} + 1));
    for (std::size_t i = 0; i < old.size(); ++i) larger->places[i].store(old[i].load());
    epoch_.retire(std::unique_ptr<const StackSlots>(stacks_.exchange(larger.release())));
  }
  if (const StackAnswer* old = stacks_.load()->places[no].exchange(answer.release()))
    epoch_.retire(std::unique_ptr<const StackAnswer>(old));
}

void Table::put_group(const Group& group) {
  const std::uint64_t live = pack(group.live_stack(), group.ttl);
  if (auto* there = groups_.load()->find(group.zone, group.label)) return there->store(live);
  make_room(group_count_ + 1);
  groups_.load()->add(group.zone, group.label, live);
  ++used_;
  ++group_count_;
}

void Table::drop_group(const Group& group) {
  if (auto label = groups_.load()->drop(group.zone, group.label)) epoch_.retire(std::move(label));
  --group_count_;
}

// Dropped places are only given up when all are moved. The new index is at most half full, so that it takes a
// quarter more before all are moved again.
void Table::make_room(std::size_t groups) {
  const GroupIndex& old = *groups_.load();
  if (std::max(used_ + 1, groups) * 8 <= old.size() * 5) return;
  auto larger = std::make_unique<GroupIndex>(std::max<std::size_t>(1024, std::bit_ceil(groups * 2)));
  larger->add_all(old);
  used_ = group_count_;
  epoch_.retire(std::unique_ptr<const GroupIndex>(groups_.exchange(larger.release())));
}

}  // namespace failover
