// Disks that are full or can only be read, and processes that are killed. Each in a process of its own, since
// limits and users are the whole process's.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <iostream>

#include "store/migrate.hpp"
#include "store/support.hpp"

using namespace failover;
using namespace failover::test;

// SQLite's calls of fdatasync(2) come here first; the next one fails where that is asked for.
static std::atomic<bool> fail_fsync = false;
extern "C" int fdatasync(int fd) {
  if (!fail_fsync.exchange(false)) return static_cast<int>(::syscall(SYS_fdatasync, fd));
  errno = EIO;
  return -1;
}

namespace {

constexpr uid_t nobody = 65534;

// In a child: a check that failed is said and ends it.
#define EXPECT(condition)                                             \
  if (!(condition)) {                                                 \
    std::cerr << __FILE__ << ':' << __LINE__ << ": " #condition "\n"; \
    return 1;                                                         \
  }

void limit_files(rlim_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

bool is_unavailable(const Result<void>& result) {
  return !result && result.error().code == Code::store_unavailable &&
         result.error().detail.find("try again; nothing was changed.") != std::string::npos;
}

std::vector<Change> many_groups(Changes& changes, const std::string& prefix, int count) {
  std::vector<Change> list;
  for (int i = 0; i < count; ++i) {
    list.push_back(changes.create(changes.group(prefix + std::to_string(i), 1, 2)));
    list.back().after = std::string(2000, 'x');
  }
  return list;
}

std::unique_ptr<State> loaded(Store& store) {
  auto state = std::make_unique<State>();
  store.load(*state);
  return state;
}

// Makes a directory and the files in it writable to this process, or not; as root, by becoming nobody
// meanwhile.
void make_writable(const Directory& directory, bool writable) {
  if (::getuid() == 0) {
    ::chmod(directory.path().c_str(), 0755);
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
      ::chmod(entry.path().c_str(), 0644);
    if (::seteuid(writable ? 0 : nobody) != 0) throw std::runtime_error("cannot become another user");
    return;
  }
  ::chmod(directory.path().c_str(), writable ? 0700 : 0500);
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    ::chmod(entry.path().c_str(), writable ? 0600 : 0400);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_test)

BOOST_AUTO_TEST_CASE(an_older_store_that_can_only_be_read_is_refused_before_it_is_opened) {
  const Directory directory;
  directory.open();
  SQLite::Database(directory.file(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 1");
  BOOST_TEST(exit_status(in_child([&] {
               EXPECT(unusable_schema(directory.file()) == "");
               make_writable(directory, false);
               EXPECT(unusable_schema(directory.file()).ends_with("make it and its directory writable."));
               make_writable(directory, true);
               EXPECT(unusable_schema(directory.file()) == "");
               return 0;
             })) == 0);
}

// The limit of a file's size stands for the end of the disk: at once, and in the middle of a commit; with a
// commit that fits SQLite's cache and one that does not.
BOOST_AUTO_TEST_CASE(a_full_disk_refuses_changes_until_it_has_room) {
  for (const rlim_t room : {0, 4096, 12'000}) {
    for (const int size : {1, 100, 5000}) {
      const Directory directory;
      BOOST_TEST_CONTEXT("room " << room << ", " << size << " groups") {
        BOOST_TEST(exit_status(in_child([&] {
                     std::signal(SIGXFSZ, SIG_IGN);
                     const auto store = directory.open();
                     Changes changes;
                     EXPECT(store->commit(changes.start()));
                     const Revision before = changes.revision;
                     const auto log = std::filesystem::file_size(directory.file() + "-wal");
                     limit_files(room == 0 ? 0 : log + room);
                     for (int again = 0; again < 3; ++again) {
                       Changes next = changes;
                       EXPECT(is_unavailable(store->commit(many_groups(next, "full-", size))));
                       EXPECT(store->trail({})->size() == static_cast<std::size_t>(before));
                     }
                     EXPECT(loaded(*store)->revision() == before);
                     limit_files(RLIM_INFINITY);
                     EXPECT(store->commit(many_groups(changes, "room-", size)));
                     EXPECT(loaded(*store)->revision() == changes.revision);
                     return 0;
                   })) == 0);
        const auto store = directory.open();
        BOOST_TEST(loaded(*store)->group_count() == 1u + static_cast<unsigned>(size));
        BOOST_TEST(store->check() == "ok");
      }
    }
  }
}

// The commit lies whole in the log, and a crash would have made it count.
BOOST_AUTO_TEST_CASE(a_commit_whose_fsync_failed_is_not_there_after_a_crash) {
  const Directory directory, crashed;
  Changes changes;
  const auto start = changes.start();
  const auto store = directory.open();
  BOOST_REQUIRE(store->commit(start).has_value());
  Changes next = changes;
  fail_fsync = true;
  BOOST_TEST(is_unavailable(store->commit(many_groups(next, "refused-", 1))));
  BOOST_TEST(!fail_fsync);
  for (const char* suffix : {"", "-wal"})
    std::filesystem::copy_file(directory.file() + suffix, crashed.file() + suffix);
  BOOST_TEST(loaded(*crashed.open())->revision() == changes.revision);
  BOOST_TEST(store->commit(many_groups(changes, "kept-", 1)).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_can_only_be_read_is_read_and_written_once_it_can_be) {
  for (const bool killed : {false, true}) {
    const Directory directory;
    Changes changes;
    const auto start = changes.start();
    BOOST_TEST_CONTEXT((killed ? "the last process was killed" : "the last process ended")) {
      BOOST_REQUIRE(exit_status(in_child([&] {
                      const auto store = directory.open();
                      EXPECT(store->commit(start));
                      if (killed) ::raise(SIGKILL);
                      return 0;
                    })) == (killed ? 128 + SIGKILL : 0));
      BOOST_TEST(exit_status(in_child([&] {
                   make_writable(directory, false);
                   const auto store = directory.open();
                   EXPECT(loaded(*store)->group_count() == 1u);
                   EXPECT(store->trail({})->size() == start.size());
                   EXPECT(store->altered_since(at(0)).size() == 2u);
                   EXPECT(store->check() == "ok");
                   for (int again = 0; again < 2; ++again) {
                     Changes next = changes;
                     EXPECT(is_unavailable(store->commit(many_groups(next, "refused-", 1))));
                   }
                   EXPECT(loaded(*store)->revision() == changes.revision);
                   make_writable(directory, true);
                   EXPECT(store->commit(many_groups(changes, "kept-", 3)));
                   EXPECT(loaded(*store)->group_count() == 4u);
                   EXPECT(store->trail({})->size() == start.size() + 3);
                   return 0;
                 })) == 0);
      BOOST_TEST(loaded(*directory.open())->group_count() == 4u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_can_only_be_read_cannot_be_made) {
  const Directory directory;
  BOOST_TEST(exit_status(in_child([&] {
               make_writable(directory, false);
               try {
                 directory.open();
               } catch (const std::runtime_error& error) {
                 return std::string(error.what()).find("Cannot open the store") == 0 ? 0 : 2;
               }
               return 1;
             })) == 0);
}

BOOST_AUTO_TEST_CASE(somebody_who_writes_with_sqlite3_delays_a_change_and_then_refuses_it) {
  const Directory directory;
  const auto store = directory.open();
  Changes changes;
  BOOST_REQUIRE(store->commit(changes.start()).has_value());
  {
    SQLite::Database other(directory.file(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    Changes next = changes;
    BOOST_TEST(is_unavailable(store->commit(many_groups(next, "refused-", 1))));
    BOOST_TEST(store->trail({})->size() == static_cast<std::size_t>(changes.revision));
  }
  BOOST_TEST(store->commit(many_groups(changes, "kept-", 1)).has_value());
}

// Commits of ten are told through a pipe once they are acknowledged, until kill -9.
BOOST_AUTO_TEST_CASE(what_was_acknowledged_before_a_kill_is_there_and_whole) {
  const Directory directory;
  Changes changes;
  BOOST_REQUIRE(directory.open()->commit(changes.start()).has_value());
  constexpr int batch = 10;
  const Revision start = changes.revision;
  for (int round = 0; round < 6; ++round) {
    int told[2];
    BOOST_REQUIRE(::pipe(told) == 0);
    const pid_t child = in_child([&] {
      const auto store = directory.open();
      for (;;) {
        EXPECT(store->commit(many_groups(changes, "g" + std::to_string(changes.revision) + "-", batch)));
        EXPECT(::write(told[1], &changes.revision, sizeof changes.revision) == sizeof changes.revision);
      }
    });
    ::close(told[1]);
    Revision acknowledged = 0;
    for (int seen = 0; seen < 5 + 15 * round; ++seen) {
      BOOST_REQUIRE(::read(told[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
    }
    ::kill(child, SIGKILL);
    BOOST_TEST(exit_status(child) == 128 + SIGKILL);
    while (::read(told[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) continue;
    ::close(told[0]);

    const auto store = directory.open();
    const auto state = loaded(*store);
    BOOST_TEST(state->revision() >= acknowledged);
    BOOST_TEST(state->revision() <= acknowledged + batch);
    BOOST_TEST((state->revision() - start) % batch == 0);
    BOOST_TEST(state->group_count() == 1u + static_cast<unsigned>(state->revision() - start));
    BOOST_TEST(store->check() == "ok");
    changes.revision = state->revision();
  }
}

BOOST_AUTO_TEST_SUITE_END()
