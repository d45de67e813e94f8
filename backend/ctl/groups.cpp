#include <CLI/CLI.hpp>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

struct Settings {
  std::string group, label, name, primary, backup, ttl, zone, live, if_revision;
  bool no_primary = false, no_backup = false;
};

// A number, or "default" for the zone's.
Result<void> put_ttl(Body& body, const std::string& ttl) {
  if (ttl == "default") {
    body.null("ttl");
    return {};
  }
  if (ttl.empty() || ttl.size() > 9 || ttl.find_first_not_of("0123456789") != std::string::npos)
    return usage_error("--ttl takes a number of seconds from 5 to 300, or 'default' for the zone's.");
  body.number("ttl", static_cast<unsigned>(std::stoul(ttl)));
  return {};
}

// Only what was given is changed: an empty value is not the same as none.
Result<std::string> changes(const CLI::App& app, const Settings& settings) {
  Body body;
  const auto side = [&](const char* name, const std::string& value, bool detach) {
    if (detach || (app.count(std::string("--") + name) > 0 && value.empty()))
      body.null(name);
    else
      body.given(name, value);
  };
  if (app.count("--name") > 0) body.text("name", settings.name);
  side("primary", settings.primary, settings.no_primary);
  side("backup", settings.backup, settings.no_backup);
  if (app.count("--ttl") > 0)
    if (const auto put = put_ttl(body, settings.ttl); !put) return put.error();
  body.given("live", settings.live);
  return body.done();
}

// The path of the group that G, --label and --zone name together.
Result<std::string> named(const Settings& settings) {
  std::string group = settings.group.empty() ? settings.label : settings.group;
  if (group.empty())
    return usage_error("which group? Give its label or address: failoverctl groups set shop ...");
  if (!settings.label.empty() && settings.label != group.substr(0, group.find('.')))
    return usage_error(
        "a group keeps its label: its address was given out. Make another group with 'groups create "
        "--label " +
        settings.label + "'.");
  if (!settings.zone.empty() && group.find('.') == std::string::npos) group += "." + settings.zone;
  return "/v1/groups/" + segment(group);
}

void common(CLI::App& app, Settings& settings) {
  add_text(app, "--name", "TEXT", settings.name, "What people call it");
  add_text(app, "--primary", "STACK", settings.primary, "Its primary stack, by name or id");
  add_text(app, "--backup", "STACK", settings.backup, "Its backup stack, by name or id");
  add_text(app, "--ttl", "SECONDS", settings.ttl, "5 to 300, or 'default' for the zone's");
}

void add_list(Commands& commands, CLI::App& groups) {
  struct Filter {
    std::string zone, stack, match;
  };
  const auto filter = std::make_shared<Filter>();
  CLI::App& app = commands.add(
      groups, "list", "List the groups", "failoverctl groups list --match shop",
      [filter](const Api& api, const Output& output) {
        const std::string path =
            "/v1/groups" + query({{"zone", filter->zone}, {"stack", filter->stack}, {"q", filter->match}});
        return print_list(api, output, path,
                          {"ADDRESS", "NAME", "PRIMARY", "BACKUP", "LIVE", "TTL", "ANSWER"}, 4, group_row,
                          "No group here. Make one with 'failoverctl groups create'.");
      });
  add_text(app, "--zone", "ZONE", filter->zone, "Only those of this zone");
  add_text(app, "--stack", "STACK", filter->stack, "Only those with this stack");
  add_text(app, "--match", "TEXT", filter->match, "Only those with this text in the label or the name");
}

void add_show(Commands& commands, CLI::App& groups) {
  const auto group = std::make_shared<std::string>();
  CLI::App& app =
      commands.add(groups, "show", "Show one group", "failoverctl groups show shop",
                   [group](const Api& api, const Output& output) {
                     return print_answer(api.get("/v1/groups/" + segment(*group)), output, print_group);
                   });
  add_text(app, "GROUP", "GROUP", *group, "Its label or full address").required();
}

void add_create(Commands& commands, CLI::App& groups) {
  const auto settings = std::make_shared<Settings>();
  const auto self = std::make_shared<CLI::App*>();
  CLI::App& app = commands.add(
      groups, "create", "Make a group; without stacks its address is reserved",
      "failoverctl groups create --label shop --name 'Web shop' --primary shop-eu --backup shop-us",
      [settings, self](const Api& api, const Output& output) -> Result<void> {
        Body body;
        body.given("zone", settings->zone).given("label", settings->label).given("name", settings->name);
        body.given("primary", settings->primary).given("backup", settings->backup);
        if ((*self)->count("--ttl") > 0)
          if (const auto put = put_ttl(body, settings->ttl); !put) return put.error();
        return print_answer(api.write("POST", "/v1/groups", body.done()), output, print_group);
      });
  *self = &app;
  add_text(app, "--label", "LABEL", settings->label,
           "Its label; where left out, one like 414-262-781 is drawn");
  common(app, *settings);
  add_text(app, "--zone", "ZONE", settings->zone, "Its zone; may be left out where there is one");
}

void add_set(Commands& commands, CLI::App& groups) {
  const auto settings = std::make_shared<Settings>();
  const auto self = std::make_shared<CLI::App*>();
  CLI::App& app = commands.add(
      groups, "set", "Change a group; what is not given stays",
      "failoverctl groups set shop --backup shop-us --ttl 30\nfailoverctl groups set shop --no-backup",
      [settings, self](const Api& api, const Output& output) -> Result<void> {
        const auto path = named(*settings);
        if (!path) return path.error();
        const auto body = changes(**self, *settings);
        if (!body) return body.error();
        if (*body == "{}")
          return usage_error("nothing to change was given. See 'failoverctl groups set --help'.");
        return print_answer(api.write("PATCH", *path, *body, settings->if_revision), output, print_group);
      });
  *self = &app;
  add_text(app, "GROUP", "GROUP", settings->group, "Its label or full address");
  common(app, *settings);
  app.add_flag("--no-primary", settings->no_primary, "Detach the primary stack; --primary '' does the same")
      ->excludes("--primary");
  app.add_flag("--no-backup", settings->no_backup, "Detach the backup stack; --backup '' does the same")
      ->excludes("--backup");
  add_text(app, "--live", "SIDE", settings->live, "Make this side live at once; to switch traffic, use flip")
      .check(CLI::IsMember({"primary", "backup", "none"}));
  add_text(app, "--label", "LABEL", settings->label, "The group's label, in place of GROUP");
  add_text(app, "--zone", "ZONE", settings->zone, "The group's zone, where two zones have its label");
  add_if_revision(app, settings->if_revision);
}

void add_delete(Commands& commands, CLI::App& groups) {
  const auto settings = std::make_shared<Settings>();
  CLI::App& app = commands.add(
      groups, "delete", "Delete a group that has no stack; its address is never given out again",
      "failoverctl groups delete shop", [settings](const Api& api, const Output& output) {
        return print_deleted(
            api.write("DELETE", "/v1/groups/" + segment(settings->group), "", settings->if_revision), output,
            "Group " + settings->group + " is deleted. Its address is retired.");
      });
  add_text(app, "GROUP", "GROUP", settings->group, "Its label or full address").required();
  add_if_revision(app, settings->if_revision);
}

}  // namespace

void add_groups(Commands& commands) {
  CLI::App& groups =
      commands.family("groups", "Failover groups: addresses, their stacks, which side is live");
  add_list(commands, groups);
  add_show(commands, groups);
  add_create(commands, groups);
  add_set(commands, groups);
  add_flip(commands, groups);
  add_delete(commands, groups);
}

}  // namespace failover::ctl
