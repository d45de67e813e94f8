#include "ctl/api.hpp"

#include "ctl/output.hpp"
#include "ctl/refusal.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {

Failure Api::refusal(const Reply& reply) const {
  rapidjson::Document problem;
  problem.Parse(reply.body.data(), reply.body.size());
  const std::string where = to_string(endpoint_.url);
  const std::string status = std::to_string(reply.status) + " " + reply.reason;
  if (problem.HasParseError() || !problem.IsObject() || text_of(problem, "detail").empty()) {
    if (reply.status == 401 || reply.status == 403)
      return {Exit::refused, where + " refused the token (" + status + "). Check FAILOVER_TOKEN.",
              reply.status};
    return {Exit::unreachable,
            where + " answered " + printable(status) + ", and not as failoverd does. " +
                (reply.status >= 500 ? "Something before it may be waiting for failoverd: is it running?"
                                     : "Set FAILOVER_URL or --url to failoverd's own API.")};
  }
  return {Exit::refused, refusal_text(problem, !endpoint_.token.empty()), reply.status};
}

Result<Reply> Api::raw(const Request& request) const {
  auto reply = exchange(endpoint_, request);
  if (reply && (reply->status < 200 || reply->status > 299)) return refusal(*reply);
  return reply;
}

Result<Answer> Api::read(const Result<Reply>& reply) const {
  if (!reply) return reply.error();
  Answer answer{reply->status, reply->body, {}};
  if (answer.body.empty()) return answer;
  answer.json.Parse(answer.body.data(), answer.body.size());
  if (answer.json.HasParseError())
    return Failure{Exit::unreachable,
                   to_string(endpoint_.url) +
                       " answered with something other than JSON. Set FAILOVER_URL or --url to "
                       "failoverd's own API."};
  return answer;
}

Result<Answer> Api::get(const std::string& path) const {
  return read(raw({.method = "GET", .target = path, .headers = {{"Accept", "application/json"}}}));
}

Result<Answer> Api::write(const std::string& method, const std::string& path, const std::string& body,
                          const std::string& if_revision) const {
  Request request{.method = method, .target = path, .body = body};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (!if_revision.empty()) request.headers.emplace_back("If-Match", "\"" + if_revision + "\"");
  return read(raw(request));
}

Result<void> Api::pages(const std::string& path, const std::function<void(const rapidjson::Value&)>& each,
                        std::string after) const {
  const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
  do {
    std::string page = path + separator + "limit=1000";
    if (!after.empty()) page += "&after=" + segment(after);
    const auto answer = get(page);
    if (!answer) return answer.error();
    for (const auto& item : list_of(answer->json, "items").GetArray()) each(item);
    after = text_of(answer->json, "next");
  } while (!after.empty());
  return {};
}

}  // namespace failover::ctl
