#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

std::string flushed_text(const rapidjson::Value& servers) {
  std::string text;
  for (const auto& server : servers.GetArray()) {
    const bool ok = text_of(server, "ok") == "true";
    text += (text.empty() ? "" : "\n") + text_of(server, "server") +
            (ok ? " ok" : " FAILED: it may give the old answer from its cache until all is clear");
  }
  return text.empty() ? "no PowerDNS server is set to be flushed" : text;
}

std::string until(const std::string& all_clear_at) {
  const auto clear = parse_moment(all_clear_at);
  if (!clear) return or_dash(all_clear_at);
  const auto left = std::chrono::ceil<std::chrono::seconds>(*clear - now());
  return local_time(all_clear_at) +
         (left.count() > 0 ? ", in " + std::to_string(left.count()) + " s" : ", now");
}

void print_flip(const Output& output, const rapidjson::Value& flip) {
  const auto found = flip.FindMember("group");
  const rapidjson::Value nothing(rapidjson::kObjectType);
  const rapidjson::Value& group =
      found != flip.MemberEnd() && found->value.IsObject() ? found->value : nothing;
  const std::string address = printable(text_of(group, "address"));
  const std::string live = printable(text_of(group, "live"));
  if (text_of(flip, "changed") != "true") {
    output.out << address << ": " << painted(output, colour_of(live), live)
               << " is live already. Nothing was changed.\n";
    return;
  }
  const auto side = group.FindMember(live.c_str());
  const std::string stack = side != group.MemberEnd() && side->value.IsObject()
                                ? " (" + printable(text_of(side->value, "name")) + ")"
                                : "";
  output.out << address << ": " << painted(output, colour_of(live), live) << stack << " is live now.\n";
  Facts facts;
  facts.add("before", records_text(list_of(flip, "previous")));
  facts.add("now", records_text(list_of(group, "answer")));
  facts.add("flushed", flushed_text(list_of(flip, "flushed")));
  facts.add("all clear", until(text_of(flip, "all_clear_at")));
  facts.print(output);
}

}  // namespace

void add_flip(Commands& commands, CLI::App& groups) {
  struct Settings {
    std::string group, to, reason, if_revision;
    bool force = false;
  };
  const auto settings = std::make_shared<Settings>();
  CLI::App& app =
      commands.add(groups, "flip", "Switch a group's traffic to its other side, or to --to",
                   "failoverctl groups flip shop --to backup --reason 'EU link down'",
                   [settings](const Api& api, const Output& output) {
                     Body body;
                     body.given("to", settings->to).given("reason", settings->reason);
                     if (settings->force) body.flag("force", true);
                     return print_answer(api.write("POST", "/v1/groups/" + segment(settings->group) + "/flip",
                                                   body.done(), settings->if_revision),
                                         output, print_flip);
                   });
  add_text(app, "GROUP", "GROUP", settings->group, "Its label or full address").required();
  add_text(app, "--to", "SIDE", settings->to, "The side to make live; where left out, the other one")
      .check(CLI::IsMember({"primary", "backup"}));
  add_text(app, "--reason", "TEXT", settings->reason, "Why; kept in the trail");
  app.add_flag("--force", settings->force, "Also to a stack with no web head: then nothing is answered");
  add_if_revision(app, settings->if_revision);
}

}  // namespace failover::ctl
