// The database's file: made where absent, and held so that no second process uses it.
#pragma once

#include <string>

namespace failover {

// Makes missing directories (mode 0700) and the file (0600), and holds an advisory lock (flock(2)) on it
// until destroyed. SQLite's own locks (fcntl(2)) are apart from it, so sqlite3 can look meanwhile; the kernel
// lifts it however the process ends, and exec does not inherit it. A file that can only be read is locked all
// the same.
class StoreFile {
 public:
  // Throws std::runtime_error, saying what to do, where it cannot be opened or another process holds it.
  explicit StoreFile(const std::string& path);
  ~StoreFile();
  StoreFile(const StoreFile&) = delete;
  StoreFile& operator=(const StoreFile&) = delete;

  const std::string& path() const { return path_; }  // absolute, symbolic links followed

 private:
  std::string path_;
  int fd_;
};

}  // namespace failover
