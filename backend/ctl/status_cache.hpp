// The last known status of a stack, kept between runs of `exec`. Several may run at once: a file is read
// whole or not at all.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/moment.hpp"
#include "ctl/options.hpp"

namespace failover::ctl {

struct Remembered {
  std::string status;  // "online", "offline" or "none"
  Moment asked_at;     // when the server was asked, so it is at least this old
  bool operator==(const Remembered&) const = default;
};

// Young enough to be used where nobody can be asked. One from the future says nothing of its age and is not.
bool is_usable(const Remembered& remembered, Moment at, std::chrono::seconds max_age);

// The text of a file; nullopt where it is none of ours.
std::string to_text(const Remembered& remembered);
std::optional<Remembered> remembered_from(std::string_view text);

// $CACHE_DIRECTORY, else failoverctl/ in $XDG_CACHE_HOME, ~/.cache or $XDG_RUNTIME_DIR; "" where none of
// these is set.
std::string cache_directory(const Environment& environment);

class StatusCache {
 public:
  // One file for each server, stack and token: with another token, another's status says nothing.
  StatusCache(std::string directory, const Endpoint& endpoint, const std::string& stack);

  // nullopt where nothing is kept, or the file is not ours alone.
  std::optional<Remembered> load() const;
  // False where it can't be kept; errno says why.
  bool store(const Remembered& remembered) const;
  void forget() const;
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_, path_;
};

}  // namespace failover::ctl
