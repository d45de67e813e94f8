#include "admin/routes.hpp"

#include <algorithm>

#include "admin/handlers.hpp"

namespace failover::admin {
namespace {

using enum Need;
using enum BodyKind;
using enum Runs;

constexpr Route table[] = {
    {"GET", "/healthz", anyone, none, on_server, "*", &show_alive},
    {"GET", "/readyz", anyone, none, on_worker, "*", &show_ready},
    {"GET", "/metrics", anyone, none, on_worker, "*", &show_metrics},
    {"GET", "/", anyone, none, on_server, "*", &show_dashboard},
    {"GET", "/{file}", anyone, none, on_server, "*", &show_dashboard},
    {"GET", "/v1/admin-api.yaml", anyone, none, on_server, "*", &show_description},
    {"GET", "/v1/admin-schemas.yaml", anyone, none, on_server, "*", &show_description},

    {"GET", "/v1/groups", viewer, none, on_worker, "zone stack q limit after", &list_groups},
    {"POST", "/v1/groups", admin, json, on_server, "", &create_group},
    {"GET", "/v1/groups/{group}", viewer, none, on_server, "", &show_group},
    {"PATCH", "/v1/groups/{group}", admin, json, on_server, "", &set_group},
    {"DELETE", "/v1/groups/{group}", admin, none, on_server, "", &delete_group},
    {"POST", "/v1/groups/{group}/flip", operator_, json, on_server, "", &flip_group},

    {"GET", "/v1/stacks", viewer, none, on_worker, "q limit after", &list_stacks},
    {"GET", "/v1/stacks/{stack}", viewer, none, on_server, "", &show_stack},
    {"PUT", "/v1/stacks/{stack}", admin_or_own_stack, json, on_server, "", &put_stack},
    {"PATCH", "/v1/stacks/{stack}", admin_or_own_stack, json, on_server, "", &set_stack},
    {"DELETE", "/v1/stacks/{stack}", admin, none, on_server, "", &delete_stack},
    {"PUT", "/v1/stacks/{stack}/servers/{server}", admin_or_own_stack, json, on_server, "", &put_server},
    {"PATCH", "/v1/stacks/{stack}/servers/{server}", admin_or_own_stack, json, on_server, "", &rename_server},
    {"DELETE", "/v1/stacks/{stack}/servers/{server}", admin_or_own_stack, none, on_server, "",
     &delete_server},
    {"GET", "/v1/stacks/{stack}/failover-status", viewer_or_own_stack, none, on_server, "",
     &show_failover_status},

    {"GET", "/v1/zones", viewer, none, on_worker, "limit after", &list_zones},
    {"GET", "/v1/zones/{zone}", viewer, none, on_server, "", &show_zone},
    {"PUT", "/v1/zones/{zone}", admin, json, on_server, "", &put_zone},
    {"DELETE", "/v1/zones/{zone}", admin, none, on_server, "", &delete_zone},

    {"GET", "/v1/tokens", admin, none, on_worker, "limit after", &list_tokens},
    {"POST", "/v1/tokens", admin, json, on_server, "", &create_token},
    {"DELETE", "/v1/tokens/{id}", admin, none, on_server, "", &revoke_token},
    {"GET", "/v1/whoami", any_token, none, on_server, "", &who_am_i},

    {"GET", "/v1/changes", viewer, none, on_worker, "group stack limit after", &list_changes},
    {"GET", "/v1/events", viewer, none, on_server, "", &watch_events},
    {"POST", "/v1/import", admin, ndjson_stream, on_server, "", &import_lines},
    {"GET", "/v1/export", admin, none, on_server, "", &export_lines},
    {"GET", "/v1/doctor", admin, none, on_worker, "", &examine},
};

// The next "/part" of a pattern, taken from its front.
std::string_view next_part(std::string_view& pattern) {
  pattern.remove_prefix(1);
  const auto end = std::min(pattern.find('/'), pattern.size());
  const auto part = pattern.substr(0, end);
  pattern.remove_prefix(end);
  return part;
}

bool fits(std::string_view pattern, std::span<const std::string> segments, std::vector<std::string>& path) {
  path.clear();
  if (pattern == "/") return segments.empty();
  for (const auto& segment : segments) {
    if (pattern.empty()) return false;
    const auto part = next_part(pattern);
    if (part.starts_with('{') && !segment.empty())
      path.push_back(segment);
    else if (part != segment)
      return false;
  }
  return pattern.empty();
}

}  // namespace

std::span<const Route> routes() { return table; }

std::vector<const Route*> match(std::span<const std::string> segments, std::vector<std::string>& path) {
  std::vector<const Route*> found;
  std::vector<std::string> parts;
  for (const auto& route : table) {
    if (!fits(route.pattern, segments, parts)) continue;
    // "/metrics" comes before "/{file}" and hides it.
    if (!found.empty() && found.front()->pattern != route.pattern) continue;
    found.push_back(&route);
    path = parts;
  }
  return found;
}

bool may(TokenRole role, Need need, bool own) {
  const bool is_admin = role == TokenRole::admin;
  const bool is_operator = is_admin || role == TokenRole::operator_;
  const bool is_viewer = is_operator || role == TokenRole::viewer;
  const bool is_own = role == TokenRole::stack && own;
  switch (need) {
    case anyone:
    case any_token:
      return true;
    case viewer:
      return is_viewer;
    case operator_:
      return is_operator;
    case Need::admin:
      return is_admin;
    case admin_or_own_stack:
      return is_admin || is_own;
    case viewer_or_own_stack:
      return is_viewer || is_own;
  }
  return false;
}

}  // namespace failover::admin
