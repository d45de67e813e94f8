#include "ctl/program.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <ostream>

#include "ctl/command.hpp"
#include "ctl/options.hpp"

namespace failover::ctl {
namespace {

constexpr const char* version = "failoverctl " FAILOVER_VERSION;

class Program {
 public:
  Program()
      : app_("operate failoverd: flip failover groups, register stacks, read the trail", "failoverctl") {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.set_version_flag("--version", version, "Print the version");
    app_.formatter_fn(
        [](const CLI::App* app, std::string, CLI::AppFormatMode) { return help(describe(*app)); });
    app_.set_help_flag("-h,--help", "This help");
    app_.footer("failoverctl groups flip shop --to backup --reason 'EU link down'");
    add_text(app_, "--url", "URL", options_.url,
             "Where failoverd's API is (FAILOVER_URL), http://127.0.0.1:8380 where not set");
    add_text(app_, "--token-file", "FILE", options_.token_file,
             "A file that holds the token (FAILOVER_TOKEN_FILE)");
    add_text(app_, "--token", "SECRET", options_.token,
             "The token (FAILOVER_TOKEN). The process list shows it here: better by file or environment")
        .excludes("--token-file");
    add_text(app_, "--ca-file", "FILE", options_.ca_file,
             "Certificate authorities for https (FAILOVER_CA_FILE)");
    add_text(app_, "--timeout", "DURATION", options_.timeout,
             "How long to wait for each answer, 30s where left out");
    app_.add_flag("--json", options_.json, "Print the API's own JSON");
    for (const auto add : {add_groups, add_stacks, add_zones, add_tokens, add_transfer, add_status, add_exec,
                           add_trail, add_doctor, add_generate})
      add(commands_);
  }

  CLI::App& app() { return app_; }

  Result<void> run_chosen(Output& output) const {
    output.json = options_.json;
    if (const RunAlone* alone = commands_.chosen_alone()) return (*alone)(output);
    const auto endpoint = settle(options_, [](const char* name) { return std::getenv(name); });
    if (!endpoint) return endpoint.error();
    return (*commands_.chosen())(Api(*endpoint), output);
  }

 private:
  CLI::App app_;
  Options options_;
  Commands commands_{app_};
};

std::size_t terminal_columns() {
  winsize size{};
  return isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// A help or version asked for is no mistake.
int ended_by(const CLI::App& app, const CLI::ParseError& end, std::ostream& out, std::ostream& err) {
  if (end.get_exit_code() == 0) return app.exit(end, out, err);
  const CLI::App* at = &app;
  std::string path = "failoverctl";
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path += " " + at->get_name();
  }
  std::string what = end.what();
  const auto unknown = app.remaining(true);
  if (!unknown.empty())
    what = "'" + printable(unknown.front()) + "' means nothing here";
  else if (!at->get_subcommands({}).empty())
    what = "give a command";
  err << "failoverctl: " << without_tokens(what) << ". See '" << path << " --help'.\n";
  return Exit::wrong_usage;
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Program program;
  try {
    program.app().parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    return ended_by(program.app(), end, out, err);
  }
  Output output{out, err};
  output.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  output.columns = terminal_columns();
  const auto result = program.run_chosen(output);
  out.flush();
  if (!result) {
    if (!result.error().message.empty())
      err << "failoverctl: " << without_tokens(result.error().message) << '\n';
    return result.error().exit;
  }
  if (out.good()) return Exit::done;
  err << "failoverctl: cannot write to standard output. Is the disk full?\n";
  return Exit::refused;
}

CommandText describe_program() { return describe(Program().app()); }

}  // namespace failover::ctl
