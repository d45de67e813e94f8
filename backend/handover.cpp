#include "handover.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <thread>

namespace failover {
namespace {

// "process=4711 stand-in=12 admin=5 dns-unix=6 connection=9 ...": the stand-in's process, and descriptors
constexpr const char* variable = "FAILOVERD_INHERITED";

// No signal is taken meanwhile.
constexpr std::chrono::seconds longest_check{5};

void keep_across_exec(int fd, bool keep) { ::fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC); }

// Calls `visit(name, fd)` for every socket there is.
template <class Visit>
void each(const Sockets& sockets, Visit visit) {
  if (sockets.admin) visit("admin", sockets.admin.get());
  if (sockets.dns_unix) visit("dns-unix", sockets.dns_unix.get());
  if (sockets.dns_http) visit("dns-http", sockets.dns_http.get());
  for (const net::Fd& connection : sockets.connections) visit("connection", connection.get());
}

// Until the other end says so or is gone.
void wait_for_word(int fd) {
  char word = 0;
  while (::read(fd, &word, 1) < 0 && errno == EINTR) continue;
}

}  // namespace

Inheritance::Inheritance() {
  if (const char* inherited = std::getenv(variable)) {
    std::istringstream items(inherited);
    for (std::string item; items >> item;) {
      const auto equals = item.find('=');
      if (equals == std::string::npos) continue;
      const std::string name = item.substr(0, equals);
      const int number = std::atoi(item.c_str() + equals + 1);
      if (name == "process")
        stand_in_process_ = number;
      else
        take(name, number);
    }
    ::unsetenv(variable);
  }
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(1, &names);
  for (int i = 0; i < count; ++i) {
    take(names[i], SD_LISTEN_FDS_START + i);
    std::free(names[i]);
  }
  std::free(names);
}

void Inheritance::take(const std::string& name, int fd) {
  keep_across_exec(fd, false);
  if (name == "admin") sockets.admin = net::Fd(fd);
  if (name == "dns-unix") sockets.dns_unix = net::Fd(fd);
  if (name == "dns-http") sockets.dns_http = net::Fd(fd);
  if (name == "connection") sockets.connections.emplace_back(fd);
  if (name == "stand-in") stand_in_ = net::Fd(fd);
}

void Inheritance::dismiss_stand_in() {
  if (!stand_in_) return;
  ::shutdown(stand_in_.get(), SHUT_WR);
  wait_for_word(stand_in_.get());
  stand_in_ = net::Fd();
  // Of it alone: as the first process of a container we have children that we know nothing of.
  while (::waitpid(stand_in_process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Successor::Successor(char** argv) : argv_(argv) {
  // A name without a slash was found by PATH; a path is kept as it was given, so that a link may be set anew.
  path_ = std::strchr(argv[0], '/') != nullptr ? std::filesystem::absolute(argv[0]).string()
                                               : std::filesystem::read_symlink("/proc/self/exe").string();
}

std::string Successor::check() const {
  std::vector<char*> arguments{argv_[0], const_cast<char*>("--check")};
  for (char** argument = argv_ + 1; *argument != nullptr; ++argument) arguments.push_back(*argument);
  arguments.push_back(nullptr);
  pid_t child = 0;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const int error = ::posix_spawn(&child, path_.c_str(), &quiet, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  if (error != 0) return path_ + " cannot be run: " + std::generic_category().message(error);
  const auto since = std::chrono::steady_clock::now();
  int status = -1;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() - since > longest_check) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      return path_ + " --check hangs";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : path_ + " --check fails: see above";
}

void Successor::take_over(Sockets sockets,
                          const std::function<void(Sockets, std::function<void()>)>& stand_in) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  net::Fd ours(ends[0]), theirs(ends[1]);
  const pid_t copy = ::fork();
  if (copy < 0) return;
  if (copy == 0) {
    ours = net::Fd();
    stand_in(std::move(sockets), [&] { wait_for_word(theirs.get()); });
    ::_exit(0);
  }
  theirs = net::Fd();
  std::string inherited = "process=" + std::to_string(copy) + " stand-in=" + std::to_string(ours.get());
  keep_across_exec(ours.get(), true);
  each(sockets, [&](const char* name, int fd) {
    inherited += std::string(" ") + name + '=' + std::to_string(fd);
    keep_across_exec(fd, true);
  });
  ::setenv(variable, inherited.c_str(), 1);
  ::execv(path_.c_str(), argv_);
}

void leave_with_systemd(const Sockets& sockets) {
  each(sockets, [](const char* name, int fd) {
    const std::string state = std::string("FDSTORE=1\nFDNAME=") + name;
    ::sd_pid_notify_with_fds(0, 0, state.c_str(), &fd, 1);
  });
}

void forget_with_systemd(const char* name) {
  ::sd_notify(0, (std::string("FDSTOREREMOVE=1\nFDNAME=") + name).c_str());
  ::sd_notify_barrier(0, 5'000'000);
}

}  // namespace failover
