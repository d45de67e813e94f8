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

std::string nameservers_text(const rapidjson::Value& zone, const char* separator) {
  std::string text;
  for (const auto& server : list_of(zone, "nameservers").GetArray()) {
    const std::string addresses = joined(list_of(server, "addresses"));
    text += (text.empty() ? "" : separator) + text_of(server, "name") +
            (addresses.empty() ? "" : " " + addresses);
  }
  return or_dash(text);
}

std::vector<std::string> zone_row(const rapidjson::Value& zone) {
  return {text_of(zone, "name"), text_of(zone, "ttl"), text_of(zone, "negative_ttl"),
          std::to_string(list_of(zone, "records").Size()), nameservers_text(zone, "; ")};
}

void print_zone(const Output& output, const rapidjson::Value& zone) {
  Facts facts;
  facts.add("zone", text_of(zone, "name"));
  facts.add("nameservers", nameservers_text(zone, "\n"));
  facts.add("hostmaster", text_of(zone, "hostmaster"));
  facts.add("ttl", text_of(zone, "ttl") + " s");
  facts.add("negative ttl", text_of(zone, "negative_ttl") + " s");
  if (const auto serial = text_of(zone, "serial"); !serial.empty()) facts.add("serial", serial);
  facts.add("revision", text_of(zone, "revision"));
  facts.add("created", local_time(text_of(zone, "created_at")));
  facts.add("updated", local_time(text_of(zone, "updated_at")));
  facts.print(output);
  Table records({"RECORD", "TYPE", "TTL", "CONTENT"});
  for (const auto& record : list_of(zone, "records").GetArray())
    records.add({text_of(record, "name"), text_of(record, "type"), or_dash(text_of(record, "ttl")),
                 text_of(record, "content")});
  if (records.empty()) return;
  output.out << '\n';
  records.print(output);
}

struct Settings {
  std::string zone, hostmaster, file, if_revision;
  unsigned ttl = 0, negative_ttl = 0;
  std::vector<std::string> nameservers, records;
};

using Read = Result<std::string> (*)(std::string_view);

Result<std::string> array(const std::vector<std::string>& specs, Read read) {
  std::string items;
  for (const auto& spec : specs) {
    const auto item = read(spec);
    if (!item) return item.error();
    items += (items.empty() ? "" : ",") + *item;
  }
  return "[" + items + "]";
}

Result<std::string> zone_body(const CLI::App& app, const Settings& settings) {
  if (settings.nameservers.empty()) {
    if (settings.file.empty() && isatty(STDIN_FILENO) != 0)
      return usage_error(
          "which nameservers? Give --nameserver ns1.failover.example=192.0.2.53 for each, or --file.");
    return read_body(settings.file.empty() ? "-" : settings.file, "nameservers");
  }
  Body body;
  const auto nameservers = array(settings.nameservers, nameserver_json);
  if (!nameservers) return nameservers.error();
  body.json("nameservers", *nameservers).given("hostmaster", settings.hostmaster);
  if (app.count("--ttl") > 0) body.number("ttl", settings.ttl);
  if (app.count("--negative-ttl") > 0) body.number("negative_ttl", settings.negative_ttl);
  if (!settings.records.empty()) {
    const auto records = array(settings.records, record_json);
    if (!records) return records.error();
    body.json("records", *records);
  }
  return body.done();
}

void add_put(Commands& commands, CLI::App& zones) {
  const auto settings = std::make_shared<Settings>();
  const auto self = std::make_shared<CLI::App*>();
  CLI::App& app = commands.add(
      zones, "put", "Make a zone, or replace its settings: what is left out goes back to its default",
      "failoverctl zones put failover.example --nameserver ns1.failover.example=192.0.2.53 \\\n"
      "    --nameserver ns2.example.net --record 'failover.example TXT \"v=spf1 -all\" 300'",
      [settings, self](const Api& api, const Output& output) -> Result<void> {
        const auto body = zone_body(**self, *settings);
        if (!body) return body.error();
        return print_answer(
            api.write("PUT", "/v1/zones/" + segment(settings->zone), *body, settings->if_revision), output,
            print_zone);
      });
  *self = &app;
  add_text(app, "ZONE", "ZONE", settings->zone, "Its name").required();
  app.add_option("--nameserver", settings->nameservers,
                 "A nameserver: NAME=ADDRESS[,ADDRESS...], or NAME alone where it lies outside the zone")
      ->type_name("NAMESERVER")
      ->allow_extra_args(false);
  add_text(app, "--hostmaster", "NAME", settings->hostmaster,
           "Whom to write to, in DNS-name form; hostmaster.ZONE where left out");
  app.add_option("--ttl", settings->ttl, "TTL of its groups and own records, 60 where left out")
      ->type_name("SECONDS");
  app.add_option("--negative-ttl", settings->negative_ttl,
                 "How long 'no such name' is kept, 30 where left out")
      ->type_name("SECONDS");
  app.add_option("--record", settings->records, "A record of its own: 'NAME TYPE CONTENT [TTL]'")
      ->type_name("RECORD")
      ->allow_extra_args(false);
  add_text(app, "--file", "FILE", settings->file, "All of it as the API's JSON, - for standard input")
      .excludes("--nameserver")
      ->excludes("--hostmaster")
      ->excludes("--ttl")
      ->excludes("--negative-ttl")
      ->excludes("--record");
  add_if_revision(app, settings->if_revision);
}

}  // namespace

void add_zones(Commands& commands) {
  CLI::App& zones = commands.family("zones", "The DNS zones that failoverd answers for");
  commands.add(
      zones, "list", "List the zones", "failoverctl zones list", [](const Api& api, const Output& output) {
        return print_list(api, output, "/v1/zones", {"ZONE", "TTL", "NEGATIVE TTL", "RECORDS", "NAMESERVERS"},
                          0, zone_row, "No zone here. Make one with 'failoverctl zones put'.");
      });
  const auto settings = std::make_shared<Settings>();
  CLI::App& show = commands.add(
      zones, "show", "Show one zone and its own records", "failoverctl zones show failover.example",
      [settings](const Api& api, const Output& output) {
        return print_answer(api.get("/v1/zones/" + segment(settings->zone)), output, print_zone);
      });
  add_text(show, "ZONE", "ZONE", settings->zone, "Its name").required();
  add_put(commands, zones);
  CLI::App& remove = commands.add(
      zones, "delete", "Delete a zone that has no group", "failoverctl zones delete failover.example",
      [settings](const Api& api, const Output& output) {
        return print_deleted(
            api.write("DELETE", "/v1/zones/" + segment(settings->zone), "", settings->if_revision), output,
            "Zone " + settings->zone + " is deleted.");
      });
  add_text(remove, "ZONE", "ZONE", settings->zone, "Its name").required();
  add_if_revision(remove, settings->if_revision);
}

}  // namespace failover::ctl
