#include "ctl/doctor.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

#include "ctl/body.hpp"
#include "ctl/command.hpp"
#include "ctl/show.hpp"

namespace failover::ctl {
namespace {

struct Settings {
  std::string resolver, parent, powerdns = "127.0.0.1:53";
  bool no_delegation = false;
};

Result<DnsSettings> read(const Settings& settings) {
  DnsSettings dns;
  for (const auto& [text, into] :
       {std::pair{&settings.resolver, &dns.resolver}, {&settings.parent, &dns.parent}}) {
    if (text->empty()) continue;
    const auto server = parse_address_port(*text, 53);
    if (!server) return server.error();
    *into = *server;
  }
  const auto powerdns = parse_address_port(settings.powerdns, 53);
  if (!powerdns) return powerdns.error();
  dns.powerdns = *powerdns;
  return dns;
}

void print_json(const Output& output, const Findings& findings) {
  std::string checks;
  for (const auto& finding : findings)
    checks += (checks.empty() ? "" : ",") + Body()
                                                .text("name", finding.name)
                                                .flag("ok", finding.level != "fail")
                                                .text("level", finding.level)
                                                .text("detail", finding.detail)
                                                .done();
  output.out << Body().json("checks", "[" + checks + "]").done() << '\n';
}

void print_people(const Output& output, const Findings& findings) {
  std::size_t widest = 0;
  for (const auto& finding : findings) widest = std::max(widest, width(finding.name));
  for (const auto& finding : findings) {
    std::string detail = finding.detail;
    std::replace(detail.begin(), detail.end(), '\n', ' ');
    output.out << painted(output, colour_of(finding.level), finding.level)
               << std::string(6 - finding.level.size(), ' ') << printable(finding.name)
               << std::string(widest + 2 - width(finding.name), ' ') << printable(detail) << '\n';
  }
}

}  // namespace

void add_doctor(Commands& commands) {
  const auto settings = std::make_shared<Settings>();
  CLI::App& app =
      commands.add(commands.root(), "doctor", "Check what usually goes wrong, and say what to do about it",
                   "failoverctl doctor --dns 192.0.2.53",
                   [settings](const Api& api, const Output& output) -> Result<void> {
                     const auto dns = read(*settings);
                     if (!dns) return dns.error();
                     Findings findings;
                     if (check_server(api, findings)) {
                       if (!settings->no_delegation) check_delegation(api, *dns, findings);
                       check_zones(api, *dns, findings);
                       check_answers(api, *dns, findings);
                     }
                     output.json ? print_json(output, findings) : print_people(output, findings);
                     for (const auto& finding : findings)
                       if (finding.level == "fail") return Failure{Exit::refused, ""};
                     return {};
                   });
  add_text(app, "--dns", "ADDRESS[:PORT]", settings->powerdns,
           "Where PowerDNS answers, 127.0.0.1:53 where left out");
  add_text(app, "--resolver", "ADDRESS[:PORT]", settings->resolver,
           "The resolver to ask, in place of the system's");
  add_text(app, "--parent", "ADDRESS[:PORT]", settings->parent,
           "A nameserver of the parent zone to ask, in place of looking for one");
  app.add_flag("--no-delegation", settings->no_delegation,
               "Leave the delegation out, for a zone that is not public");
}

}  // namespace failover::ctl
