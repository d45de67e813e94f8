#include "admin/bodies.hpp"
#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "admin/tokens.hpp"
#include "admin/writing.hpp"
#include "control/render.hpp"

namespace failover::admin {

void list_tokens(Control& control, Call call) {
  const auto limit = limit_of(call.target);
  const auto after = call.target.parameter("after");
  call.reply(control.read([&](const State& state) {
    std::vector<std::string> items;
    std::string next, last;
    state.each_token([&](const Token& token) {
      if (token.id <= after) return true;
      if (items.size() == limit) {
        next = last;
        return false;
      }
      items.push_back(render(state, token));
      last = token.id;
      return true;
    });
    return show_list(items, next);
  }));
}

void create_token(Control& control, Call call) {
  const auto secret = new_secret();
  change(
      control, std::move(call), Null::is_absent,
      [&](Fields& body, Context&) {
        auto token = read_token(body);
        token.hash = secret.hash;
        return token;
      },
      [text = secret.text](const Outcome& outcome) {
        auto shown = outcome;
        shown.body.back() = ',';
        shown.body += "\"token\":" + quoted(text) + '}';
        return shape_resource(shown, "/v1/tokens/" + encode(outcome.id));
      });
}

void revoke_token(Control& control, Call call) {
  auto command = RevokeToken{call.path[0]};
  change(control, std::move(call), std::move(command), [](const Outcome&) {
    return net::HttpReply{204, {}, {}};
  });
}

void who_am_i(Control& control, Call call) {
  const auto stack = control.read([&](const State& state) {
    const auto* own = state.stack(call.who.stack);
    return own ? quoted(own->name) : std::string("null");
  });
  call.reply(json(200, "{\"name\":" + quoted(call.who.name) +
                           ",\"role\":" + quoted(to_string(call.who.role)) + ",\"stack\":" + stack + '}'));
}

}  // namespace failover::admin
