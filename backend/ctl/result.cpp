#include "ctl/result.hpp"

#include <stdexcept>

namespace failover::ctl {

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::logic_error("value of a failure: " + failure.message);
}

}  // namespace failover::ctl
