#include "ctl/status_cache.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>

namespace failover::ctl {
namespace {

// A hash, since a stack's name comes from outside and the token must not show in a file's name.
std::string file_name(const Endpoint& endpoint, const std::string& stack) {
  const std::string of = to_string(endpoint.url) + "\n" + stack + "\n" + endpoint.token;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(of.data(), of.size(), digest, &size, EVP_sha256(), nullptr);
  std::string name = "status-";
  char byte[3];
  for (unsigned i = 0; i < 16; ++i)
    name.append(byte, static_cast<std::size_t>(std::snprintf(byte, 3, "%02x", digest[i])));
  return name;
}

bool write_whole(int file, std::string_view text) {
  return write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

bool is_usable(const Remembered& remembered, Moment at, std::chrono::seconds max_age) {
  return remembered.asked_at <= at && at - remembered.asked_at < max_age;
}

std::string to_text(const Remembered& remembered) {
  return std::to_string(remembered.asked_at.time_since_epoch().count()) + " " + remembered.status + "\n";
}

std::optional<Remembered> remembered_from(std::string_view text) {
  std::int64_t at = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (error != std::errc()) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const char* status : {"online", "offline", "none"})
    if (rest == std::string(" ") + status + "\n")
      return Remembered{status, Moment(std::chrono::milliseconds(at))};
  return std::nullopt;
}

std::string cache_directory(const Environment& environment) {
  const auto value = [&](const char* name) {
    const char* found = environment(name);
    return std::string(found == nullptr ? "" : found);
  };
  if (const auto own = value("CACHE_DIRECTORY"); !own.empty()) return own;
  if (const auto cache = value("XDG_CACHE_HOME"); !cache.empty()) return cache + "/failoverctl";
  if (const auto home = value("HOME"); !home.empty() && home != "/") return home + "/.cache/failoverctl";
  if (const auto runtime = value("XDG_RUNTIME_DIR"); !runtime.empty()) return runtime + "/failoverctl";
  return "";
}

StatusCache::StatusCache(std::string directory, const Endpoint& endpoint, const std::string& stack)
    : directory_(std::move(directory)), path_(directory_ + "/" + file_name(endpoint, stack)) {}

std::optional<Remembered> StatusCache::load() const {
  if (directory_.empty()) return std::nullopt;
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  // What another user could have written would let that user decide what runs here.
  struct stat facts {};
  char text[64];
  ssize_t size = -1;
  if (fstat(file, &facts) == 0 && facts.st_uid == geteuid() && (facts.st_mode & 022) == 0)
    size = read(file, text, sizeof text);
  close(file);
  return size < 0 ? std::nullopt : remembered_from({text, static_cast<std::size_t>(size)});
}

bool StatusCache::store(const Remembered& remembered) const {
  if (directory_.empty()) {
    errno = ENOENT;
    return false;
  }
  std::error_code error;
  if (std::filesystem::create_directories(directory_, error))
    std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  std::string temporary = path_ + ".XXXXXX";
  const int file = mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (file < 0) return false;
  const bool written = write_whole(file, to_text(remembered));
  close(file);
  if (written && rename(temporary.c_str(), path_.c_str()) == 0) return true;
  const int why = errno;
  unlink(temporary.c_str());
  errno = why;
  return false;
}

void StatusCache::forget() const {
  if (!directory_.empty()) unlink(path_.c_str());
}

}  // namespace failover::ctl
