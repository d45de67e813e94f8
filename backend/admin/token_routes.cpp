#include <map>

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
    // In order of name, of which there may be several; there are few tokens, and few ask for them.
    std::map<std::string, const Token*, std::less<>> ordered;
    state.each_token([&](const Token& token) {
      ordered.emplace(token.name + '/' + token.id, &token);
      return true;
    });
    std::vector<std::string> items;
    auto token = ordered.upper_bound(after);
    for (; token != ordered.end() && items.size() < limit; ++token)
      items.push_back(render(state, *token->second));
    return show_list(items, token == ordered.end() ? "" : std::prev(token)->first);
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
