#include "ctl/moment.hpp"

#include <charconv>
#include <cstdio>
#include <ctime>

namespace failover::ctl {

using namespace std::chrono;

Result<seconds> parse_duration(std::string_view text) {
  const Failure wrong =
      usage_error("'" + std::string(text) + "' is no length of time. Write it as 30s, 5m, 2h or 90d.");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return wrong;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty() || unit == "s") return seconds(number);
  if (unit == "m") return seconds(minutes(number));
  if (unit == "h") return seconds(hours(number));
  if (unit == "d") return seconds(days(number));
  return wrong;
}

std::optional<Moment> parse_moment(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  milliseconds fraction{0};
  if (*rest == '.') {
    int weight = 100;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, weight /= 10)
      fraction += milliseconds((*rest - '0') * weight);
  }
  if (std::string_view(rest) != "Z") return std::nullopt;
  return Moment(seconds(timegm(&parts))) + fraction;
}

std::string to_rfc3339(Moment moment) {
  const std::time_t time = floor<seconds>(moment).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string local_time(std::string_view rfc3339) {
  const auto moment = parse_moment(rfc3339);
  if (!moment) return std::string(rfc3339);
  const std::time_t time = floor<seconds>(*moment).time_since_epoch().count();
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &parts)};
}

std::string rough(seconds length) {
  const auto count = length.count();
  if (count < 120) return std::to_string(count) + " s";
  if (count < 7200) return std::to_string(count / 60) + " min";
  if (count < 172800) return std::to_string(count / 3600) + " h";
  return std::to_string(count / 86400) + " d";
}

Moment now() { return floor<milliseconds>(system_clock::now()); }

}  // namespace failover::ctl
