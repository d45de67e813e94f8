// The signal that wakes a thread waiting in a system call on a socket. Nothing else does without harm: to
// close or shut down the socket would cost the connection, or the listener, that is to be handed over.
//
// SIGURG, since one that comes too late does no harm (its default is to be ignored). Send it again and again
// until the thread has ended: it may have been about to make the call when the signal came.
#pragma once

#include <csignal>

namespace failover::net {

constexpr int wake_signal = SIGURG;

// Has the signal interrupt system calls, in the whole process.
void install_wake_signal();

// The calling thread takes that one signal and no other: the process's own go to whoever waits for them.
void take_wake_signal_alone();

}  // namespace failover::net
