#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/spec.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

std::vector<std::string> stack_row(const rapidjson::Value& stack) {
  return {text_of(stack, "name"),
          text_of(stack, "id"),
          text_of(stack, "failover_status"),
          std::to_string(list_of(stack, "servers").Size()),
          or_dash(joined(list_of(stack, "web_head"))),
          or_dash(joined(list_of(stack, "groups")))};
}

void print_stack(const Output& output, const rapidjson::Value& stack) {
  Facts facts;
  facts.add("name", text_of(stack, "name"));
  facts.add("id", text_of(stack, "id"));
  facts.add("status", text_of(stack, "failover_status"));
  facts.add("web head", or_dash(joined(list_of(stack, "web_head"))));
  facts.add("groups", or_dash(joined(list_of(stack, "groups"))));
  facts.add("revision", text_of(stack, "revision"));
  facts.add("created", local_time(text_of(stack, "created_at")));
  facts.add("updated", local_time(text_of(stack, "updated_at")));
  facts.print(output);
  Table servers({"SERVER", "ROLE", "ADDRESSES", "HOSTNAME"});
  for (const auto& server : list_of(stack, "servers").GetArray())
    servers.add({text_of(server, "name"), text_of(server, "role"),
                 or_dash(joined(list_of(server, "addresses"))), or_dash(text_of(server, "hostname"))});
  if (servers.empty()) return;
  output.out << '\n';
  servers.print(output);
}

// Also where nothing is given and standard input is no terminal. An empty list has to be written out: taking
// all servers from a stack by leaving out an option would be an outage by typing too little.
Result<std::string> servers_body(const std::vector<std::string>& specs, const std::string& file) {
  if (specs.empty()) {
    if (file.empty() && isatty(STDIN_FILENO) != 0)
      return usage_error(
          "which servers? Give --server for each, or --file with JSON like "
          R"({"servers":[{"name":"web1","role":"web","addresses":["192.0.2.10"]}]}.)");
    return read_body(file.empty() ? "-" : file, "servers");
  }
  std::string servers;
  for (const auto& spec : specs) {
    const auto server = parse_server(spec);
    if (!server) return server.error();
    servers += (servers.empty() ? "" : ",") + to_json(*server);
  }
  return Body().json("servers", "[" + servers + "]").done();
}

struct Settings {
  std::string stack, new_name, file, if_revision;
  std::vector<std::string> servers;
};

using Shared = std::shared_ptr<Settings>;

CLI::Option& stack_argument(CLI::App& app, Settings& settings) {
  return *add_text(app, "STACK", "STACK", settings.stack, "Its name or id").required();
}

void add_put(Commands& commands, CLI::App& stacks, const Shared& settings) {
  CLI::App& app = commands.add(
      stacks, "put", "Register a stack, or replace its servers",
      "failoverctl stacks put shop-eu --server web1=192.0.2.10,2001:db8::10 --server db1:other=10.0.0.5\n"
      "failoverctl stacks put shop-us --server lb1:load_balancer=lb.shop.example.net\n"
      "failoverctl stacks put shop-us --file servers.json",
      [settings](const Api& api, const Output& output) -> Result<void> {
        const auto body = servers_body(settings->servers, settings->file);
        if (!body) return body.error();
        return print_answer(
            api.write("PUT", "/v1/stacks/" + segment(settings->stack), *body, settings->if_revision), output,
            print_stack);
      });
  stack_argument(app, *settings);
  app.add_option(
         "--server", settings->servers,
         "A server: NAME[:ROLE]=ADDRESS[,ADDRESS...] or NAME[:ROLE]=HOSTNAME; the role is web, load_balancer "
         "or other, web where left out")
      ->type_name("SERVER")
      ->allow_extra_args(false)
      ->excludes(&add_text(app, "--file", "FILE", settings->file,
                           "The servers as the API's JSON, - for standard input"));
  add_if_revision(app, settings->if_revision);
}

}  // namespace

void add_stacks(Commands& commands) {
  CLI::App& stacks = commands.family("stacks", "Stacks: the servers of an application");
  const auto match = std::make_shared<std::string>();
  CLI::App& list = commands.add(stacks, "list", "List the stacks", "failoverctl stacks list --match shop",
                                [match](const Api& api, const Output& output) {
                                  return print_list(
                                      api, output, "/v1/stacks" + query({{"q", *match}}),
                                      {"NAME", "ID", "STATUS", "SERVERS", "WEB HEAD", "GROUPS"}, 2, stack_row,
                                      "No stack here. Register one with 'failoverctl stacks put'.");
                                });
  add_text(list, "--match", "TEXT", *match, "Only those with this text in the name");

  const auto settings = std::make_shared<Settings>();
  stack_argument(
      commands.add(stacks, "show", "Show one stack and its servers", "failoverctl stacks show shop-eu",
                   [settings](const Api& api, const Output& output) {
                     return print_answer(api.get("/v1/stacks/" + segment(settings->stack)), output,
                                         print_stack);
                   }),
      *settings);
  add_put(commands, stacks, settings);
  CLI::App& rename = commands.add(
      stacks, "rename", "Rename a stack; no answer changes",
      "failoverctl stacks rename shop-eu shop-frankfurt", [settings](const Api& api, const Output& output) {
        return print_answer(api.write("PATCH", "/v1/stacks/" + segment(settings->stack),
                                      Body().text("name", settings->new_name).done(), settings->if_revision),
                            output, print_stack);
      });
  stack_argument(rename, *settings);
  add_text(rename, "NEW", "NAME", settings->new_name, "Its new name").required();
  add_if_revision(rename, settings->if_revision);
  CLI::App& remove = commands.add(
      stacks, "delete", "Delete a stack that is in no group", "failoverctl stacks delete shop-eu",
      [settings](const Api& api, const Output& output) {
        return print_deleted(
            api.write("DELETE", "/v1/stacks/" + segment(settings->stack), "", settings->if_revision), output,
            "Stack " + settings->stack + " is deleted.");
      });
  stack_argument(remove, *settings);
  add_if_revision(remove, settings->if_revision);
  add_servers(commands, stacks);
}

}  // namespace failover::ctl
