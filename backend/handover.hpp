// Restarting without a lost answer: sockets that outlive the program.
//
// On SIGUSR2 the program at our path takes our place under the same process id. It has to read the store
// first, and PowerDNS waits two seconds by default; so a copy of this process stays behind as a stand-in,
// which answers from the memory it has until the new program is ready to. Under systemd a restart goes the
// other way round: the sockets lie in its file-descriptor store meanwhile (sd_notify(3), FDSTORE).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/fd.hpp"

namespace failover {

struct Sockets {
  net::Fd admin, dns_unix, dns_http;  // listeners; empty where there is none
  std::vector<net::Fd> connections;   // PowerDNS's, on the unix socket, each between two requests
};

// What an earlier program left to this one: nothing, at a first start. Called once, before any thread.
class Inheritance {
 public:
  Inheritance();
  Sockets sockets;
  // Bids the stand-in stop, where there still is one, and waits until it has. Nobody reads from the
  // connections from then on but us.
  void dismiss_stand_in();

 private:
  void take(const std::string& name, int fd);
  net::Fd stand_in_;
  int stand_in_process_ = 0;
};

// Remembered at start: the absolute path this program was called by, and its arguments.
class Successor {
 public:
  explicit Successor(char** argv);

  // "" where the program that now lies at our path can be run with our arguments and what they now say, else
  // what is wrong: `failoverd --check`, which tells its mistakes on our standard error. Takes a few seconds
  // at most.
  std::string check() const;

  // Takes our place; there must be no other thread. `stand_in` runs in the copy until the function it is
  // given says that it is no longer needed. Returns only where the program cannot be run.
  void take_over(Sockets sockets, const std::function<void(Sockets, std::function<void()> wait)>& stand_in);

 private:
  std::string path_;
  char** argv_;
};

// Puts the sockets into systemd's store, for the program that starts next. Does nothing without systemd. What
// has been taken out stays there as well, until PowerDNS ends the connection: after a crash those that were
// idle go on, and one with a request under way ends with PowerDNS's time-out.
void leave_with_systemd(const Sockets& sockets);

// Takes what it holds of this name (as in Sockets, with a hyphen) out again; it is closed when this returns.
void forget_with_systemd(const char* name);

}  // namespace failover
