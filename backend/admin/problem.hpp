// Replies of the API: JSON, and problems (RFC 9457). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "net/http_server.hpp"

namespace failover::admin {

int status_of(Code code);

// application/problem+json with code, detail and errors; unauthorized carries WWW-Authenticate, slow_down
// Retry-After. `status` is in place of the code's own where it is not 0.
net::HttpReply problem(const Refusal& refusal, int status = 0);

// `body` is JSON.
net::HttpReply json(int status, std::string body);

// "text/plain; charset=utf-8"
net::HttpReply plain(int status, std::string body);

// The same text with U+FFFD for what is no UTF-8: paths may hold any byte, JSON may not (RFC 8259, 8.1).
std::string valid_utf8(std::string_view text);

}  // namespace failover::admin
