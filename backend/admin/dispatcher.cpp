#include "admin/dispatcher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "admin/dashboard.hpp"
#include "admin/problem.hpp"
#include "control/render.hpp"
#include "core/name.hpp"

namespace failover::admin {
namespace {

constexpr std::uint64_t body_limit = 1024 * 1024;

// A media type without its parameters, in lower case.
std::string media_type(std::string_view header) {
  header = header.substr(0, header.find(';'));
  while (header.ends_with(' ')) header.remove_suffix(1);
  return lower(header);
}

bool is_known(std::string_view method) {
  return method == "HEAD" ||
         std::ranges::any_of(routes(), [&](const Route& route) { return route.method == method; });
}

std::string allowed(const std::vector<const Route*>& found) {
  std::string methods;
  for (const auto* route : found) {
    methods += (methods.empty() ? "" : ", ") + std::string(route->method);
    if (route->method == "GET") methods += ", HEAD";
  }
  return methods;
}

Result<void> check_media_type(const net::HttpRequest& head, BodyKind body) {
  if (!head.has_body || body == BodyKind::none) return {};
  const std::string wanted = body == BodyKind::json ? "application/json" : "application/x-ndjson";
  if (media_type(head.header("content-type")) == wanted) return {};
  return Refusal{Code::unsupported_media_type, "Send the body as Content-Type: " + wanted + '.'};
}

}  // namespace

// What was found out from a request's head; kept until its body has come.
struct Dispatcher::Admitted {
  const Route* route = nullptr;
  Target target;
  std::vector<std::string> path;
  Identity who;
};

void Dispatcher::add_security_headers(net::HttpReply& reply) const {
  const auto add = [&](const char* name, const char* value) {
    if (std::ranges::none_of(reply.headers, [&](const auto& header) { return header.first == name; }))
      reply.headers.emplace_back(name, value);
  };
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  add("Cache-Control", "no-store");
  add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add("Cross-Origin-Resource-Policy", "same-origin");
  if (parts_.is_tls) add("Strict-Transport-Security", "max-age=31536000");
}

Result<Identity> Dispatcher::identify(const net::HttpRequest& head, const Route& route,
                                      std::vector<std::string>& path) {
  if (route.need == Need::anyone) return Identity{};
  auto who = parts_.doorkeeper.who(head.header("authorization"), head.peer);
  if (!who) return who;
  const bool own =
      who->role == TokenRole::stack && !path.empty() && parts_.control.read([&](const State& state) {
        const auto* stack = state.stack(lower(path[0]));
        if (!stack || stack->no != who->stack) return false;
        // From here on by its id: a name may be another stack's by the time the request is carried out.
        path[0] = stack->id;
        return true;
      });
  if (may(who->role, route.need, own)) return who;
  return Refusal{Code::forbidden, "A token of role " + std::string(to_string(who->role)) +
                                      " may not do this: use one whose role allows it."};
}

net::HttpAdmission Dispatcher::admit(net::HttpRequest& head) {
  auto admitted = std::make_shared<Admitted>();
  net::HttpAdmission admission;
  const auto refuse_with = [&](const Refusal& refusal) {
    counts_.count(is_known(head.method) ? std::string_view(head.method) : "other",
                  admitted->route ? admitted->route->pattern : "none", status_of(refusal.code), {});
    admission.refusal = problem(refusal);
    add_security_headers(*admission.refusal);
    return admission;
  };

  auto target = parse_target(head.target);
  if (!target) return refuse_with(target.error());
  const auto found = match(target->segments, admitted->path);
  if (found.empty() || (found[0]->pattern == "/{file}" && !is_dashboard_file(admitted->path[0])))
    return refuse_with(
        {Code::not_found, "There is no such path: the API is at /v1/, described in /v1/admin-api.yaml."});
  const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
  const auto route = std::ranges::find(found, method, [](const Route* one) { return one->method; });
  if (route == found.end()) {
    refuse_with(
        {Code::method_not_allowed, "Use one of the methods this path takes: " + allowed(found) + '.'});
    admission.refusal->headers.emplace_back("Allow", allowed(found));
    return admission;
  }
  admitted->route = *route;

  auto who = identify(head, **route, admitted->path);
  if (!who) return refuse_with(who.error());
  if ((*route)->query != "*")
    if (const auto checked = check_query(*target, (*route)->query); !checked)
      return refuse_with(checked.error());
  if (const auto checked = check_media_type(head, (*route)->body); !checked)
    return refuse_with(checked.error());

  admitted->target = *std::move(target);
  admitted->who = *std::move(who);
  head.context = admitted;
  admission.body_limit = body_limit;
  admission.trusted = (*route)->need != Need::anyone;
  admission.streamed = (*route)->body == BodyKind::ndjson_stream;
  return admission;
}

void Dispatcher::handle(net::HttpRequest request, std::function<void(net::HttpReply)> reply) {
  const auto admitted = std::static_pointer_cast<Admitted>(request.context);
  Call call;
  call.target = std::move(admitted->target);
  call.path = std::move(admitted->path);
  call.who = std::move(admitted->who);
  call.route = admitted->route;
  call.workers = &parts_.workers;
  call.still_allowed = [this, route = admitted->route, who = call.who] {
    return route->need == Need::anyone || parts_.doorkeeper.knows(who);
  };
  {
    std::lock_guard lock(mutex_);
    ++at_hand_;
  }
  call.reply = [this, reply = std::move(reply), route = admitted->route, method = request.method,
                peer = request.peer, actor = call.who.name,
                started = std::chrono::steady_clock::now()](net::HttpReply ready) {
    add_security_headers(ready);
    counts_.count(method, route->pattern, ready.status, std::chrono::steady_clock::now() - started);
    spdlog::debug("{} {} {} for {} at {}", method, route->pattern, ready.status, quoted(actor), peer);
    reply(std::move(ready));
    std::lock_guard lock(mutex_);
    if (--at_hand_ == 0) answered_.notify_all();
  };
  call.http = std::move(request);
  // A body may take its time, and the token may have been revoked since.
  if (!call.still_allowed()) return call.reply(problem(no_good_token()));
  if (call.route->runs == Runs::on_server) return run(std::move(call));
  parts_.workers.post([this, held = std::make_shared<Call>(std::move(call))] { run(std::move(*held)); });
}

void Dispatcher::run(Call call) {
  const auto reply = call.reply;
  const auto* route = call.route;
  try {
    std::visit(
        [&](auto handler) {
          if constexpr (std::is_invocable_v<decltype(handler), Control&, Call>)
            handler(parts_.control, std::move(call));
          else if constexpr (std::is_invocable_v<decltype(handler), EventHub&, Call>)
            handler(parts_.events, std::move(call));
          else if constexpr (std::is_invocable_v<decltype(handler), Health&, Call>)
            handler(parts_.health, std::move(call));
          else
            handler(std::move(call));
        },
        route->handler);
  } catch (const std::exception& bug) {
    spdlog::error("{} {} failed: {}", route->method, route->pattern, bug.what());
    reply(problem({Code::internal_error, "This is a fault of failoverd: its log says more."}));
  }
}

net::HttpReply Dispatcher::refuse(int status) {
  const auto refusal = [status]() -> Refusal {
    switch (status) {
      case 413:
        return {Code::too_large, "The body is over 1 MiB: send less at once, or use /v1/import."};
      case 431:
        return {Code::too_large, "The request's headers are over 16 KiB: send fewer."};
      case 503:
        return {Code::slow_down, "Too many connections are open: close some and try again."};
      default:
        return {Code::malformed_json, "This is no HTTP/1.1 request: see RFC 9112."};
    }
  }();
  counts_.count("none", "none", status, {});
  auto reply = problem(refusal, status);
  add_security_headers(reply);
  return reply;
}

void Dispatcher::wait_until_idle() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return at_hand_ == 0; });
}

}  // namespace failover::admin
