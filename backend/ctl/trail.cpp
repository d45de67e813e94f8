#include <CLI/CLI.hpp>
#include <ostream>
#include <thread>

#include "ctl/command.hpp"
#include "ctl/event_stream.hpp"
#include "ctl/moment.hpp"
#include "ctl/show.hpp"
#include "ctl/url.hpp"

namespace failover::ctl {
namespace {

// A server that is quiet this long may be gone: asking again costs nothing, since it goes on from the last
// id.
constexpr std::chrono::seconds quiet_limit{60};
constexpr std::chrono::seconds longest_wait{15};

std::string member_of(const rapidjson::Value& change, const char* when, const char* member) {
  const auto found = change.FindMember(when);
  return found != change.MemberEnd() ? text_of(found->value, member) : "";
}

// "group shop.failover.example": the narrowest thing that the change is about.
std::string subject(const rapidjson::Value& change) {
  const std::string zone = text_of(change, "zone");
  if (const auto group = text_of(change, "group"); !group.empty()) return "group " + group + "." + zone;
  if (const auto stack = text_of(change, "stack"); !stack.empty()) return "stack " + stack;
  if (!zone.empty()) return "zone " + zone;
  const auto made = member_of(change, "after", "name");
  return made.empty() ? member_of(change, "before", "name") : made;
}

void print_change(const Output& output, const rapidjson::Value& change) {
  const std::string before = member_of(change, "before", "live");
  const std::string after = member_of(change, "after", "live");
  const std::string from = text_of(change, "from");
  const std::string reason = text_of(change, "reason");
  std::string text = local_time(text_of(change, "at")) + "  #" + text_of(change, "revision") + "  " +
                     text_of(change, "verb") + "  " + subject(change);
  const bool flipped = !before.empty() && !after.empty() && before != after;
  if (flipped) text += "  " + before + " -> " + after;
  text += "  by " + or_dash(text_of(change, "actor")) + (from.empty() ? "" : " from " + from);
  output.out << painted(output, flipped ? colour_of(after) : Colour::none,
                        printable(text + (reason.empty() ? "" : ": " + reason)))
             << '\n';
}

void print_event(const Output& output, const std::string& data) {
  rapidjson::Document change;
  if (!output.json) change.Parse(data.data(), data.size());
  if (output.json)
    output.out << data << '\n';
  else if (!change.HasParseError() && change.IsObject())
    print_change(output, change);
  output.out.flush();
}

// Ends only with a failure: a connection that is lost is made again and goes on where it ended.
Result<void> watch(const Api& api, const Output& output, const std::string& from) {
  EventStream stream(from);
  std::chrono::seconds wait{1};
  for (bool ever_open = false;;) {
    bool open = false;
    // Rest of a line from a lost connection is no part of the next one's first.
    stream = EventStream(stream.last_id());
    Request request{.method = "GET", .target = "/v1/events", .headers = {{"Accept", "text/event-stream"}}};
    if (!stream.last_id().empty()) request.headers.emplace_back("Last-Event-ID", stream.last_id());
    request.patience = quiet_limit;
    request.sink = [&](std::string_view piece) {
      open = true;
      stream.feed(piece, [&](const std::string& data) { print_event(output, data); });
      return output.out.good();
    };
    const auto reply = api.raw(request);
    if (!output.out.good()) return {};
    if (!reply && (reply.error().exit != Exit::unreachable || (!ever_open && !open))) return reply.error();
    ever_open = true;
    wait = open ? std::chrono::seconds(1) : std::min(wait * 2, longest_wait);
    if (!open) output.err << "failoverctl: " << reply.error().message << " Trying again.\n";
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace

void add_trail(Commands& commands) {
  const auto from = std::make_shared<std::string>();
  CLI::App& events =
      commands.add(commands.root(), "events", "Print changes as they happen, one a line, until interrupted",
                   "failoverctl events --from 0",
                   [from](const Api& api, const Output& output) { return watch(api, output, *from); });
  add_text(events, "--from", "REVISION", *from, "First print those kept since this revision, 0 for all");

  struct Filter {
    std::string group, stack, after;
  };
  const auto filter = std::make_shared<Filter>();
  CLI::App& changes = commands.add(
      commands.root(), "changes", "Print the trail: who changed what, when, from where and why",
      "failoverctl changes --group shop", [filter](const Api& api, const Output& output) -> Result<void> {
        const std::string path = "/v1/changes" + query({{"group", filter->group}, {"stack", filter->stack}});
        if (output.json) return print_json_list(api, output, path, filter->after);
        bool any = false;
        const auto read = api.pages(
            path, [&](const rapidjson::Value& change) { print_change(output, change), any = true; },
            filter->after);
        if (read && !any) output.err << "failoverctl: no change is kept of what was asked for.\n";
        return read;
      });
  add_text(changes, "--group", "GROUP", filter->group, "Only those of this group");
  add_text(changes, "--stack", "STACK", filter->stack, "Only those of this stack");
  add_text(changes, "--after", "REVISION", filter->after, "Only those after this revision");
}

}  // namespace failover::ctl
