#include "store/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace failover {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, int error, const std::string& advice) {
  throw std::runtime_error(what + ": " + std::generic_category().message(error) + ". " + advice);
}

// Each missing directory by itself, so that every one of them is private.
void make_directories(const fs::path& directory) {
  std::error_code error;
  if (directory.empty() || fs::is_directory(directory, error)) return;
  make_directories(directory.parent_path());
  if (!fs::create_directory(directory, error) && error) {
    fail("Cannot make the directory " + directory.string(), error.value(),
         "Make it, owned by the user this program runs as, or name another file with --store.");
  }
  fs::permissions(directory, fs::perms::owner_all, error);
}

int open_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EACCES && errno != EROFS)) return fd;
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

}  // namespace

StoreFile::StoreFile(const std::string& path) {
  const fs::path absolute = fs::absolute(path);
  make_directories(absolute.parent_path());
  path_ = fs::weakly_canonical(absolute).string();
  fd_ = open_file(path_);
  if (fd_ < 0) {
    fail("Cannot open the store " + path_, errno,
         "Give the user this program runs as the right to read and write it, or name another file with "
         "--store.");
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(fd_);
    if (error == EWOULDBLOCK) {
      throw std::runtime_error("Another process uses the store " + path_ +
                               ". Stop that one first, or name another file with --store.");
    }
    fail("Cannot lock the store " + path_, error, "Put it on a local disk.");
  }
}

StoreFile::~StoreFile() { ::close(fd_); }

}  // namespace failover
