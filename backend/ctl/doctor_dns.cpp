#include <algorithm>
#include <iterator>

#include "ctl/dns.hpp"
#include "ctl/doctor.hpp"
#include "ctl/output.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

constexpr const char* sample_size = "10";
constexpr const char* no_answer = "no answer, or a refusal";

using Names = std::vector<std::string>;

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Names missing(const Names& from, const Names& in) {
  Names lacking;
  std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(lacking));
  return lacking;
}

std::string listed(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string place_of(const HostPort& server) {
  return server.address + " port " + std::to_string(server.port);
}

Names nameservers(const rapidjson::Value& zone) {
  Names names;
  for (const auto& server : list_of(zone, "nameservers").GetArray()) names.push_back(text_of(server, "name"));
  return sorted(names);
}

Names contents(const std::vector<DnsRecord>& records, const std::string& name, const std::string& type) {
  Names found;
  for (const auto& record : records)
    if (record.type == type && (name.empty() || record.name == name)) found.push_back(record.content);
  return found;
}

// Servers of the nearest zone above `zone`, as the resolver finds them. nullopt where no resolver answers.
std::optional<std::vector<HostPort>> parent_servers(const DnsSettings& dns, const std::string& zone) {
  if (dns.parent) return std::vector<HostPort>{*dns.parent};
  std::string above = zone;
  while (!above.empty()) {
    const auto dot = above.find('.');
    above = dot == std::string::npos ? "" : above.substr(dot + 1);
    const auto reply = ask_dns(dns.resolver, above.empty() ? "." : above, "NS", true);
    if (!reply) return std::nullopt;
    std::vector<HostPort> servers;
    for (const auto& name : contents(reply->answer, above, "NS")) {
      if (servers.size() >= 3) break;
      const auto addresses = ask_dns(dns.resolver, name, "A", true);
      if (addresses)
        for (const auto& address : contents(addresses->answer, "", "A")) servers.push_back({address, 53});
    }
    if (!servers.empty()) return servers;
  }
  return std::vector<HostPort>{};
}

Finding delegation(const DnsSettings& dns, const std::string& zone, const Names& own) {
  const std::string name = "delegation";
  const auto servers = parent_servers(dns, zone);
  if (!servers)
    return {"warn", name,
            zone +
                ": no resolver answers, so the delegation was not looked at. Name one with --resolver, "
                "or the parent's server with --parent."};
  for (const auto& server : *servers) {
    const auto reply = ask_dns(server, zone, "NS", false);
    if (!reply || reply->rcode == "REFUSED" || reply->rcode == "SERVFAIL") continue;
    Names at_parent = contents(reply->answer, zone, "NS");
    const Names referred = contents(reply->authority, zone, "NS");
    at_parent.insert(at_parent.end(), referred.begin(), referred.end());
    return delegation_finding(zone, sorted(at_parent), own);
  }
  return {"warn", name,
          zone +
              ": no server of the parent zone answers, so the delegation was not looked at. Name one "
              "with --parent."};
}

std::vector<DnsRecord> expected(const rapidjson::Value& group, const std::string& address) {
  std::vector<DnsRecord> records;
  for (const auto& record : list_of(group, "answer").GetArray())
    records.push_back({address, text_of(record, "type"), text_of(record, "content")});
  std::sort(records.begin(), records.end());
  return records;
}

// "" where PowerDNS answers as the API says, else what it does instead.
std::string difference(const Api& api, const HostPort& powerdns, const std::string& address) {
  const auto group = api.get("/v1/groups/" + segment(address));
  if (!group) return "";
  std::vector<DnsRecord> answered;
  for (const char* type : {"A", "AAAA"}) {
    const auto reply = ask_dns(powerdns, address, type, false);
    if (!reply) return no_answer;
    if (reply->rcode != "NOERROR") return reply->rcode;
    for (const auto& record : reply->answer)
      if (record.name == address) answered.push_back(record);
  }
  std::sort(answered.begin(), answered.end());
  answered.erase(std::unique(answered.begin(), answered.end()), answered.end());
  if (answered == expected(group->json, address)) return "";
  Names got;
  for (const auto& record : answered) got.push_back(record.type + " " + record.content);
  return got.empty() ? "no data" : listed(got);
}

}  // namespace

