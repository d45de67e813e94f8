// The store in one SQLite file: WAL mode, synchronous=FULL, schema/sqlite/.
//
// Limits: one process at a time, on a local disk. A commit costs one fsync and the pages it touches;
// checkpoints go on beside it. The trail is read over a connection of its own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "store/checkpoint.hpp"
#include "store/connection.hpp"
#include "store/file.hpp"
#include "store/store.hpp"
#include "store/trail.hpp"
#include "store/write.hpp"

namespace failover {

class SqliteStore final : public Store {
 public:
  // Throws as open_store.
  explicit SqliteStore(const std::string& path);

  void load(State& state) override;
  Result<void> commit(std::span<const Change> changes) override;
  Result<std::vector<TrailEntry>> trail(const TrailQuery& query) override;
  std::vector<std::string> altered_since(Time since) override;
  std::string check() override;

 private:
  // The connection that writes, and what goes with it.
  struct Writing {
    explicit Writing(SQLite::Database open);
    SQLite::Database database;
    int log_pages = 0;  // of the write-ahead log, after the last commit
    Writer writer;
    std::unique_ptr<Checkpointer> checkpointer;  // nullptr: the file can only be read
  };

  void open();
  void reopen_where_writable();
  void write(std::span<const Change> changes);
  void roll_back();
  bool write_over_log_end();
  template <class Read>
  auto read(Read read);  // from the trail, one thread after the other

  StoreFile file_;
  std::atomic<Access> reading_ = Access::read;  // how a connection beside writing_ reads
  std::unique_ptr<Writing> writing_;            // nullptr: it could not be opened again
  std::mutex trail_mutex_;
  std::unique_ptr<Trail> trail_;  // opened when first asked
};

}  // namespace failover
