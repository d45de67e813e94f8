// A file compiled into the program; see embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace failover::embedded {

struct File {
  std::string_view name, content;
};

}  // namespace failover::embedded
