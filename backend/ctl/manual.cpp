#include "ctl/describe.hpp"
#include "ctl/options.hpp"

namespace failover::ctl {
namespace {

// Text for roff: a hyphen that is typed, no escape taken for one, no line taken for a request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n'))
      escaped += std::string("\\&") + c;
    else
      escaped += c;
  }
  return escaped;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }

void entry(std::string& page, const std::string& term, const std::string& meaning) {
  page += ".TP\n" + bold(term) + "\n" + roff(meaning) + ".\n";
}

void entries(std::string& page, const std::vector<Parameter>& parameters) {
  for (const auto& parameter : parameters)
    if (parameter.flags.empty() || parameter.flags.back() != "--help")
      entry(page, parameter.text(), parameter.meaning);
}

void example(std::string& page, const std::string& text) {
  if (!text.empty()) page += ".PP\nExample:\n.PP\n.RS 4\n.nf\n" + roff(text) + "\n.fi\n.RE\n";
}

void command(std::string& page, const CommandText& text) {
  if (text.commands.empty()) {
    page += ".SS " + roff(text.path) + "\n" + roff(text.meaning) + ".\n.PP\n" + roff(text.usage()) + "\n";
    entries(page, text.arguments);
    entries(page, text.options);
    example(page, text.example);
  }
  for (const auto& below : text.commands) command(page, below);
}

constexpr const char* ends = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Refused: what is wrong and what to do about it is on standard error. Of doctor: something fails.
.TP
.B 2
Wrong usage.
.TP
.B 3
The server cannot be reached, and for
.B exec
no status young enough is remembered.
.PP
.B exec
passes on the exit status of its command; 126 and 127 mean that the command could not be run or was not found.
.SH FILES
.TP
.I ~/.cache/failoverctl/status\-*
The last known status of a stack for
.BR exec ,
one file for each server, stack and token, readable by their owner alone.
.SH SEE ALSO
.BR failoverd (8)
)";

}  // namespace

std::string manual(const CommandText& program) {
  std::string page = ".TH FAILOVERCTL 1 \"\" \"failoverd " FAILOVER_VERSION "\" \"User Commands\"\n";
  page += ".SH NAME\nfailoverctl \\- " + roff(program.meaning) + "\n";
  page += ".SH SYNOPSIS\n.B failoverctl\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n";
  page +=
      ".SH DESCRIPTION\nfailoverctl is the command line of failoverd. It speaks to failoverd's HTTP API and "
      "shows "
      "tables to people and, with\n.BR \\-\\-json ,\nthe API's own JSON to programs.\n";
  page += ".SH OPTIONS\nThese stand before or after the command.\n";
  entries(page, program.options);
  page += ".TP\n" + bold("-h, --help") + "\nHelp on the program, or on the command before it.\n";
  page += ".SH COMMANDS\n";
  command(page, program);
  page += ".SH ENVIRONMENT\n";
  for (const auto& variable : variables)
    page += std::string(".TP\n") + bold(variable.name) + "\n" + roff(variable.meaning) + "\n";
  return page + ends;
}

}  // namespace failover::ctl
