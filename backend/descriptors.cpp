#include "descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "net/closing_http_server.hpp"
#include "net/http_server.hpp"
#include "net/line_server.hpp"

namespace failover {
namespace {

// Listeners, the store and the readers of its trail, flushes, epolls, and what a handover holds for a moment.
constexpr std::size_t own_files = 128;
// Also where the limit is far too low.
constexpr std::size_t fewest = 32;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::size_t admin_connections(std::size_t descriptors, bool has_dns_http) {
  const std::size_t taken =
      own_files + net::LineLimits{}.connections + (has_dns_http ? net::ClosingHttpLimits{}.connections : 0);
  return std::clamp(descriptors - std::min(descriptors, taken), fewest, net::HttpLimits{}.connections);
}

}  // namespace failover
