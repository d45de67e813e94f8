#include <sys/stat.h>

#include "ctl/doctor.hpp"
#include "ctl/output.hpp"

namespace failover::ctl {
namespace {

constexpr std::chrono::seconds clock_warns{2}, clock_fails{30};

void check_token_file(const Api& api, Findings& findings) {
  const std::string& path = api.endpoint().token_file;
  struct stat facts {};
  if (path.empty() || stat(path.c_str(), &facts) != 0) return;
  if ((facts.st_mode & 077) != 0)
    findings.push_back({"warn", "token file", path + " can be read by others. Run: chmod 600 " + path});
}

void check_transport(const Api& api, Findings& findings) {
  const Url& url = api.endpoint().url;
  if (url.tls || url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.")) return;
  findings.push_back({"warn", "transport",
                      "the token goes to " + url.host +
                          " unencrypted. Use https, or a network "
                          "that nobody else is on."});
}

}  // namespace

Finding clock_finding(std::string_view time, Moment before, Moment after) {
  const auto server = parse_moment(time);
  if (!server) return {"warn", "clock", "the server does not say its time, so clocks were not compared."};
  const auto off = *server < before  ? *server - before
                   : *server > after ? *server - after
                                     : Moment::duration(0);
  if (off >= -clock_warns && off <= clock_warns)
    return {"ok", "clock", "the server's clock agrees with this one"};
  const bool behind = off.count() < 0;
  const auto apart = std::chrono::round<std::chrono::seconds>(behind ? -off : off);
  return {apart > clock_fails ? "fail" : "warn", "clock",
          "the server's clock is " + rough(apart) + (behind ? " behind" : " ahead of") +
              " this one. Set both by NTP: token expiry and the trail go by it."};
}

bool check_server(const Api& api, Findings& findings) {
  check_token_file(api, findings);
  check_transport(api, findings);
  if (const auto answer = api.get("/v1/zones?limit=1"); !answer) {
    const bool away = answer.error().exit == Exit::unreachable;
    findings.push_back({"fail", away ? "server" : "token", answer.error().message});
    return false;
  }
  findings.push_back({"ok", "server", to_string(api.endpoint().url) + " answers and takes the token"});
  const Moment before = now();
  const auto checks = api.get("/v1/doctor");
  if (!checks) {
    findings.push_back({"warn", "server checks", "left out: " + checks.error().message});
    return true;
  }
  findings.push_back(clock_finding(text_of(checks->json, "time"), before, now()));
  for (const auto& check : list_of(checks->json, "checks").GetArray()) {
    const char* level = text_of(check, "ok") == "true" ? "ok" : "fail";
    findings.push_back({level, text_of(check, "name"), text_of(check, "detail")});
  }
  return true;
}

}  // namespace failover::ctl
