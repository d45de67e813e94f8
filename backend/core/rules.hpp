// The rules: (what is registered, a request) becomes a change or a refusal. Pure functions of their
// arguments; the numbers in comments are those of the rules in README.md.
//
//   live        attach first      detach live         detach other      flip to other
//   none        that side         -                   -                 side_is_empty
//   primary     (unchanged)       none, if alone;     primary           backup, if it has a stack with a web
//   head
//                                 else side_is_live                     (or force), else side_is_empty,
//                                 no_web_head
//   backup      the mirror image of primary
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/change.hpp"
#include "core/error.hpp"
#include "core/view.hpp"

namespace failover {

// Requests as the API takes them. Texts are as the caller wrote them, in any case; `group`, `stack` and
// `zone` of a path name something or are refused as not_found; references in a body are refused as invalid.
// An optional that is empty means "not mentioned"; an optional within an optional that is empty means null.

struct CreateGroup {
  std::optional<std::string> zone, label, name, primary, backup;
  std::optional<std::int64_t> ttl;
  std::optional<Side> live;  // by import alone
  bool or_set = false;       // by import alone: a group that has the label is set to this
};
struct SetGroup {
  std::string group;
  std::optional<std::optional<std::string>> name, primary, backup;
  std::optional<std::optional<std::int64_t>> ttl;
  std::optional<Side> live;
  bool force = false;  // by import alone: `live` may be a stack with no web head
};
struct FlipGroup {
  std::string group;
  std::optional<Side> to;  // the other side where left out
  bool force = false;
};
struct DeleteGroup {
  std::string group;
};

// A server as a request has it. `at` is the JSON pointer that mistakes are reported under.
struct ServerSpec {
  std::string name;
  Role role = Role::web;
  std::vector<std::string> addresses;
  std::string hostname;
  std::string at;
};
struct PutStack {
  std::string stack;  // an id, a name, or the name of a new one
  std::vector<ServerSpec> servers;
};
struct SetStack {
  std::string stack;
  std::optional<std::string> name;
  std::optional<std::vector<ServerSpec>> servers;
};
struct DeleteStack {
  std::string stack;
};
struct PutServer {
  std::string stack;
  ServerSpec server;  // keeps its place where the name is there, else comes last
};
struct RenameServer {
  std::string stack, server, name;
};
struct DeleteServer {
  std::string stack, server;
};

struct RecordSpec {
  std::string name, type, content;
  std::optional<std::int64_t> ttl;  // the zone's where left out
};
struct PutZone {
  std::string zone;
  std::vector<Nameserver> nameservers;
  std::optional<std::string> hostmaster;
  std::optional<std::int64_t> ttl, negative_ttl;
  std::vector<RecordSpec> records;
};
struct DeleteZone {
  std::string zone;
};

// By import alone.
struct RetireAddress {
  std::string zone, label;
};

struct CreateToken {
  std::string name;
  TokenRole role;
  std::optional<std::string> stack;
  std::optional<Time> expires_at;
  TokenHash hash;
};
struct RevokeToken {
  std::string id;
};

using Command =
    std::variant<CreateGroup, SetGroup, FlipGroup, DeleteGroup, PutStack, SetStack, DeleteStack, PutServer,
                 RenameServer, DeleteServer, PutZone, DeleteZone, RetireAddress, CreateToken, RevokeToken>;

// What a command comes to. Empty `change`: it would alter nothing, and what stands is `subject` (rule 12).
struct Decision {
  std::optional<Change> change;
  std::variant<std::monostate, Zone, Stack, Group, Token>
      subject;           // as it stands after; monostate: it is gone
  bool created = false;  // what the request names was not there before (a server of a stack, for PutServer)
  std::vector<Record> previous = {};  // FlipGroup: what was answered before
  bool flush_again = false;  // FlipGroup, to the live side: who asks again wants to know that it is over
};

// `if_match`: refused as stale where the thing's revision is another. The change comes with the next
// revision.
Result<Decision> decide(const View& view, const Command& command, const Context& context,
                        std::optional<Revision> if_match = {});

// Naming things, as paths and queries do: not_found where there is none, and where a bare label stands in two
// zones.
Result<const Group*> find_group(const View& view, std::string_view label_or_address);
Result<const Stack*> find_stack(const View& view, std::string_view id_or_name);
Result<const Zone*> find_zone(const View& view, std::string_view name);

}  // namespace failover
