// Refusals are values. Every function that can refuse returns Result<T>; an exception means a bug or a failed
// start.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace failover {

// The codes of the HTTP API, word for word; what each means stands in schema/admin-api.yaml.
enum class Code {
  malformed_json,
  unauthorized,
  forbidden,
  not_found,
  method_not_allowed,
  address_retired,
  address_taken,
  side_is_live,
  side_is_empty,
  no_web_head,
  group_has_stacks,
  stack_in_use,
  zone_has_groups,
  zone_overlaps,
  name_taken,
  stale,
  too_large,
  unsupported_media_type,
  invalid,
  slow_down,
  store_unavailable,
  internal_error,
};

std::string_view to_string(Code code);

// One thing wrong with a request's body: where (a JSON pointer, RFC 6901; "" is the whole body) and what to
// write instead.
struct Mistake {
  std::string pointer;
  std::string detail;
};

// Why a request was refused. `detail` says what to do about it. `mistakes` is empty unless code is `invalid`.
struct Refusal {
  Code code;
  std::string detail;
  std::vector<Mistake> mistakes = {};
};

template <class T>
using Result = boost::system::result<T, Refusal>;

// value() on a refusal is a bug: ask has_value() first.
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);

// 422 `invalid` with one mistake.
inline Refusal invalid(std::string pointer, std::string detail) {
  return {Code::invalid, detail, {{std::move(pointer), detail}}};
}

}  // namespace failover
