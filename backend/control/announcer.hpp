// Telling the world outside that answers were altered: what control calls once a change is durable and in the
// table. Implemented by powerdns/flusher.hpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace failover {

// What one PowerDNS server said when asked to drop names from its caches.
struct Flushed {
  std::string server;  // its URL as configured
  bool ok;
  std::string detail;  // where not ok: why
};

class Announcer {
 public:
  virtual ~Announcer() = default;

  // Full names whose answers were altered just now, and the zones they are in. Calls `done` once, from any
  // thread, when every server has dropped them or is waited for no longer; at once where none is
  // configured. Never blocks: control's thread calls it.
  virtual void announce(std::vector<std::string> names, std::vector<std::string> zones,
                        std::function<void(std::vector<Flushed>)> done) = 0;
};

}  // namespace failover
