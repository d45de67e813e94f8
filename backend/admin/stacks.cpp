#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "admin/bodies.hpp"
#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"
#include "core/name.hpp"

namespace failover::admin {
namespace {

// What one hold of the lock may cost: a flip waits for it.
constexpr std::size_t looked_at_once = 1000, rendered_at_once = 50;

net::HttpReply shape(const Outcome& outcome) {
  return shape_resource(outcome, "/v1/stacks/" + encode(outcome.id));
}

// The server of that name out of its stack's JSON, with the stack's revision, which is what If-Match goes by.
std::string server_of(const std::string& stack, std::string_view name) {
  rapidjson::Document document;
  document.Parse(stack.data(), stack.size());
  for (auto& server : document["servers"].GetArray()) {
    if (name != server["name"].GetString()) continue;
    server.AddMember("revision", document["revision"], document.GetAllocator());
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    server.Accept(writer);
    return buffer.GetString();
  }
  return "{}";
}

Shape shape_server(std::string name) {
  return [name = lower(name)](const Outcome& outcome) {
    auto shown = outcome;
    shown.body = server_of(outcome.body, name);
    return shape_resource(shown, "/v1/stacks/" + encode(outcome.id) + "/servers/" + encode(name));
  };
}

// One hold of the lock: goes on after `after`, which it moves; false when the list is complete.
bool collect(const State& state, const std::string& q, std::size_t limit, std::string& after,
             std::vector<std::string>& items, std::string& next) {
  std::size_t looked_at = 0, rendered = 0;
  bool more = false;
  state.each_stack_after(after, [&](const Stack& stack) {
    if (q.empty() || stack.name.find(q) != q.npos) {
      if (items.size() == limit) {
        next = after;
        return false;
      }
      items.push_back(render(state, stack));
      ++rendered;
    }
    after = stack.name;
    more = ++looked_at == looked_at_once || rendered == rendered_at_once;
    return !more;
  });
  return more;
}

}  // namespace

void list_stacks(Control& control, Call call) {
  const auto limit = limit_of(call.target);
  const std::string q = lower(call.target.parameter("q"));
  std::string after = lower(call.target.parameter("after")), next;
  std::vector<std::string> items;
  while (control.read([&](const State& state) { return collect(state, q, limit, after, items, next); })) {
  }
  call.reply(show_list(items, next));
}

void show_stack(Control& control, Call call) {
  call.reply(control.read([&](const State& state) {
    const auto stack = find_stack(state, call.path[0]);
    return stack ? show(render(state, **stack), (*stack)->revision) : problem(stack.error());
  }));
}

void put_stack(Control& control, Call call) {
  const auto stack = call.path[0];
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) { return read_stack(body, stack); }, shape);
}

void set_stack(Control& control, Call call) {
  const auto stack = call.path[0];
  const bool may_rename = call.who.role == TokenRole::admin;
  // The role depends on a field here, so the route's table cannot tell.
  if (!may_rename) {
    const auto body = parse_object(call.http.body);
    if (body && body->HasMember("name"))
      return call.reply(problem({Code::forbidden,
                                 "A stack's token may replace its servers, and only an administrator "
                                 "may rename the stack: leave name out."}));
  }
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) { return read_stack_changes(body, stack); }, shape);
}

void delete_stack(Control& control, Call call) {
  auto command = DeleteStack{call.path[0]};
  change(control, std::move(call), std::move(command), shape);
}

void put_server(Control& control, Call call) {
  const auto stack = call.path[0], server = call.path[1];
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) { return read_server(body, stack, server); }, shape_server(server));
}

void rename_server(Control& control, Call call) {
  const auto stack = call.path[0], server = call.path[1];
  auto renamed = std::make_shared<std::string>();
  change(
      control, std::move(call), Null::is_a_mistake,
      [&](Fields& body, Context&) {
        auto command = read_server_changes(body, stack, server);
        *renamed = command.name;
        return command;
      },
      [renamed](const Outcome& outcome) { return shape_server(*renamed)(outcome); });
}

void delete_server(Control& control, Call call) {
  auto command = DeleteServer{call.path[0], call.path[1]};
  change(control, std::move(call), std::move(command), [](const Outcome&) {
    return net::HttpReply{204, {}, {}};
  });
}

void show_failover_status(Control& control, Call call) {
  const auto status = control.read([&](const State& state) -> Result<FailoverStatus> {
    const auto stack = find_stack(state, call.path[0]);
    if (!stack) return stack.error();
    return failover_status(state, (*stack)->no);
  });
  if (!status) return call.reply(problem(status.error()));
  const std::string word(to_string(*status));
  auto reply = prefers_text(call.http.header("accept")) ? plain(200, word)
                                                        : json(200, "{\"failover_status\":\"" + word + "\"}");
  reply.headers.emplace_back("Vary", "Accept");
  call.reply(std::move(reply));
}

}  // namespace failover::admin
