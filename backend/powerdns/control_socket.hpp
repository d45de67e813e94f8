// Asking one thing of a PowerDNS server on this machine through its control socket, as pdns_control does
// (pdns/dynlistener.cc). Each request has a connection of its own: a line there, a text back, then PowerDNS
// closes. One thread of PowerDNS's answers them in turn. A command that fails inside PowerDNS (a name that it
// cannot read) is never answered and its connection never closed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "powerdns/api_client.hpp"

namespace failover::powerdns {

struct ControlReply {
  std::string why;    // there was no whole reply, since; "" where there was
  std::string text;   // at most 8 MB
  pid_t process = 0;  // the one that listens, as the kernel says
};

// Asks without waiting. `line` is without its newline. Calls `done` once, from a thread that runs `io`, at
// most `limit` later; never, where `io` is stopped before.
void ask_control(boost::asio::io_context& io, const std::string& path, std::string line,
                 std::chrono::milliseconds limit, std::function<void(ControlReply)> done);

// A server's settings by name, from its API's reply to /config; none where it cannot be read.
std::map<std::string, std::string> settings_in(const std::string& config);

// Where a server with these settings has its control socket; nullopt where that cannot be told.
std::optional<std::string> control_socket_path(const std::map<std::string, std::string>& settings);

// True for an API on this machine's loopback interface: then a path the server names is one of this machine.
bool is_here(const ApiUrl& url);

// True where `text`, a process's reply to CURRENT-CONFIG, has these settings' webserver, api,
// webserver-address and webserver-port, and the port is the URL's: no two processes of one machine that have
// their webserver on can both have them.
bool is_same_server(const ApiUrl& url, const std::map<std::string, std::string>& settings,
                    const std::string& text);

}  // namespace failover::powerdns
