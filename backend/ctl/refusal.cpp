#include "ctl/refusal.hpp"

#include "ctl/output.hpp"

namespace failover::ctl {
namespace {

struct Wording {
  std::string_view api, here;
};

constexpr Wording wordings[] = {
    {"flip with force", "flip with --force"},
    {"set live in the same request", "give --live in the same command"},
    {"create one with PUT /v1/zones/NAME first", "create one with 'failoverctl zones put' first"},
    {"This If-Match matches no revision: send one ETag just as it was read, with its quotes.",
     "--if-revision takes a revision, a whole number, as 'show' prints it."},
    {"correct each one in errors.", "correct each one."},
};

std::string in_words_of_here(std::string text) {
  for (const auto& [api, here] : wordings)
    if (const auto at = text.find(api); at != std::string::npos) text.replace(at, api.size(), here);
  return printable(text);
}

}  // namespace

std::string refusal_text(const rapidjson::Value& problem, bool token_given) {
  if (text_of(problem, "code") == "unauthorized")
    return std::string(token_given ? "The token is not known, was revoked or has expired"
                                   : "No token was given") +
           ": set FAILOVER_TOKEN or FAILOVER_TOKEN_FILE, or give --token-file. An administrator can make one "
           "with "
           "'failoverctl tokens create'.";
  const std::string detail = text_of(problem, "detail");
  const auto& mistakes = list_of(problem, "errors");
  const auto where = [](const rapidjson::Value& mistake) {
    const std::string pointer = text_of(mistake, "pointer");
    return pointer.empty() ? "" : pointer + ": ";
  };
  if (mistakes.Size() == 1 && text_of(mistakes[0], "detail") == detail)
    return in_words_of_here(where(mistakes[0]) + detail);
  std::string text = in_words_of_here(detail);
  for (const auto& mistake : mistakes.GetArray())
    text += "\n  " + in_words_of_here(where(mistake) + text_of(mistake, "detail"));
  return text;
}

}  // namespace failover::ctl
