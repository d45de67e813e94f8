#include "store/sqlite.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "store/load.hpp"
#include "store/migrate.hpp"

namespace failover {
namespace {

// What a failed statement means to the caller.
Refusal refusal_of(const SQLite::Exception& error, const std::string& path) {
  const std::string why = error.what();
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_FULL:
      return {Code::store_unavailable, "The change could not be stored (" + why +
                                           "). Free disk space where " + path +
                                           " lies, then try again; nothing was changed."};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Code::store_unavailable,
              "The change could not be stored (" + why + "). Make " + path +
                  " and its directory writable, then try again; nothing was changed."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::store_unavailable, "The change could not be stored (" + why +
                                           "). End whatever writes to " + path +
                                           " besides this program, then try again; nothing was changed."};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::store_unavailable,
              "The change could not be stored (" + why + "). Look at the disk that " + path +
                  " lies on: its space, its limits, its health; then try again; nothing was "
                  "changed."};
    default:
      return {Code::internal_error,
              "The store refused the change (" + why +
                  "). This is a bug: report it with what was asked; nothing was changed."};
  }
}

[[noreturn]] void fail_start(const SQLite::Exception& error, const std::string& path) {
  throw std::runtime_error("Cannot read the store " + path + " (" + error.what() +
                           "). Check its rights and the disk's space and health, or restore a backup.");
}

// A log with something in it cannot be left out of account.
bool has_log(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path + "-wal", error);
  return !error && size > 0;
}

// For writing where that is possible, with the schema this program knows. Where SQLite cannot make the files
// beside it that WAL mode asks for (a read-only or full disk), the file is read as it is.
std::pair<SQLite::Database, Access> open_database(const std::string& path) {
  try {
    SQLite::Database database = connect(path, Access::write);
    migrate(database, path);
    return {std::move(database), Access::read};
  } catch (const SQLite::Exception&) {
    if (has_log(path)) throw;
    SQLite::Database database = connect(path, Access::frozen);
    migrate(database, path);
    return {std::move(database), Access::frozen};
  }
}

}  // namespace

SqliteStore::Writing::Writing(SQLite::Database open) : database(std::move(open)), writer(database) {
  if (is_read_only(database)) return;
  checkpointer = std::make_unique<Checkpointer>(database.getFilename());
  const auto hook = [](void* pages, sqlite3*, const char*, int length) {
    *static_cast<int*>(pages) = length;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(database.getHandle(), hook, &log_pages);
}

SqliteStore::SqliteStore(const std::string& path) : file_(path) {
  try {
    open();
  } catch (const SQLite::Exception& error) {
    fail_start(error, file_.path());
  }
}

void SqliteStore::open() {
  auto [database, reading] = open_database(file_.path());
  writing_ = std::make_unique<Writing>(std::move(database));
  reading_ = reading;
}

void SqliteStore::load(State& state) {
  try {
    // Not with the connection that writes: it would keep the pages.
    failover::load(connect(file_.path(), reading_), state);
  } catch (const SQLite::Exception& error) {
    fail_start(error, file_.path());
  }
}

Result<void> SqliteStore::commit(std::span<const Change> changes) {
  if (changes.empty()) return {};
  try {
    reopen_where_writable();
    write(changes);
    return {};
  } catch (const SQLite::Exception& error) {
    roll_back();
    Refusal refusal = refusal_of(error, file_.path());
    if (error.getExtendedErrorCode() == SQLITE_IOERR_FSYNC && !write_over_log_end()) {
      refusal.detail +=
          " Should this program end before it has stored another change, look whether this one is there: it "
          "may "
          "have reached the disk all the same.";
    }
    return refusal;
  } catch (const std::logic_error& error) {
    roll_back();
    return Refusal{Code::internal_error,
                   std::string("The store refused the change (") + error.what() +
                       "). This is a bug: report it with what was asked; nothing was changed."};
  } catch (const std::runtime_error& error) {  // opening it again found something else there
    return Refusal{Code::store_unavailable, error.what()};
  }
}

// A connection that was opened when the file could only be read stays so, and so do those opened beside it,
// which share its index of the log. Once all are closed, a new one may write.
void SqliteStore::reopen_where_writable() {
  if (writing_ && !is_read_only(writing_->database)) return;
  const std::lock_guard lock(trail_mutex_);
  trail_.reset();
  writing_.reset();
  open();
}

void SqliteStore::write(std::span<const Change> changes) {
  SQLite::Database& database = writing_->database;
  database.exec("BEGIN IMMEDIATE");
  writing_->writer.write(changes);
  database.exec("COMMIT");
  writing_->checkpointer->log_is(writing_->log_pages);
}

// Some failures end the transaction by themselves. A connection that cannot leave it is given up: closing it
// does.
void SqliteStore::roll_back() {
  if (!writing_ || sqlite3_get_autocommit(writing_->database.getHandle()) != 0) return;
  writing_->database.tryExec("ROLLBACK");
  if (sqlite3_get_autocommit(writing_->database.getHandle()) == 0) writing_.reset();
}

// A commit whose fsync failed lies whole behind the log's end, and would count after a crash: one that alters
// nothing takes its place.
bool SqliteStore::write_over_log_end() try {
  if (!writing_) return false;
  const auto version = std::to_string(number(writing_->database, "PRAGMA user_version"));
  writing_->database.exec("BEGIN IMMEDIATE; PRAGMA user_version = " + version + "; COMMIT");
  return true;
} catch (const SQLite::Exception&) {
  roll_back();
  return false;
}

template <class Read>
auto SqliteStore::read(Read read) {
  const std::lock_guard lock(trail_mutex_);
  if (!trail_) trail_ = std::make_unique<Trail>(connect(file_.path(), reading_));
  return read(*trail_);
}

Result<std::vector<TrailEntry>> SqliteStore::trail(const TrailQuery& query) {
  try {
    return read([&](Trail& trail) { return trail.read(query); });
  } catch (const SQLite::Exception& error) {
    return Refusal{Code::store_unavailable, std::string("The trail could not be read (") + error.what() +
                                                "). Look at the disk that " + file_.path() +
                                                " lies on, then try again."};
  }
}

std::vector<std::string> SqliteStore::altered_since(Time since) {
  return read([&](Trail& trail) { return trail.altered_since(since); });
}

std::string SqliteStore::check() {
  try {
    // SQLite 3.40 leaves the CHECK constraints out where a connection may only read.
    const auto access = reading_ == Access::frozen ? Access::frozen : Access::write;
    const SQLite::Database database = connect(file_.path(), access);
    std::string wrong;
    for (SQLite::Statement rows(database, "PRAGMA integrity_check"); rows.executeStep();) {
      const std::string line = rows.getColumn(0).getString();
      if (line != "ok") wrong += (wrong.empty() ? "" : "; ") + line;
    }
    for (SQLite::Statement rows(database, "PRAGMA foreign_key_check"); rows.executeStep();) {
      wrong +=
          (wrong.empty() ? "" : "; ") + ("a row of " + rows.getColumn(0).getString()) + " refers to nothing";
    }
    return wrong.empty() ? "ok" : wrong;
  } catch (const SQLite::Exception& error) {
    return error.what();
  }
}

std::unique_ptr<Store> open_store(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme) || url.size() == scheme.size()) {
    throw std::runtime_error("Cannot use the store \"" + std::string(url) + "\": write --store sqlite:PATH.");
  }
  return std::make_unique<SqliteStore>(std::string(url.substr(scheme.size())));
}

}  // namespace failover
