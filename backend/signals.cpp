#include "signals.hpp"

#include <signal.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>

namespace failover {
namespace {

sigset_t taken_signals() {
  sigset_t taken;
  sigemptyset(&taken);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&taken, signal);
  return taken;
}

}  // namespace

StartGoesOn::StartGoesOn() {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
  thread_ = std::jthread([](std::stop_token stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any stopped;
    for (int seconds = 0; seconds < 3600 && !stop.stop_requested(); ++seconds) {
      ::sd_notify(0, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=10000000");
      stopped.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
  });
}

void hold_signals() {
  // A peer that is gone is an error of a write, not the end of the process.
  ::signal(SIGPIPE, SIG_IGN);
  const sigset_t taken = taken_signals();
  ::sigprocmask(SIG_BLOCK, &taken, nullptr);
}

int wait_for_end(const std::function<void()>& reload, const std::function<bool()>& may_hand_over) {
  const sigset_t taken = taken_signals();
  std::uint64_t watchdog = 0;  // microseconds
  ::sd_watchdog_enabled(0, &watchdog);
  const std::uint64_t pause = watchdog == 0 ? 3'600'000'000 : watchdog / 2;
  const timespec limit{static_cast<time_t>(pause / 1'000'000), static_cast<long>(pause % 1'000'000 * 1000)};
  while (true) {
    const int signal = ::sigtimedwait(&taken, nullptr, &limit);
    ::sd_notify(0, "WATCHDOG=1");
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal == SIGHUP) reload();
    if (signal == SIGUSR2 && may_hand_over()) return signal;
  }
}

}  // namespace failover
