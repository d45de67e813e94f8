// The signals failoverd takes, one by one, on its main thread; and systemd's watchdog, told in between.
#pragma once

#include <functional>

namespace failover {

// Before any thread is started: they all inherit the mask.
void hold_signals();

// Waits until SIGTERM, SIGINT or an accepted SIGUSR2 comes, and returns which. `reload` is called for SIGHUP;
// `may_hand_over` for SIGUSR2: true accepts it.
int wait_for_end(const std::function<void()>& reload, const std::function<bool()>& may_hand_over);

}  // namespace failover
