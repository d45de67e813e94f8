// The signals failoverd takes, one by one, on its main thread; and systemd's watchdog, told in between.
#pragma once

#include <functional>
#include <thread>

namespace failover {

// While it lives, systemd is told every second that the start goes on: bringing a large store to a newer
// schema may take longer than it would wait. For an hour at most: a start that hangs is ended then.
class StartGoesOn {
 public:
  StartGoesOn();

 private:
  std::jthread thread_;
};

// Before any thread is started: they all inherit the mask.
void hold_signals();

// Waits until SIGTERM, SIGINT or an accepted SIGUSR2 comes, and returns which. `reload` is called for SIGHUP;
// `may_hand_over` for SIGUSR2: true accepts it.
int wait_for_end(const std::function<void()>& reload, const std::function<bool()>& may_hand_over);

}  // namespace failover
