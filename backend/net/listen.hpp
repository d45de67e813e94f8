// Opening sockets. All are close-on-exec.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/fd.hpp"

namespace failover::net {

// True for ADDR:PORT as listen_tcp takes it.
bool is_address(std::string_view address);

// "127.0.0.1:8380" or "[::1]:8380"; port 0 picks one. Throws std::system_error or std::invalid_argument whose
// what() names the address and what to do.
Fd listen_tcp(std::string_view address);

// A unix socket at `path`, mode 0660. A stale socket file there is replaced; where another process answers on
// it, or the path is something else, it throws std::runtime_error and leaves it.
Fd listen_unix(const std::string& path);

// Connects to the unix socket at `path`; no reply is waited for longer than `patience`. No descriptor where
// that fails: errno says why.
Fd connect_unix(const std::string& path, std::chrono::seconds patience);

// "127.0.0.1:41213": where a TCP listener really listens.
std::string local_address(const Fd& listener);

// True for an address:port on the loopback interface, and for nothing else.
bool is_loopback(std::string_view address);

}  // namespace failover::net
