// Moving the write-ahead log into the database beside the commits, so that none of them waits for it.
#pragma once

#include <SQLiteCpp/Database.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace failover {

// A thread and a connection of its own. Where a checkpoint fails (a full disk), the next one tries again; the
// log keeps everything meanwhile.
class Checkpointer {
 public:
  explicit Checkpointer(const std::string& path);
  ~Checkpointer();

  // How many pages the log has after a commit. Wakes the thread now and then; where the log has grown long
  // since commits never paused, does the rest itself, so that the next commit starts it over. For the
  // committing thread, outside a transaction.
  void log_is(int pages);

 private:
  void run();
  void checkpoint();

  SQLite::Database database_;
  std::mutex checkpointing_;  // guards database_
  int asked_at_ = 0;          // the log's length when the last checkpoint was asked for
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace failover
