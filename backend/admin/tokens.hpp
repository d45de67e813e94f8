// Bearer tokens (RFC 6750): making, hashing, and telling who asks. A secret is shown once and kept nowhere
// but in the administrator's own token file.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "admin/limiter.hpp"
#include "admin/routes.hpp"
#include "core/error.hpp"
#include "core/model.hpp"

namespace failover::admin {

struct Secret {
  std::string text;  // "fo_" and 43 characters: 256 random bits
  TokenHash hash;
};

Secret new_secret();
TokenHash hash_of(std::string_view secret);

// The token that is there before any other: role admin, name "admin", in a file of mode 0600.
class AdminToken {
 public:
  // Makes the file with a random token where it is absent. Throws std::runtime_error, saying what to do.
  explicit AdminToken(std::string path);

  // Reads the file again. "" or what is wrong; then the old token stays good. Any thread.
  std::string reload();
  // In constant time. Any thread.
  bool matches(const TokenHash& hash) const;

 private:
  TokenHash read() const;

  std::string path_;
  mutable std::mutex mutex_;
  TokenHash hash_{};
};

// unauthorized, and how to sign in.
Refusal no_good_token();

// Tells who asks. Any thread.
class Doorkeeper {
 public:
  Doorkeeper(const Control& control, const AdminToken& admin) : control_(control), admin_(admin) {}

  // `header` is Authorization's value, "" where there is none. unauthorized: no token, or none that is good
  // now; slow_down: too many wrong ones from this peer.
  Result<Identity> who(std::string_view header, std::string_view peer);
  // True where the token that `who` came with is good yet. What it allows never changes while it is.
  bool knows(const Identity& who) const { return holder_of(who.token).has_value(); }

  std::uint64_t failures() const { return limiter_.failures(); }

 private:
  std::optional<Identity> holder_of(const TokenHash& hash) const;

  const Control& control_;
  const AdminToken& admin_;
  Limiter limiter_;
};

}  // namespace failover::admin
