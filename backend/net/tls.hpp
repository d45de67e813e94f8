// A TLS server's context: TLS 1.2 and later.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/http_server.hpp"

namespace failover::net {

// Throws std::runtime_error that names the file and what to do where one is unreadable, or key and
// certificate do not belong together.
std::shared_ptr<boost::asio::ssl::context> load_tls(const TlsFiles& files);

}  // namespace failover::net
