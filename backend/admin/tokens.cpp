#include "admin/tokens.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/beast/core/string.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "control/control.hpp"
#include "net/fd.hpp"

namespace failover::admin {
namespace {

constexpr std::string_view scheme = "bearer ";
constexpr std::size_t longest_secret = 1024, shortest_secret = 32;

bool equal(const TokenHash& a, const TokenHash& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void write_new(const std::string& path, const std::string& text) {
  const net::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return;
  const std::string why = std::strerror(errno);
  // What is left would be taken for a token file at the next start.
  if (file) ::unlink(path.c_str());
  throw std::runtime_error("the admin token file " + path + " cannot be written (" + why +
                           "): make its directory writable, or name another with --admin-token-file");
}

// It is used all the same: which token it is, and who may read it, is its owner's choice.
void warn_of_weakness(const std::string& path, const std::string& secret) {
  if (secret.size() < shortest_secret)
    spdlog::warn("the admin token in {} is shorter than {} characters: remove the file to have one made",
                 path, shortest_secret);
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0 && (there.st_mode & 077) != 0)
    spdlog::warn("the admin token file {} is open to others: take their rights away with chmod 600", path);
}

}  // namespace

Secret new_secret() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium finds no source of random numbers on this machine");
  unsigned char random[32];
  randombytes_buf(random, sizeof random);
  char text[sodium_base64_ENCODED_LEN(sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  Secret secret{"fo_" + std::string(text), {}};
  secret.hash = hash_of(secret.text);
  return secret;
}

TokenHash hash_of(std::string_view secret) {
  TokenHash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size(), nullptr, 0);
  return hash;
}

AdminToken::AdminToken(std::string path) : path_(std::move(path)) {
  if (struct stat there; ::stat(path_.c_str(), &there) != 0 && errno == ENOENT)
    write_new(path_, new_secret().text + '\n');
  hash_ = read();
}

TokenHash AdminToken::read() const {
  std::ifstream file(path_);
  std::string secret;
  file >> secret;
  if (secret.empty())
    throw std::runtime_error(
        "the admin token file " + path_ +
        " cannot be read or is empty: make it readable, or remove it to have a new token made");
  warn_of_weakness(path_, secret);
  return hash_of(secret);
}

std::string AdminToken::reload() {
  try {
    const auto fresh = read();
    std::lock_guard lock(mutex_);
    hash_ = fresh;
    return {};
  } catch (const std::runtime_error& problem) {
    return problem.what();
  }
}

bool AdminToken::matches(const TokenHash& hash) const {
  std::lock_guard lock(mutex_);
  return equal(hash, hash_);
}

Refusal no_good_token() {
  return {Code::unauthorized,
          "Send a token that is good now as \"Authorization: Bearer TOKEN\": an administrator can "
          "make one with failoverctl tokens create."};
}

std::optional<Identity> Doorkeeper::holder_of(const TokenHash& hash) const {
  if (admin_.matches(hash)) return Identity{"admin", TokenRole::admin, 0, hash};
  const auto now = std::chrono::system_clock::now();
  return control_.read([&](const State& state) -> std::optional<Identity> {
    const auto* token = state.token_by_hash(hash);
    if (!token || !equal(token->hash, hash) || (token->expires_at && *token->expires_at <= now)) return {};
    return Identity{token->name, token->role, token->stack, hash};
  });
}

Result<Identity> Doorkeeper::who(std::string_view header, std::string_view peer) {
  if (header.empty()) return no_good_token();
  if (boost::beast::iequals(header.substr(0, scheme.size()), scheme) && header.size() <= longest_secret) {
    header.remove_prefix(scheme.size());
    const auto hash = hash_of(header.substr(
        header.find_first_not_of(' ') == header.npos ? header.size() : header.find_first_not_of(' ')));
    if (auto identity = holder_of(hash)) return *std::move(identity);
  }
  const auto failure = limiter_.fail(peer);
  if (failure == Limiter::Failure::noted) {
    spdlog::info("a sign-in from {} was refused", peer);
    return no_good_token();
  }
  // A line for each would let anybody fill the log.
  if (failure == Limiter::Failure::first_over)
    spdlog::warn("too many sign-ins from {} were refused: those that follow are slowed, and not all logged",
                 peer);
  return Refusal{Code::slow_down,
                 "Too many wrong tokens came from this address: wait a second, then send a good one."};
}

}  // namespace failover::admin
