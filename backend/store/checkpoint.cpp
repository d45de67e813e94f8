#include "store/checkpoint.hpp"

#include <sqlite3.h>

#include "store/connection.hpp"

namespace failover {
namespace {

// Pages of 4 KB. A step is what one checkpoint moves; a long log is 64 MB.
constexpr int step = 1024;
constexpr int long_log = 16384;

}  // namespace

Checkpointer::Checkpointer(const std::string& path)
    : database_(connect(path, Access::write)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::log_is(int pages) {
  if (pages < asked_at_) asked_at_ = 0;  // it was started over
  if (pages - asked_at_ < step) return;
  asked_at_ = pages;
  if (pages >= long_log) return checkpoint();
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    checkpoint();
    lock.lock();
  }
}

// PASSIVE waits for nobody: it moves what no reader still needs in the log.
void Checkpointer::checkpoint() {
  const std::lock_guard lock(checkpointing_);
  sqlite3_wal_checkpoint_v2(database_.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace failover
