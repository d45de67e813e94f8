// Lengths and points of time as people write and read them. Pure functions, but for the local time zone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/result.hpp"

namespace failover::ctl {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

// "30s", "5m", "2h", "90d"; a bare number is seconds. Anything else is wrong usage.
Result<std::chrono::seconds> parse_duration(std::string_view text);

// An RFC 3339 time of the API; nullopt where it is none.
std::optional<Moment> parse_moment(std::string_view text);

// RFC 3339, UTC, whole seconds: "2026-11-22T06:50:00Z".
std::string to_rfc3339(Moment moment);

// "2026-11-22 07:50:00 CET" in the local time zone; the text itself where it is no time.
std::string local_time(std::string_view rfc3339);

// "42 s", "3 min", "2 h", "5 d": the biggest unit that fits.
std::string rough(std::chrono::seconds length);

Moment now();

}  // namespace failover::ctl
