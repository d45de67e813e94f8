// Request bodies become commands (core/rules.hpp). Mistakes of form (unknown fields, wrong types, missing
// fields, unknown words) are noted in the Fields; what the values may be is core's to judge. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/json.hpp"
#include "core/rules.hpp"

namespace failover::admin {

// POST /v1/groups; `live` too where an import line is read.
CreateGroup read_new_group(Fields& body);
// PATCH /v1/groups/{group}; fields that may be null are.
SetGroup read_group_changes(Fields& body, std::string group);
// POST .../flip; the reason goes to the trail.
FlipGroup read_flip(Fields& body, std::string group, std::string& reason);
// PUT and PATCH /v1/stacks/{stack}.
PutStack read_stack(Fields& body, std::string stack);
SetStack read_stack_changes(Fields& body, std::string stack);
// PUT and PATCH .../servers/{server}.
PutServer read_server(Fields& body, std::string stack, std::string server);
RenameServer read_server_changes(Fields& body, std::string stack, std::string server);
// PUT /v1/zones/{zone}.
PutZone read_zone(Fields& body, std::string zone);
// POST /v1/tokens; the hash is filled in by the caller.
CreateToken read_token(Fields& body);

// "2026-11-22T06:50:00Z", with fractions and offsets as RFC 3339, 5.6 has them; nullopt where it is none.
std::optional<Time> read_time(std::string_view text);

}  // namespace failover::admin
