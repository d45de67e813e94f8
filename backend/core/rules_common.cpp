#include "core/rules_common.hpp"

#include <algorithm>

#include "core/name.hpp"
#include "core/text.hpp"

namespace failover::rules {

Refusal Mistakes::refusal() && {
  std::string detail = list_.size() == 1 ? list_.front().detail
                                         : "The request has " + std::to_string(list_.size()) +
                                               " mistakes: correct each one in errors.";
  return {Code::invalid, std::move(detail), std::move(list_)};
}

Refusal conflict(Code code, std::string detail) { return {code, std::move(detail)}; }

std::optional<Refusal> check_revision(std::optional<Revision> if_match, Revision standing) {
  if (!if_match || *if_match == standing) return std::nullopt;
  const std::string is =
      standing == 0 ? "It does not exist yet" : "It is now at revision " + std::to_string(standing);
  return Refusal{Code::stale, is + ", not " + std::to_string(*if_match) + ": read it again and decide anew."};
}

Change begin(const View& view, const Context& context, std::string verb) {
  Change change;
  change.revision = view.revision() + 1;
  change.by = context;
  change.verb = std::move(verb);
  return change;
}

void alter(Change& change, const View& view, const Zone& zone) {
  const auto same = [&](const NewSerial& known) { return known.zone == zone.name; };
  if (std::any_of(change.serials.begin(), change.serials.end(), same)) return;
  change.serials.push_back({zone.name, next_serial(view.last_serial(zone.name), change.by.at)});
}

namespace {

bool leads_to(const Record& record, std::string_view name) {
  const std::string_view content = record.content;
  return (record.type == Type::CNAME || record.type == Type::MX || record.type == Type::SRV) &&
         content.ends_with(name) &&
         (content.size() == name.size() || content[content.size() - name.size() - 1] == ' ');
}

}  // namespace

void drop(Change& change, const View& view, std::string name) {
  auto& names = change.altered;
  std::size_t at = names.size();
  names.push_back(std::move(name));
  for (; at < names.size(); ++at) {
    view.each_zone([&](const Zone& zone) {
      for (const OwnRecord& own : zone.records) {
        if (leads_to(own.record, names[at]) && std::find(names.begin(), names.end(), own.name) == names.end())
          names.push_back(own.name);
      }
      return true;
    });
  }
}

std::uint32_t next_serial(std::uint32_t last, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return std::max(last + 1, static_cast<std::uint32_t>(seconds));
}

std::uint32_t kept_for(const View& view, const Group& group) {
  return answer(view, group).empty() ? view.zone(group.zone)->negative_ttl : effective_ttl(view, group);
}

std::uint64_t Draw::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string Draw::label() {
  const std::string digits = std::to_string(1'000'000'000 + next() % 1'000'000'000);
  return digits.substr(1, 3) + '-' + digits.substr(4, 3) + '-' + digits.substr(7, 3);
}

std::string Draw::id(std::string_view prefix) {
  constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford's base 32
  std::string id(prefix);
  for (std::uint64_t rest = next(), i = 0; i < 13; ++i, rest >>= 5) id += letters[rest & 31];
  return id;
}

void check_ttl(Mistakes& mistakes, const std::string& pointer, std::optional<std::int64_t> ttl) {
  if (ttl && (*ttl < 5 || *ttl > 300)) mistakes.add(pointer, "Give a TTL of 5 to 300 seconds.");
}

void check_text(Mistakes& mistakes, const std::string& pointer, const std::optional<std::string>& text) {
  if (text && text->size() > 255) mistakes.add(pointer, "Give a text of at most 255 bytes.");
  if (text && has_control(*text))
    mistakes.add(pointer, "Give a text of one line without control characters, tabs among them.");
}

bool is_own_name(const Zone& zone, std::string_view name) {
  return std::any_of(zone.records.begin(), zone.records.end(),
                     [&](const OwnRecord& own) { return own.name == name; }) ||
         std::any_of(zone.nameservers.begin(), zone.nameservers.end(),
                     [&](const Nameserver& server) { return server.name == name; });
}

}  // namespace failover::rules
