#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "embedded/migrations.hpp"
#include "store/support.hpp"

using namespace failover;
using namespace failover::test;

namespace {

std::string refusal(const std::string& url) {
  try {
    open_store(url);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "opened";
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void sql(const std::string& path, const std::string& statements) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(statements);
}

unsigned mode(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(start_test, Directory)

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_refused_and_left_alone) {
  struct Row {
    const char* what;
    std::function<std::string()> prepare;  // returns the URL
    const char* said;
  };
  const Row rows[] = {
      {"another kind", [&] { return std::string("postgres://db"); }, "write --store sqlite:PATH"},
      {"no path", [&] { return std::string("sqlite:"); }, "write --store sqlite:PATH"},
      {"a directory", [&] { return "sqlite:" + path(); }, "Is a directory"},
      {"below a file",
       [&] {
         std::ofstream(file("plain")) << "text";
         return "sqlite:" + file("plain/failover.db");
       },
       "Cannot"},
      {"no database",
       [&] {
         std::ofstream(file("text.db")) << std::string(8192, 'x');
         return "sqlite:" + file("text.db");
       },
       "is not an SQLite database: name another file"},
      {"another program's",
       [&] {
         sql(file("other.db"), "CREATE TABLE t (x)");
         return "sqlite:" + file("other.db");
       },
       "of another program: name another file"},
      {"another program's by its id",
       [&] {
         sql(file("id.db"), "PRAGMA application_id = 1; VACUUM");
         return "sqlite:" + file("id.db");
       },
       "of another program: name another file"},
      {"a newer schema",
       [&] {
         open();
         sql(file(), "PRAGMA user_version = 999");
         return "sqlite:" + file();
       },
       "run the newer program again, or restore the backup"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.what) {
      const std::string url = row.prepare();
      BOOST_TEST(holds(refusal(url), row.said), refusal(url));
    }
  }
  BOOST_TEST(SQLite::Database(file("other.db")).execAndGet("PRAGMA journal_mode").getString() == "delete");
}

BOOST_AUTO_TEST_CASE(missing_directories_and_the_file_are_made_for_the_owner_alone) {
  const mode_t old = ::umask(0);
  const std::string path = file("a/b/failover.db");
  const auto store = open_store("sqlite:" + path);
  Changes changes;
  BOOST_TEST(store->commit(changes.start()).has_value());
  ::umask(old);
  BOOST_TEST(mode(file("a")) == 0700u);
  BOOST_TEST(mode(file("a/b")) == 0700u);
  for (const char* suffix : {"", "-wal", "-shm"}) BOOST_TEST(mode(path + suffix) == 0600u);
}

BOOST_AUTO_TEST_CASE(the_schema_is_marked_and_set_up_for_durability) {
  open();
  const SQLite::Database database(file());
  SQLite::Statement version(database, "PRAGMA user_version");
  BOOST_REQUIRE(version.executeStep());
  BOOST_TEST(version.getColumn(0).getInt() == 2);
  SQLite::Statement journal(database, "PRAGMA journal_mode");
  BOOST_REQUIRE(journal.executeStep());
  BOOST_TEST(journal.getColumn(0).getString() == "wal");
}

BOOST_AUTO_TEST_CASE(a_store_of_the_first_schema_keeps_what_it_holds) {
  const auto entry = [](int revision, const std::string& verb, const std::string& group) {
    return "INSERT INTO changes (revision, at, verb, actor, \"from\", reason, zone, \"group\") VALUES (" +
           std::to_string(revision) + ", 0, '" + verb + "', '', '', '', 'failover.example', '" + group +
           "');";
  };
  sql(file(), "PRAGMA journal_mode = WAL; BEGIN;" + std::string(embedded::migrations.front().content) +
                  "PRAGMA user_version = 1;"
                  "INSERT INTO zones VALUES (1, 'failover.example', "
                  "'[{\"name\":\"ns1.failover.example\",\"addresses\":[]}]', 'h.example',"
                  " 60, 30, '[]', 1, 0, 0);"
                  "INSERT INTO serials VALUES ('failover.example', 1);"
                  "INSERT INTO groups VALUES (1, 'kept', '', NULL, NULL, 'none', NULL, 3, 0, 0, 0);"
                  "INSERT INTO retired VALUES ('failover.example', 'gone'), ('failover.example', 'never');" +
                  entry(1, "zone_put", "") + entry(2, "group_create", "kept") +
                  entry(3, "group_set", "kept") + entry(4, "group_create", "gone") +
                  entry(5, "group_delete", "gone") + entry(6, "retire", "never") + "COMMIT");
  const auto store = open();
  State state;
  store->load(state);
  BOOST_TEST(state.group_count() == 1u);
  BOOST_TEST(state.retired_count() == 2u);
  Changes changes;
  changes.revision = 6;
  BOOST_TEST(
      store->commit(std::vector{changes.touch("group_delete", changes.group("kept"), {})}).has_value());
  struct Row {
    const char* group;
    std::vector<Revision> expected;
  };
  const Row rows[] = {{"kept", {2, 3, 7}}, {"gone", {4, 5}}, {"never", {6}}};
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.group) {
      TrailQuery query;
      query.limit = 100;
      query.group = row.group;
      std::vector<Revision> found;
      for (const TrailEntry& one : store->trail(query).value()) found.push_back(one.revision);
      BOOST_TEST(found == row.expected, boost::test_tools::per_element());
    }
  }
  BOOST_TEST(store->check() == "ok");
}

BOOST_AUTO_TEST_CASE(a_start_cut_short_before_its_first_migration_goes_on) {
  sql(file(), "PRAGMA journal_mode = WAL");
  BOOST_TEST(refusal("sqlite:" + file()) == "opened");
}

// Idle or not: the first process only waits here. By another name of the file as well.
BOOST_AUTO_TEST_CASE(a_second_process_is_refused_until_the_first_is_gone) {
  std::filesystem::create_symlink(file(), file("link.db"));
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  const pid_t first = in_child([&] {
    const auto store = open();
    if (::write(ready[1], "x", 1) != 1) return 1;
    for (;;) ::pause();
  });
  char byte;
  BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
  for (const std::string& path : {file(), file("link.db")}) {
    const std::string said = refusal("sqlite:" + path);
    BOOST_TEST(holds(said, "Another process uses the store " + file()), said);
    BOOST_TEST(holds(said, "Stop that one first"), said);
  }
  ::kill(first, SIGKILL);
  BOOST_TEST(exit_status(first) == 128 + SIGKILL);
  BOOST_TEST(refusal("sqlite:" + file("link.db")) == "opened");
  for (const int end : ready) ::close(end);
}

BOOST_AUTO_TEST_CASE(nothing_of_it_is_inherited_by_programs_that_are_started) {
  const auto store = open();
  int of_store = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(entry, error).string();
    if (!target.starts_with(file())) continue;
    ++of_store;
    BOOST_TEST((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0, target);
  }
  BOOST_TEST(of_store >= 2);
}

BOOST_AUTO_TEST_SUITE_END()
