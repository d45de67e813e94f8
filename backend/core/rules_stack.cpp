// Rules 7, 8, 10, 12 and 13: stacks, their servers, and tokens.
#include <algorithm>
#include <set>
#include <utility>

#include "core/answer.hpp"
#include "core/name.hpp"
#include "core/rules_common.hpp"

namespace failover::rules {
namespace {

constexpr const char* label_advice =
    "Give a DNS label: 1 to 63 letters, digits and hyphens, no hyphen at either end.";

// A server as it will be kept, with a mistake for each part that cannot.
Server checked(const View& view, const ServerSpec& spec, Mistakes& mistakes) {
  Server server{lower(spec.name), spec.role, {}, {}};
  if (!is_label(spec.name)) mistakes.add(spec.at + "/name", label_advice);
  for (std::size_t i = 0; i < spec.addresses.size(); ++i) {
    if (auto address = unicast_address(spec.addresses[i])) {
      server.addresses.push_back(std::move(*address));
    } else {
      mistakes.add(spec.at + "/addresses/" + std::to_string(i), "Give a unicast IPv4 or IPv6 address.");
    }
  }
  if (spec.hostname.empty()) return server;
  const auto hostname = host_name(spec.hostname);
  if (!hostname || unicast_address(spec.hostname)) {
    mistakes.add(
        spec.at + "/hostname",
        "Give a DNS name of two labels or more, such as lb.example.net; an IP address goes into addresses.");
    return server;
  }
  view.each_zone([&](const Zone& zone) {
    if (!is_within(*hostname, zone.name)) return true;
    mistakes.add(spec.at + "/hostname",
                 "Give a name outside the zones served here; this one lies in " + zone.name + ".");
    return false;
  });
  server.hostname = *hostname;
  return server;
}

std::vector<Server> checked(const View& view, const std::vector<ServerSpec>& specs, Mistakes& mistakes) {
  std::vector<Server> servers;
  std::set<std::string> names;
  for (const ServerSpec& spec : specs) {
    servers.push_back(checked(view, spec, mistakes));
    if (!names.insert(servers.back().name).second) {
      mistakes.add(spec.at + "/name", "Another server of this stack has that name: choose another.");
    }
  }
  return servers;
}

Change change_of(const View& view, const Context& context, std::string verb, std::optional<Stack> before,
                 std::optional<Stack> after) {
  Change change = begin(view, context, std::move(verb));
  if (after) after->revision = change.revision, after->updated_at = context.at;
  const Stack& named = after ? *after : *before;
  change.stack = named.name;
  change.stack_id = named.id;
  if (before && after && answer(before->servers) != answer(after->servers)) {
    view.each_group_of(named.no, [&](const Group& group) {
      if (group.live_stack() == named.no) {
        alter(change, view, *view.zone(group.zone));
        drop(change, view, address(view, group));
        change.old_ttl = std::max(change.old_ttl, kept_for(view, group));
      }
      return true;
    });
  }
  change.subject = Touched<Stack>{std::move(before), std::move(after)};
  return change;
}

// What comes of replacing a stack that is there; nothing where it is as it was (rule 12).
Decision replaced(const View& view, const Context& context, std::string verb, const Stack& before,
                  Stack after) {
  Decision decision;
  if (after.name == before.name && after.servers == before.servers) {
    decision.subject = before;
    return decision;
  }
  decision.change = change_of(view, context, std::move(verb), before, std::move(after));
  decision.subject = *std::get<Touched<Stack>>(decision.change->subject).after;
  return decision;
}

Decision created(const View& view, const PutStack& request, std::vector<Server> servers,
                 const Context& context) {
  Stack stack;
  Draw draw(context.seed);
  do stack.id = draw.id("stk_");
  while (view.stack(stack.id) != nullptr);
  stack.no = view.next_stack_no();
  stack.name = lower(request.stack);
  stack.servers = std::move(servers);
  stack.created_at = context.at;
  Decision decision;
  decision.created = true;
  decision.change = change_of(view, context, "stack_put", {}, std::move(stack));
  decision.subject = *std::get<Touched<Stack>>(decision.change->subject).after;
  return decision;
}

// The stack of a path, at the revision the caller has seen.
Result<const Stack*> found_at(const View& view, const std::string& name, std::optional<Revision> if_match) {
  auto found = find_stack(view, name);
  if (!found) return found;
  if (auto refusal = check_revision(if_match, (*found)->revision)) return std::move(*refusal);
  return found;
}

auto server_named(std::vector<Server>& servers, std::string_view name) {
  return std::find_if(servers.begin(), servers.end(),
                      [&](const Server& server) { return server.name == lower(name); });
}

Refusal no_server(const Stack& stack, const std::string& name) {
  return {Code::not_found,
          "The stack " + stack.name + " has no server " + name + ": read the stack to see which it has."};
}

Refusal name_taken(const std::string& what, const std::string& name) {
  return conflict(Code::name_taken, "Another " + what + " has the name " + name + ": choose another.");
}

}  // namespace

Result<Decision> decide(const View& view, const PutStack& request, const Context& context,
                        std::optional<Revision> if_match) {
  const Stack* before = view.stack(lower(request.stack));
  if (auto refusal = check_revision(if_match, before == nullptr ? 0 : before->revision))
    return std::move(*refusal);
  if (before == nullptr && lower(request.stack).starts_with("stk_"))
    return find_stack(view, request.stack).error();
  Mistakes mistakes;
  if (before == nullptr && !is_label(request.stack))
    mistakes.add("", std::string("The stack's name: ") + label_advice);
  auto servers = checked(view, request.servers, mistakes);
  if (mistakes.any()) return std::move(mistakes).refusal();
  if (before == nullptr) return created(view, request, std::move(servers), context);
  Stack after = *before;
  after.servers = std::move(servers);
  return replaced(view, context, "stack_put", *before, std::move(after));
}

Result<Decision> decide(const View& view, const SetStack& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = found_at(view, request.stack, if_match);
  if (!found) return found.error();
  Stack after = **found;
  Mistakes mistakes;
  if (request.name) {
    after.name = lower(*request.name);
    if (!is_label(after.name)) mistakes.add("/name", label_advice);
  }
  if (request.servers) after.servers = checked(view, *request.servers, mistakes);
  if (mistakes.any()) return std::move(mistakes).refusal();
  if (after.name != (*found)->name && view.stack(after.name) != nullptr)
    return name_taken("stack", after.name);
  return replaced(view, context, after.name != (*found)->name ? "stack_rename" : "stack_set", **found,
                  std::move(after));
}

Result<Decision> decide(const View& view, const DeleteStack& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = found_at(view, request.stack, if_match);
  if (!found) return found.error();
  std::set<std::string> users;
  view.each_group_of((*found)->no, [&](const Group& group) {
    return users.insert(address(view, group)), users.size() < 20;
  });
  if (!users.empty()) {
    std::string list;
    for (const std::string& user : users) list += (list.empty() ? "" : ", ") + user;
    return conflict(Code::stack_in_use,
                    "The stack " + (*found)->name + " is in use: detach it first from " + list + '.');
  }
  Decision decision;
  decision.change = change_of(view, context, "stack_delete", **found, {});
  return decision;
}

Result<Decision> decide(const View& view, const PutServer& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = found_at(view, request.stack, if_match);
  if (!found) return found.error();
  Mistakes mistakes;
  Server server = checked(view, request.server, mistakes);
  if (mistakes.any()) return std::move(mistakes).refusal();
  Stack after = **found;
  const auto place = server_named(after.servers, server.name);
  const bool is_new = place == after.servers.end();
  if (is_new) {
    after.servers.push_back(std::move(server));
  } else {
    *place = std::move(server);
  }
  Decision decision = replaced(view, context, "server_put", **found, std::move(after));
  decision.created = is_new;
  return decision;
}

Result<Decision> decide(const View& view, const RenameServer& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = found_at(view, request.stack, if_match);
  if (!found) return found.error();
  Stack after = **found;
  const auto place = server_named(after.servers, request.server);
  if (place == after.servers.end()) return no_server(after, request.server);
  const std::string name = lower(request.name);
  if (!is_label(name)) return invalid("/name", label_advice);
  if (name != place->name && server_named(after.servers, name) != after.servers.end())
    return name_taken("server", name);
  place->name = name;
  return replaced(view, context, "server_rename", **found, std::move(after));
}

Result<Decision> decide(const View& view, const DeleteServer& request, const Context& context,
                        std::optional<Revision> if_match) {
  const auto found = found_at(view, request.stack, if_match);
  if (!found) return found.error();
  Stack after = **found;
  const auto place = server_named(after.servers, request.server);
  if (place == after.servers.end()) return no_server(after, request.server);
  after.servers.erase(place);
  return replaced(view, context, "server_delete", **found, std::move(after));
}

Result<Decision> decide(const View& view, const CreateToken& request, const Context& context,
                        std::optional<Revision>) {
  Mistakes mistakes;
  Token token;
  if (request.name.empty()) mistakes.add("/name", "Say who or what the token is for.");
  check_text(mistakes, "/name", request.name);
  if (request.role == TokenRole::stack && !request.stack)
    mistakes.add("/stack", "Name the stack this token is for.");
  if (request.role != TokenRole::stack && request.stack)
    mistakes.add("/stack", "Only a token of role stack has a stack.");
  if (request.stack) {
    if (const auto stack = find_stack(view, *request.stack)) {
      token.stack = (*stack)->no;
    } else {
      mistakes.add("/stack", "There is no stack " + *request.stack + ": register it first.");
    }
  }
  if (request.expires_at && *request.expires_at <= context.at)
    mistakes.add("/expires_at", "Give a time in the future.");
  if (mistakes.any()) return std::move(mistakes).refusal();

  Draw draw(context.seed);
  do token.id = draw.id("tok_");
  while (view.token(token.id) != nullptr);
  Decision decision;
  decision.created = true;
  decision.change = begin(view, context, "token_create");
  if (const Stack* stack = view.stack(token.stack))
    decision.change->stack = stack->name, decision.change->stack_id = stack->id;
  token.name = request.name;
  token.role = request.role;
  token.expires_at = request.expires_at;
  token.hash = request.hash;
  token.revision = decision.change->revision;
  token.created_at = context.at;
  decision.subject = token;
  decision.change->subject = Touched<Token>{{}, token};
  return decision;
}

Result<Decision> decide(const View& view, const RevokeToken& request, const Context& context,
                        std::optional<Revision> if_match) {
  const Token* before = view.token(request.id);
  if (before == nullptr) {
    return Refusal{Code::not_found,
                   "There is no token " + request.id + ": list the tokens to see which there are."};
  }
  if (auto refusal = check_revision(if_match, before->revision)) return std::move(*refusal);
  Decision decision;
  decision.change = begin(view, context, "token_revoke");
  if (const Stack* stack = view.stack(before->stack))
    decision.change->stack = stack->name, decision.change->stack_id = stack->id;
  decision.change->subject = Touched<Token>{*before, {}};
  return decision;
}

}  // namespace failover::rules
