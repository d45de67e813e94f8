#include "admin/writing.hpp"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "admin/problem.hpp"
#include "control/render.hpp"

namespace failover::admin {
namespace {

std::string etag(Revision revision) { return '"' + std::to_string(revision) + '"'; }

void submit(Control& control, Call call, Command command, Context by, Shape shape) {
  const auto if_match = if_match_from(call.http.header("if-match"));
  if (!if_match) return call.reply(problem(if_match.error()));
  // RFC 9110, 13.1.1: "*" is whatever there is, but not nothing. Only a PUT can make something of nothing.
  if (call.http.header("if-match") == "*" && call.http.method == "PUT") {
    const auto decision = control.read([&](const State& state) { return decide(state, command, by); });
    if (decision && decision->created)
      return call.reply(problem({Code::stale, "There is no such thing yet: leave If-Match out to make it."}));
  }
  control.submit({std::move(command), std::move(by), *if_match},
                 [reply = std::move(call.reply), shape = std::move(shape)](const Result<Outcome>& outcome) {
                   reply(outcome ? shape(*outcome) : problem(outcome.error()));
                 });
}

}  // namespace

Context context_of(const Call& call) {
  Context by;
  by.actor = call.who.name;
  by.from = call.http.peer;
  return by;
}

void change(Control& control, Call call, Null null, const Read& read, Shape shape) {
  const bool is_empty = call.http.body.empty() && call.http.method == "POST";
  const auto body = parse_object(is_empty ? "{}" : call.http.body);
  if (!body) return call.reply(problem(body.error()));
  std::vector<Mistake> mistakes;
  Fields fields(*body, "", mistakes, null);
  Context by = context_of(call);
  Command command = read(fields, by);
  fields.done();
  if (!mistakes.empty()) return call.reply(problem(with_all_mistakes(control, command, std::move(mistakes))));
  submit(control, std::move(call), std::move(command), std::move(by), std::move(shape));
}

void change(Control& control, Call call, Command command, Shape shape) {
  Context by = context_of(call);
  submit(control, std::move(call), std::move(command), std::move(by), std::move(shape));
}

Refusal with_all_mistakes(const Control& control, const Command& command, std::vector<Mistake> mistakes) {
  const auto decision = control.read([&](const State& state) { return decide(state, command, Context{}); });
  if (!decision && decision.error().code == Code::not_found) return decision.error();
  if (!decision && decision.error().code == Code::invalid) {
    for (const auto& found : decision.error().mistakes) {
      // What stands in for a field that could not be read is no second mistake of the caller's.
      const bool known = std::ranges::any_of(mistakes, [&](const Mistake& mistake) {
        return found.pointer == mistake.pointer || found.pointer.starts_with(mistake.pointer + '/');
      });
      if (!known) mistakes.push_back(found);
    }
  }
  std::string detail =
      "Put the request's fields right: " + mistakes.front().pointer + ": " + mistakes.front().detail;
  if (mistakes.size() > 1) detail += " (and " + std::to_string(mistakes.size() - 1) + " more: see errors)";
  return {Code::invalid, std::move(detail), std::move(mistakes)};
}

net::HttpReply shape_resource(const Outcome& outcome, const std::string& location) {
  if (outcome.body.empty()) return {204, {}, {}};
  auto reply = json(outcome.created ? 201 : 200, outcome.body);
  reply.headers.emplace_back("ETag", etag(outcome.revision));
  if (outcome.created) reply.headers.emplace_back("Location", location);
  return reply;
}

net::HttpReply show(std::string body, Revision revision) {
  auto reply = json(200, std::move(body));
  reply.headers.emplace_back("ETag", etag(revision));
  return reply;
}

net::HttpReply show_list(const std::vector<std::string>& items, const std::string& next) {
  std::string body = "{\"items\":[";
  for (const auto& item : items) {
    if (body.back() != '[') body += ',';
    body += item;
  }
  body += "],\"next\":" + (next.empty() ? std::string("null") : quoted(next)) + '}';
  return json(200, std::move(body));
}

std::string encode(std::string_view segment) {
  return boost::urls::encode(segment, boost::urls::unreserved_chars);
}

}  // namespace failover::admin
