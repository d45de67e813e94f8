#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/show.hpp"
#include "ctl/spec.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

struct Settings {
  std::string stack, server, new_name, if_revision;
};

std::string path_of(const Settings& settings, const std::string& server) {
  return "/v1/stacks/" + segment(settings.stack) + "/servers/" + segment(server);
}

Result<void> report(const Result<Answer>& answer, const Output& output, const std::string& said) {
  if (!answer) return answer.error();
  output.out << (output.json ? answer->body : printable(said))
             << (output.json && answer->body.empty() ? "" : "\n");
  return {};
}

}  // namespace

void add_servers(Commands& commands, CLI::App& stacks) {
  const auto settings = std::make_shared<Settings>();
  const auto arguments = [&](CLI::App& app, const char* kind, const char* meaning) {
    add_text(app, "STACK", "STACK", settings->stack, "The stack's name or id").required();
    add_text(app, kind, kind, settings->server, meaning).required();
    add_if_revision(app, settings->if_revision);
  };
  arguments(commands.add(stacks, "put-server", "Add one server to a stack, or replace it",
                         "failoverctl stacks put-server shop-eu web3=192.0.2.12",
                         [settings](const Api& api, const Output& output) -> Result<void> {
                           const auto server = parse_server(settings->server);
                           if (!server) return server.error();
                           return report(api.write("PUT", path_of(*settings, server->name),
                                                   to_json(*server, false), settings->if_revision),
                                         output,
                                         "Server " + server->name + " of " + settings->stack + " is set.");
                         }),
            "SERVER", "NAME[:ROLE]=ADDRESS[,ADDRESS...] or NAME[:ROLE]=HOSTNAME");
  CLI::App& rename = commands.add(
      stacks, "rename-server", "Rename one server of a stack",
      "failoverctl stacks rename-server shop-eu web3 web03",
      [settings](const Api& api, const Output& output) {
        return report(
            api.write("PATCH", path_of(*settings, settings->server),
                      Body().text("name", settings->new_name).done(), settings->if_revision),
            output,
            "Server " + settings->server + " of " + settings->stack + " is " + settings->new_name + " now.");
      });
  arguments(rename, "NAME", "The server's name");
  add_text(rename, "NEW", "NAME", settings->new_name, "Its new name").required();
  arguments(
      commands.add(stacks, "delete-server", "Delete one server of a stack",
                   "failoverctl stacks delete-server shop-eu web3",
                   [settings](const Api& api, const Output& output) {
                     return report(
                         api.write("DELETE", path_of(*settings, settings->server), "", settings->if_revision),
                         output, "Server " + settings->server + " of " + settings->stack + " is deleted.");
                   }),
      "NAME", "The server's name");
}

}  // namespace failover::ctl
