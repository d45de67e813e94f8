// Rules 6, 11, 13 and 14: zones.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/name.hpp"
#include "core/rules_common.hpp"

namespace failover::rules {
namespace {

constexpr std::int64_t longest_record_ttl = 86400;
// Records that differ, beyond which a zone is dropped from caches whole. A flush of one name takes PowerDNS
// up to 12 ms, one of a whole zone 121 (powerdns/flusher.hpp).
constexpr std::size_t most_one_by_one = 100;

void check_nameservers(const PutZone& request, Zone& zone, Mistakes& mistakes) {
  if (request.nameservers.empty()) mistakes.add("/nameservers", "Name at least one nameserver of the zone.");
  std::set<std::string> names;
  for (std::size_t i = 0; i < request.nameservers.size(); ++i) {
    const Nameserver& given = request.nameservers[i];
    const std::string at = "/nameservers/" + std::to_string(i);
    const auto name = host_name(given.name);
    if (!name)
      mistakes.add(at + "/name", "Give a DNS name of two labels or more, such as ns1." + zone.name + ".");
    Nameserver server{name.value_or(""), {}};
    if (name && !names.insert(*name).second) mistakes.add(at + "/name", "Name each nameserver once.");
    for (std::size_t a = 0; a < given.addresses.size(); ++a) {
      if (auto address = unicast_address(given.addresses[a])) {
        server.addresses.push_back(std::move(*address));
      } else {
        mistakes.add(at + "/addresses/" + std::to_string(a), "Give a unicast IPv4 or IPv6 address.");
      }
    }
    if (name && given.addresses.empty() && is_within(*name, zone.name)) {
      mistakes.add(at + "/addresses", "A nameserver inside the zone needs at least one address.");
    }
    if (name == zone.name) mistakes.add(at + "/name", "Give the nameserver a name below the zone's own.");
    zone.nameservers.push_back(std::move(server));
  }
  std::sort(zone.nameservers.begin(), zone.nameservers.end(),
            [](const Nameserver& a, const Nameserver& b) { return a.name < b.name; });
}

// One of the types a zone may have records of; NS and SOA are the zone's settings.
std::optional<Type> own_type(std::string_view word) {
  const auto type = type_from(word);
  return type == Type::NS || type == Type::SOA || type == Type::ANY ? std::nullopt : type;
}

void check_record(const RecordSpec& spec, const std::string& at, Zone& zone, Mistakes& mistakes) {
  const auto name = owner_name(spec.name);
  if (!name || !is_within(*name, zone.name)) {
    mistakes.add(at + "/name",
                 "Give a full name in the zone: " + zone.name + " or one that ends with ." + zone.name + '.');
  }
  const auto type = own_type(spec.type);
  auto content = record_content(type.value_or(Type::ANY), spec.content);
  if (!content) mistakes.add(at + (type ? "/content" : "/type"), content.error().detail);
  if (spec.ttl && (*spec.ttl < 0 || *spec.ttl > longest_record_ttl)) {
    mistakes.add(at + "/ttl", "Give a TTL of 0 to 86400 seconds.");
  }
  if (name && content) {
    zone.records.push_back(
        {*name, {*type, std::move(*content), static_cast<std::uint32_t>(spec.ttl.value_or(zone.ttl))}});
  }
}

// No CNAME beside other data or at the apex (RFC 1034, 3.6.2), one TTL for a set (RFC 2181, 5.2).
void check_sets(const Zone& zone, Mistakes& mistakes) {
  std::map<std::string, std::set<Type>> types;
  std::map<std::pair<std::string, Type>, std::uint32_t> ttls;
  for (const Nameserver& server : zone.nameservers) {
    if (!is_within(server.name, zone.name)) continue;
    types[server.name].insert(Type::A);
    for (const std::string& address : server.addresses)
      ttls.try_emplace({server.name, is_ipv6(address) ? Type::AAAA : Type::A}, zone.ttl);
  }
  types[zone.name].insert(Type::SOA);
  for (const OwnRecord& own : zone.records) {
    types[own.name].insert(own.record.type);
    const auto [known, is_new] = ttls.try_emplace({own.name, own.record.type}, own.record.ttl);
    if (!is_new && known->second != own.record.ttl) {
      mistakes.add("/records", "Give all " + std::string(to_string(own.record.type)) + " records of " +
                                   own.name + " one TTL.");
    }
  }
  const auto is_alias_at = [&](const OwnRecord& own) { return own.record.type == Type::CNAME; };
  std::set<std::string> reported;
  for (const OwnRecord& own : zone.records) {
    if (!is_alias_at(own)) continue;
    const auto aliases = std::count_if(zone.records.begin(), zone.records.end(), [&](const OwnRecord& one) {
      return is_alias_at(one) && one.name == own.name;
    });
    if ((types[own.name].size() > 1 || aliases > 1) && reported.insert(own.name).second) {
      mistakes.add("/records", own.name == zone.name
                                   ? "The zone's own name cannot be a CNAME."
                                   : "A CNAME stands alone: give " + own.name + " nothing beside it.");
    }
  }
}

// Own names against groups, and the zone against other zones and hostnames.
std::optional<Refusal> check_conflicts(const View& view, const Zone& zone, bool is_new) {
  std::set<std::string> names;
  for (const OwnRecord& own : zone.records) names.insert(own.name);
  for (const Nameserver& server : zone.nameservers) names.insert(server.name);
  for (const std::string& name : names) {
    if (parent(name) != zone.name) continue;
    const std::string label(first_label(name));
    if (view.group({zone.no, label}) != nullptr) {
      return conflict(Code::address_taken, "The name " + name + " is a group's address: choose another.");
    }
    if (view.is_retired(zone.name, label)) {
      return conflict(Code::address_retired,
                      "The name " + name + " was a group's address and is never used again: choose another.");
    }
  }
  if (!is_new) return std::nullopt;
  std::optional<Refusal> refusal;
  view.each_zone([&](const Zone& known) {
    if (is_within(zone.name, known.name) || is_within(known.name, zone.name)) {
      refusal = conflict(Code::zone_overlaps,
                         "Zones cannot lie inside one another: " + known.name + " is served here already.");
    }
    return !refusal;
  });
  view.each_stack([&](const Stack& stack) {
    for (const Server& server : stack.servers) {
      if (!refusal && !server.hostname.empty() && is_within(server.hostname, zone.name)) {
        refusal =
            conflict(Code::zone_overlaps, "The hostname " + server.hostname + " of the stack " + stack.name +
                                              " lies in " + zone.name + ": change it first.");
      }
    }
    return !refusal;
  });
  return refusal;
}

// Answers are sets: the order of a nameserver's addresses, or one given twice, alters none.
bool same_answers(const Zone& a, const Zone& b) {
  const auto addresses = [](const Nameserver& server) {
    return std::set<std::string>(server.addresses.begin(), server.addresses.end());
  };
  return a.hostmaster == b.hostmaster && a.ttl == b.ttl && a.negative_ttl == b.negative_ttl &&
         a.records == b.records &&
         std::equal(a.nameservers.begin(), a.nameservers.end(), b.nameservers.begin(), b.nameservers.end(),
                    [&](const Nameserver& one, const Nameserver& other) {
                      return one.name == other.name && addresses(one) == addresses(other);
                    });
}

bool same_settings(const Zone& a, const Zone& b) {
  return a.nameservers == b.nameservers && a.hostmaster == b.hostmaster && a.ttl == b.ttl &&
         a.negative_ttl == b.negative_ttl && a.records == b.records;
}

// How long a resolver may keep anything of the zone.
std::uint32_t longest_ttl(const Zone& zone) {
  std::uint32_t longest = std::max<std::uint32_t>({zone.ttl, zone.negative_ttl, 300});
  for (const OwnRecord& own : zone.records) longest = std::max(longest, own.record.ttl);
  return longest;
}

// Each name whose records differ is dropped from caches and, since it may have begun or ceased to exist with
// them, each above it. The apex, which takes everything below it along, only where its own records do, or the
// TTL of all, or so many that all at once is quicker.
void drop_differences(Change& change, const View& view, const Zone& before, const Zone& after) {
  if (before.ttl != after.ttl || before.negative_ttl != after.negative_ttl ||
      before.hostmaster != after.hostmaster || before.nameservers != after.nameservers)
    return drop(change, view, after.name);
  std::vector<OwnRecord> differing;
  std::ranges::set_symmetric_difference(before.records, after.records, std::back_inserter(differing));
  if (differing.size() > most_one_by_one) return drop(change, view, after.name);
  for (const OwnRecord& own : differing) {
    std::string_view name = own.name;
    do {
      if (std::ranges::find(change.altered, name) == change.altered.end())
        drop(change, view, std::string(name));
      name = parent(name);
    } while (is_within(name, after.name) && name != after.name);
  }
}

Change change_of(const View& view, const Context& context, std::string verb, std::optional<Zone> before,
                 std::optional<Zone> after) {
  Change change = begin(view, context, std::move(verb));
  const Zone& named = after ? *after : *before;
  change.zone = named.name;
  if (!before || !after || !same_answers(*before, *after)) {
    alter(change, view, named);
    if (before && after)
      drop_differences(change, view, *before, *after);
    else
      change.altered.push_back(named.name);
    change.old_ttl = before ? longest_ttl(*before) : named.negative_ttl;
  }
  if (after) {
    after->revision = change.revision;
    after->updated_at = context.at;
    after->serial = change.serials.empty() ? before->serial : change.serials.front().serial;
  }
  change.subject = Touched<Zone>{std::move(before), std::move(after)};
  return change;
}

}  // namespace

Result<Decision> decide(const View& view, const PutZone& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto name = host_name(request.zone, 1);
  if (!name) return invalid("", "The zone's name: give a DNS name such as failover.example.");
  const Zone* before = view.zone(*name);
  if (auto refusal = check_revision(if_match, before == nullptr ? 0 : before->revision))
    return std::move(*refusal);

  Mistakes mistakes;
  Zone zone;
  zone.name = *name;
  zone.no = before == nullptr ? view.next_zone_no() : before->no;
  zone.created_at = before == nullptr ? context.at : before->created_at;
  check_ttl(mistakes, "/ttl", request.ttl);
  zone.ttl = static_cast<std::uint16_t>(request.ttl.value_or(60));
  if (request.negative_ttl && (*request.negative_ttl < 0 || *request.negative_ttl > 300)) {
    mistakes.add("/negative_ttl", "Give a negative TTL of 0 to 300 seconds.");
  }
  zone.negative_ttl = static_cast<std::uint16_t>(request.negative_ttl.value_or(30));
  const auto hostmaster = owner_name(request.hostmaster.value_or("hostmaster." + *name));
  if (!hostmaster)
    mistakes.add("/hostmaster",
                 "Give the mailbox as a DNS name: hostmaster.example.net for hostmaster@example.net.");
  zone.hostmaster = hostmaster.value_or("");
  check_nameservers(request, zone, mistakes);
  for (std::size_t i = 0; i < request.records.size(); ++i) {
    check_record(request.records[i], "/records/" + std::to_string(i), zone, mistakes);
  }
  std::sort(zone.records.begin(), zone.records.end());
  zone.records.erase(std::unique(zone.records.begin(), zone.records.end()), zone.records.end());
  check_sets(zone, mistakes);
  if (mistakes.any()) return std::move(mistakes).refusal();
  if (auto refusal = check_conflicts(view, zone, before == nullptr)) return std::move(*refusal);

  Decision decision;
  decision.created = before == nullptr;
  if (before != nullptr && same_settings(*before, zone)) {
    decision.subject = *before;
    return decision;
  }
  const auto standing = before == nullptr ? std::nullopt : std::optional<Zone>(*before);
  decision.change = change_of(view, context, "zone_put", standing, std::move(zone));
  decision.subject = *std::get<Touched<Zone>>(decision.change->subject).after;
  return decision;
}

Result<Decision> decide(const View& view, const DeleteZone& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = find_zone(view, request.zone);
  if (!found) return found.error();
  if (auto refusal = check_revision(if_match, (*found)->revision)) return std::move(*refusal);
  if (const auto groups = view.group_count((*found)->no); groups != 0) {
    return conflict(Code::zone_has_groups, "The zone " + (*found)->name + " has " + std::to_string(groups) +
                                               (groups == 1 ? " group" : " groups") + ": delete them first.");
  }
  Decision decision;
  decision.change = change_of(view, context, "zone_delete", **found, {});
  return decision;
}

}  // namespace failover::rules
