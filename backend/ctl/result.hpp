// How a command of failoverctl ends. Failures are values; an exception means a bug.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace failover::ctl {

// The exit statuses that scripts rely on. `exec` also passes on its command's own, and 126 and 127 as a shell
// does.
enum Exit : int { done = 0, refused = 1, wrong_usage = 2, unreachable = 3 };

// Why a command did not succeed. `message` says what to do next; "" where the command has said all itself.
struct Failure {
  int exit;
  std::string message;
  unsigned status = 0;  // of HTTP, where failoverd's API refused; 0 where no answer of its came
};

template <class T>
using Result = boost::system::result<T, Failure>;

// value() on a failure is a bug: ask has_value() first.
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

inline Failure usage_error(std::string message) { return {Exit::wrong_usage, std::move(message)}; }

}  // namespace failover::ctl
