// failoverd's HTTP API as values: JSON in, JSON or a failure out.
#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <string>

#include "ctl/client.hpp"

namespace failover::ctl {

// An accepted request's reply. `json` is null where the body is empty (204).
struct Answer {
  unsigned status = 0;
  std::string body;
  rapidjson::Document json;
};

class Api {
 public:
  explicit Api(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}
  const Endpoint& endpoint() const { return endpoint_; }

  Result<Answer> get(const std::string& path) const;
  // `body` is JSON, "" for none. `if_revision` "" writes whatever stands; else 412 where another revision
  // does.
  Result<Answer> write(const std::string& method, const std::string& path, const std::string& body = "",
                       const std::string& if_revision = "") const;
  // Calls `each` for every item of a list from `after` on, page after page. `path` may hold a query, without
  // `after`.
  Result<void> pages(const std::string& path, const std::function<void(const rapidjson::Value&)>& each,
                     std::string after = "") const;
  // For streams. A reply that is no success is a failure here too.
  Result<Reply> raw(const Request& request) const;

 private:
  Failure refusal(const Reply& reply) const;
  Result<Answer> read(const Result<Reply>& reply) const;
  Endpoint endpoint_;
};

}  // namespace failover::ctl
