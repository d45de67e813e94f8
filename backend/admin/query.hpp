// A request's target taken apart: the decoded segments of its path and its query's parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/model.hpp"

namespace failover::admin {

struct Target {
  std::vector<std::string> segments;  // of "/v1/groups/a%2fb": "v1", "groups", "a/b"; of "/": none
  std::vector<std::pair<std::string, std::string>> query;

  // "" where it is not there.
  std::string_view parameter(std::string_view name) const;
};

// not_found where it cannot be read (RFC 9112, 3.2.1).
Result<Target> parse_target(std::string_view target);

// The parameters a route knows, "limit after q": any other, or one given twice, is `invalid`, and so is a
// limit outside 1 to 1000. Mistakes point to "/NAME".
Result<void> check_query(const Target& target, std::string_view known);

// After check_query.
std::size_t limit_of(const Target& target);

// The whole number in a parameter or header; `invalid` where it is none. 0 where the text is empty.
Result<Revision> revision_from(std::string_view name, std::string_view text);

// If-Match (RFC 9110, 13.1.1): nothing where there is none or it is "*". stale where it can match no
// revision: several of them, a weak one, or none of ours.
Result<std::optional<Revision>> if_match_from(std::string_view header);

// Accept (RFC 9110, 12.5.1): whether text/plain is wanted rather than application/json, which it is where the
// header prefers neither.
bool prefers_text(std::string_view accept);

}  // namespace failover::admin
