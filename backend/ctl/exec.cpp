#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>

#include "ctl/command.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/status_cache.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

struct Settings {
  std::string stack;
  std::string max_age = "15m";
  bool only_online = false;
  std::vector<std::string> command;
};

// A job is not to go by a status that has waited longer than this for its way here.
constexpr std::chrono::seconds oldest_status{5};

Result<std::string> ask(const Api& api, const std::string& stack) {
  Endpoint endpoint = api.endpoint();
  endpoint.timeout = std::min(endpoint.timeout, oldest_status);
  const auto answer = Api(std::move(endpoint)).get("/v1/stacks/" + segment(stack) + "/failover-status");
  if (!answer) return answer.error();
  return text_of(answer->json, "failover_status");
}

// A server that is overloaded or cannot read its store says as little of the stack as one that is silent.
bool is_away(const Failure& failure) {
  return failure.exit == Exit::unreachable || failure.status == 429 || failure.status >= 500;
}

// The token is refused or the stack is gone: what was known before holds no more.
bool is_final(const Failure& failure) {
  return failure.status == 401 || failure.status == 403 || failure.status == 404;
}

std::string not_kept(const std::string& directory, int why) {
  if (directory.empty()) return "there is no directory to keep the status in.";
  return "cannot keep the status in '" + directory + "': " + std::strerror(why) + ".";
}

// The status as the server says; where it gives none, the last known one up to `max_age`.
Result<std::string> status_of(const Api& api, const Output& output, const std::string& stack,
                              std::chrono::seconds max_age) {
  const StatusCache cache(cache_directory([](const char* name) { return std::getenv(name); }), api.endpoint(),
                          stack);
  const auto known = cache.load();
  const Moment asked_at = now();
  const auto status = ask(api, stack);
  if (status) {
    if (!cache.store({*status, asked_at}))
      output.err
          << "failoverctl: " << not_kept(cache.directory(), errno)
          << " Without it nothing runs while the server is away: set XDG_CACHE_HOME to a directory that "
             "can be written, in a systemd service CacheDirectory=failoverctl.\n";
    return *status;
  }
  if (is_final(status.error())) cache.forget();
  if (!is_away(status.error())) return status.error();
  if (!known)
    return Failure{Exit::unreachable, status.error().message + "\nNo earlier status of " + stack +
                                          " is remembered, so the command was not run."};
  const Moment at = now();
  const std::string age = rough(std::chrono::floor<std::chrono::seconds>(at - known->asked_at));
  if (!is_usable(*known, at, max_age))
    return Failure{Exit::unreachable, status.error().message + "\nThe last known status of " + stack +
                                          " is " + age +
                                          " old, more than --max-age allows, so the command was not run."};
  output.err << "failoverctl: " << status.error().message << "\nGoing by the last known status of " << stack
             << ": " << known->status << ", " << age << " old.\n";
  return known->status;
}

// Becomes the command, so its input, signals and exit status are its own. Returns only where that fails.
Failure become(std::vector<std::string>& command, const std::string& status) {
  std::vector<char*> arguments;
  for (auto& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  setenv("FAILOVER_STATUS", status.c_str(), 1);
  execvp(arguments[0], arguments.data());
  const int why = errno;
  return {why == ENOENT ? 127 : 126, "cannot run " + command.front() + ": " + std::strerror(why) +
                                         ". Check its path and that it may be run."};
}

}  // namespace

void add_exec(Commands& commands) {
  const auto settings = std::make_shared<Settings>();
  CLI::App& app =
      commands.add(commands.root(), "exec", "Run a command with FAILOVER_STATUS set to the status of a stack",
                   "failoverctl exec shop-eu --only-online -- /usr/local/bin/send-invoices --daily\n"
                   "failoverctl exec shop-eu -- sh -c 'echo this stack is $FAILOVER_STATUS'",
                   [settings](const Api& api, const Output& output) -> Result<void> {
                     const auto max_age = parse_duration(settings->max_age);
                     if (!max_age) return max_age.error();
                     const auto status = status_of(api, output, settings->stack, *max_age);
                     if (!status) return status.error();
                     if (settings->only_online && *status != "online") return {};
                     output.err.flush();
                     return become(settings->command, *status);
                   });
  add_text(app, "STACK", "STACK", settings->stack, "The stack this machine belongs to, by name or id")
      .required();
  app.add_option("COMMAND", settings->command, "The command and its arguments, after --")
      ->type_name("COMMAND")
      ->required();
  app.add_flag("--only-online", settings->only_online,
               "Do nothing and exit 0 unless the status is online: for cron on every stack");
  add_text(app, "--max-age", "DURATION", settings->max_age,
           "How old a remembered status may be while the server cannot be reached, 15m where left out; 0 "
           "never uses one");
}

void add_status(Commands& commands) {
  const auto stack = std::make_shared<std::string>();
  CLI::App& app =
      commands.add(commands.root(), "status", "Print a stack's status: online, offline or none",
                   "failoverctl status shop-eu", [stack](const Api& api, const Output& output) {
                     return print_answer(api.get("/v1/stacks/" + segment(*stack) + "/failover-status"),
                                         output, [](const Output& to, const rapidjson::Value& answer) {
                                           to.out << printable(text_of(answer, "failover_status")) << '\n';
                                         });
                   });
  add_text(app, "STACK", "STACK", *stack, "Its name or id").required();
}

}  // namespace failover::ctl