Finding delegation_finding(const std::string& zone, const Names& at_parent, const Names& own) {
  const std::string name = "delegation";
  if (at_parent.empty())
    return {"fail", name,
            zone + ": the parent zone does not delegate it, so nobody finds it. Have NS records for " +
                listed(own) + " put there."};
  const Names lacking = missing(own, at_parent);
  const Names foreign = missing(at_parent, own);
  if (lacking.empty() && foreign.empty()) return {"ok", name, zone + ": the parent names " + listed(own)};
  std::string text = zone + ":";
  if (!foreign.empty()) text += " the parent names " + listed(foreign) + ", the zone does not.";
  if (!lacking.empty()) text += " the zone names " + listed(lacking) + ", the parent does not.";
  return {lacking.size() == own.size() ? "fail" : "warn", name,
          text +
              " Change the NS records at the parent, or the zone with 'failoverctl zones put', so both are "
              "the same."};
}

void check_delegation(const Api& api, const DnsSettings& dns, Findings& findings) {
  const auto read = api.pages("/v1/zones", [&](const rapidjson::Value& zone) {
    findings.push_back(delegation(dns, text_of(zone, "name"), nameservers(zone)));
  });
  if (!read) findings.push_back({"fail", "delegation", read.error().message});
}

void check_zones(const Api& api, const DnsSettings& dns, Findings& findings) {
  const std::string where = "PowerDNS at " + place_of(dns.powerdns);
  const auto read = api.pages("/v1/zones", [&](const rapidjson::Value& zone) {
    const std::string name = text_of(zone, "name");
    const Names own = nameservers(zone);
    const auto reply = ask_dns(dns.powerdns, name, "NS", false);
    const Names given = reply ? sorted(contents(reply->answer, name, "NS")) : Names();
    if (given == own)
      return findings.push_back({"ok", "zones", name + ": " + where + " names " + listed(own)});
    const std::string instead = !reply ? no_answer : given.empty() ? reply->rcode : listed(given);
    findings.push_back(
        {"fail", "zones",
         name + ": " + where + " gives " + instead + ", and not " + listed(own) +
             ". Is it this failoverd's PowerDNS (--dns), and does its configuration launch the "
             "remote backend?"});
  });
  if (!read) findings.push_back({"fail", "zones", read.error().message});
}

void check_answers(const Api& api, const DnsSettings& dns, Findings& findings) {
  const std::string where = place_of(dns.powerdns);
  const auto groups = api.get(std::string("/v1/groups?limit=") + sample_size);
  if (!groups) {
    findings.push_back({"fail", "answers", groups.error().message});
    return;
  }
  std::size_t same = 0;
  for (const auto& group : list_of(groups->json, "items").GetArray()) {
    const std::string address = text_of(group, "address");
    std::string given = difference(api, dns.powerdns, address);
    // A flip may have come between the two questions, so a difference has to be there twice.
    if (!given.empty()) given = difference(api, dns.powerdns, address);
    if (given.empty()) {
      ++same;
      continue;
    }
    findings.push_back(
        {"fail", "answers",
         address + ": PowerDNS at " + where + " gives " + given +
             ", and not what 'failoverctl groups show' says. Is it this failoverd's PowerDNS (--dns), "
             "and can failoverd flush it (--powerdns-api)?"});
    if (given == no_answer) return;
  }
  if (same > 0)
    findings.push_back(
        {"ok", "answers",
         "PowerDNS at " + where + " answers as it should for " + std::to_string(same) + " groups"});
}

}  // namespace failover::ctl
