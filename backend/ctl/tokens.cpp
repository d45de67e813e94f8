#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

// A stack reads as a name, or as {"id","name"}.
std::string stack_of(const rapidjson::Value& token) {
  const auto found = token.FindMember("stack");
  if (found == token.MemberEnd()) return "-";
  return or_dash(found->value.IsObject() ? text_of(found->value, "name") : text_of(token, "stack"));
}

bool is_over(const std::string& expires) {
  const auto end = parse_moment(expires);
  return end && *end <= now();
}

std::vector<std::string> token_row(const rapidjson::Value& token) {
  const std::string expires = text_of(token, "expires_at");
  return {text_of(token, "id"), text_of(token, "name"), text_of(token, "role"), stack_of(token),
          expires.empty() ? "never" : local_time(expires) + (is_over(expires) ? " (expired)" : "")};
}

// The secret alone on standard output, to be piped into a file.
void print_token(const Output& output, const rapidjson::Value& token) {
  const auto row = token_row(token);
  output.err << "Token " << printable(row[1]) << " (" << printable(row[2]) << "), id " << printable(row[0])
             << ", expires: " << printable(row[4]) << ". It is shown this once: keep it now.\n";
  output.out << printable(text_of(token, "token")) << '\n';
}

struct Settings {
  std::string name, role, stack, expires_in, expires_at, id;
};

void add_create(Commands& commands, CLI::App& tokens, const std::shared_ptr<Settings>& settings) {
  CLI::App& app =
      commands.add(tokens, "create", "Make a token and print it, this once",
                   "failoverctl tokens create deploy --role operator --expires-in 90d > deploy.token\n"
                   "failoverctl tokens create shop-eu-cron --role stack --stack shop-eu",
                   [settings](const Api& api, const Output& output) -> Result<void> {
                     if (!settings->expires_in.empty()) {
                       const auto length = parse_duration(settings->expires_in);
                       if (!length) return length.error();
                       settings->expires_at = to_rfc3339(now() + *length);
                     }
                     Body body;
                     body.text("name", settings->name).text("role", settings->role);
                     body.given("stack", settings->stack).given("expires_at", settings->expires_at);
                     return print_answer(api.write("POST", "/v1/tokens", body.done()), output, print_token);
                   });
  add_text(app, "NAME", "NAME", settings->name, "Whom it is for; the trail shows this name").required();
  add_text(app, "--role", "ROLE", settings->role,
           "viewer reads; operator may flip too; admin may do all; stack may replace one stack's servers and "
           "read its status")
      .check(CLI::IsMember({"viewer", "operator", "admin", "stack"}))
      ->required();
  add_text(app, "--stack", "STACK", settings->stack, "The stack that a token with role stack is for");
  add_text(app, "--expires-in", "DURATION", settings->expires_in, "When it ends, from now: 12h, 90d")
      .excludes(&add_text(app, "--expires-at", "TIME", settings->expires_at,
                          "When it ends: 2027-01-31T00:00:00Z; where neither is given, never"));
}

}  // namespace

void add_tokens(Commands& commands) {
  CLI::App& tokens = commands.family("tokens", "Tokens: who may do what");
  const auto settings = std::make_shared<Settings>();
  commands.add(tokens, "list", "List the tokens, without their secrets", "failoverctl tokens list",
               [](const Api& api, const Output& output) {
                 return print_list(api, output, "/v1/tokens", {"ID", "NAME", "ROLE", "STACK", "EXPIRES"}, 2,
                                   token_row, "No token here. Make one with 'failoverctl tokens create'.");
               });
  add_create(commands, tokens, settings);
  CLI::App& revoke = commands.add(
      tokens, "revoke", "Revoke a token: it is refused from the next request on",
      "failoverctl tokens revoke tok_0123456789abc", [settings](const Api& api, const Output& output) {
        return print_deleted(api.write("DELETE", "/v1/tokens/" + segment(settings->id)), output,
                             "Token " + settings->id + " is revoked.");
      });
  add_text(revoke, "TOKEN", "TOKEN", settings->id, "Its id, as 'tokens list' shows it").required();
}

}  // namespace failover::ctl
