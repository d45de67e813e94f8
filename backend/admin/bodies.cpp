#include "admin/bodies.hpp"

#include <charconv>

namespace failover::admin {
namespace {

constexpr std::string_view sides = "\"primary\", \"backup\", \"none\"";
constexpr std::string_view roles = "\"web\", \"load_balancer\", \"other\"";
constexpr std::string_view token_roles = "\"viewer\", \"operator\", \"admin\", \"stack\"";
constexpr std::size_t longest_reason = 1000;

ServerSpec read_server_fields(Fields& body, std::string name) {
  ServerSpec server;
  server.name = std::move(name);
  body.need("role");
  server.role = body.word("role", &role_from, roles).value_or(Role::web);
  server.addresses = body.texts("addresses");
  // A server reads with "hostname":null, and what was read can be written.
  const auto hostname = body.text_or_null("hostname").value_or(std::nullopt);
  if (hostname == "") body.mistake("hostname", "Write a DNS name such as lb.example.net, or null.");
  server.hostname = hostname.value_or("");
  server.at = body.at();
  return server;
}

std::vector<ServerSpec> read_servers(Fields& body) {
  std::vector<ServerSpec> servers;
  body.objects("servers",
               [&](Fields& item) { servers.push_back(read_server_fields(item, item.need_text("name"))); });
  return servers;
}

// `size` digits at the start of `text`, which loses them; nullopt where there are none.
std::optional<int> digits(std::string_view& text, std::size_t size) {
  int number = 0;
  if (text.size() < size) return {};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + size, number);
  if (failed != std::errc{} || end != text.data() + size || text[0] == '-') return {};
  text.remove_prefix(size);
  return number;
}

bool skip(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

// "Z" or "+02:00".
std::optional<std::chrono::minutes> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  const bool west = !text.empty() && text[0] == '-';
  if (!skip(text, "+-")) return {};
  const auto hours = digits(text, 2);
  if (!hours || *hours > 23 || !skip(text, ":")) return {};
  const auto minutes = digits(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return {};
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

}  // namespace

CreateGroup read_new_group(Fields& body) {
  CreateGroup group;
  group.zone = body.text("zone");
  group.label = body.text("label");
  group.name = body.text("name");
  group.primary = body.text("primary");
  group.backup = body.text("backup");
  group.ttl = body.number("ttl");
  return group;
}

SetGroup read_group_changes(Fields& body, std::string group) {
  SetGroup changes;
  changes.group = std::move(group);
  changes.name = body.text_or_null("name");
  changes.primary = body.text_or_null("primary");
  changes.backup = body.text_or_null("backup");
  changes.ttl = body.number_or_null("ttl");
  changes.live = body.word("live", &side_from, sides);
  return changes;
}

FlipGroup read_flip(Fields& body, std::string group, std::string& reason) {
  FlipGroup flip;
  flip.group = std::move(group);
  flip.to = body.word("to", &side_from, "\"primary\", \"backup\"");
  if (flip.to == Side::none) body.mistake("to", "Write one of \"primary\", \"backup\".");
  flip.force = body.flag("force").value_or(false);
  reason = body.text("reason").value_or("");
  if (reason.size() > longest_reason)
    body.mistake("reason", "Write " + std::to_string(longest_reason) + " bytes or fewer.");
  return flip;
}

PutStack read_stack(Fields& body, std::string stack) {
  body.need("servers");
  return {std::move(stack), read_servers(body)};
}

SetStack read_stack_changes(Fields& body, std::string stack) {
  SetStack changes;
  changes.stack = std::move(stack);
  changes.name = body.text("name");
  auto servers = read_servers(body);
  if (body.has("servers")) changes.servers = std::move(servers);
  return changes;
}

PutServer read_server(Fields& body, std::string stack, std::string server) {
  return {std::move(stack), read_server_fields(body, std::move(server))};
}

RenameServer read_server_changes(Fields& body, std::string stack, std::string server) {
  return {std::move(stack), std::move(server), body.need_text("name")};
}

PutZone read_zone(Fields& body, std::string name) {
  PutZone zone;
  zone.zone = std::move(name);
  body.need("nameservers");
  body.objects("nameservers", [&](Fields& item) {
    zone.nameservers.push_back({item.need_text("name"), item.texts("addresses")});
  });
  zone.hostmaster = body.text("hostmaster");
  zone.ttl = body.number("ttl");
  zone.negative_ttl = body.number("negative_ttl");
  body.objects("records", [&](Fields& item) {
    zone.records.push_back(
        {item.need_text("name"), item.need_text("type"), item.need_text("content"), item.number("ttl")});
  });
  return zone;
}

CreateToken read_token(Fields& body) {
  CreateToken token{};
  token.name = body.need_text("name");
  body.need("role");
  token.role = body.word("role", &token_role_from, token_roles).value_or(TokenRole::viewer);
  token.stack = body.text("stack");
  if (const auto written = body.text("expires_at")) {
    token.expires_at = read_time(*written);
    if (!token.expires_at) body.mistake("expires_at", "Write a time as 2030-01-31T12:00:00Z (RFC 3339).");
  }
  return token;
}

std::optional<Time> read_time(std::string_view text) {
  const auto year = digits(text, 4);
  if (!year || !skip(text, "-")) return {};
  const auto month = digits(text, 2);
  if (!month || !skip(text, "-")) return {};
  const auto day = digits(text, 2);
  if (!day || !skip(text, "Tt ")) return {};
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ":")) return {};
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59 || !skip(text, ":")) return {};
  const auto second = digits(text, 2);
  if (!second || *second > 60) return {};
  int millisecond = 0;
  if (skip(text, ".")) {
    int scale = 100, count = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), scale /= 10, ++count)
      millisecond += (text[0] - '0') * scale;
    if (count == 0) return {};
  }
  const auto offset = read_offset(text);
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !date.ok()) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(millisecond) - *offset;
}

}  // namespace failover::admin
