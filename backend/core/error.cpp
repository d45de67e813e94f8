#include "core/error.hpp"

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace failover {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::malformed_json:
      return "malformed_json";
    case Code::unauthorized:
      return "unauthorized";
    case Code::forbidden:
      return "forbidden";
    case Code::not_found:
      return "not_found";
    case Code::method_not_allowed:
      return "method_not_allowed";
    case Code::address_retired:
      return "address_retired";
    case Code::address_taken:
      return "address_taken";
    case Code::side_is_live:
      return "side_is_live";
    case Code::side_is_empty:
      return "side_is_empty";
    case Code::no_web_head:
      return "no_web_head";
    case Code::group_has_stacks:
      return "group_has_stacks";
    case Code::stack_in_use:
      return "stack_in_use";
    case Code::zone_has_groups:
      return "zone_has_groups";
    case Code::zone_overlaps:
      return "zone_overlaps";
    case Code::name_taken:
      return "name_taken";
    case Code::stale:
      return "stale";
    case Code::too_large:
      return "too_large";
    case Code::unsupported_media_type:
      return "unsupported_media_type";
    case Code::invalid:
      return "invalid";
    case Code::slow_down:
      return "slow_down";
    case Code::store_unavailable:
      return "store_unavailable";
    case Code::internal_error:
      return "internal_error";
  }
  return "internal_error";
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where) {
  boost::throw_exception(std::logic_error(std::string(to_string(refusal.code)) + ": " + refusal.detail),
                         where);
}

}  // namespace failover
