#include "net/wake_signal.hpp"

#include <pthread.h>

namespace failover::net {

void install_wake_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART, so that the call returns
  ::sigaction(wake_signal, &action, nullptr);
}

void take_wake_signal_alone() {
  sigset_t all;
  ::sigfillset(&all);
  ::sigdelset(&all, wake_signal);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace failover::net
