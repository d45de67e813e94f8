#include "ctl/status_cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>

namespace failover::ctl {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

const Moment noon = *parse_moment("2026-11-22T12:00:00Z");

struct Directory {
  Directory() {
    std::string name = (fs::temp_directory_path() / "ctl-cache-XXXXXX").string();
    BOOST_TEST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { fs::remove_all(path); }
  std::string path;
};

Endpoint endpoint(const char* url, const char* token) {
  Endpoint made;
  made.url = *parse_url(url);
  made.token = token;
  return made;
}

BOOST_AUTO_TEST_SUITE(status_cache)

BOOST_AUTO_TEST_CASE(how_old_a_status_may_be) {
  const struct {
    const char* rule;
    std::chrono::milliseconds age;
    seconds max_age;
    bool usable;
  } rows[] = {
      {"just asked", seconds(0), seconds(900), true},
      {"under --max-age", seconds(899), seconds(900), true},
      {"--max-age is reached", seconds(900), seconds(900), false},
      {"--max-age 0 takes none", seconds(0), seconds(0), false},
      {"from the future: the clock was set", seconds(-1), seconds(900), false},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.rule) {
      const Remembered remembered{"online", noon - row.age};
      BOOST_TEST(is_usable(remembered, noon, row.max_age) == row.usable);
    }
  }
}

BOOST_AUTO_TEST_CASE(only_what_was_written_here_is_read) {
  const Remembered remembered{"offline", noon};
  BOOST_TEST((remembered_from(to_text(remembered)) == remembered));
  for (const char* text :
       {"", "online", "1", "1 onl", "1 online", "1 sometimes\n", "x online\n", "1 online\nx"})
    BOOST_TEST(!remembered_from(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(where_the_cache_is) {
  const auto directory = [](const std::map<std::string, std::string>& variables) {
    return cache_directory([&](const char* name) {
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    });
  };
  BOOST_TEST(directory({}) == "");
  BOOST_TEST(directory({{"XDG_RUNTIME_DIR", "/run/user/1"}}) == "/run/user/1/failoverctl");
  BOOST_TEST(directory({{"HOME", "/home/a"}, {"XDG_RUNTIME_DIR", "/r"}}) == "/home/a/.cache/failoverctl");
  BOOST_TEST(directory({{"XDG_CACHE_HOME", "/c"}, {"HOME", "/home/a"}}) == "/c/failoverctl");
  BOOST_TEST(directory({{"CACHE_DIRECTORY", "/var/cache/jobs"}, {"XDG_CACHE_HOME", "/c"}}) ==
             "/var/cache/jobs");
}

BOOST_AUTO_TEST_CASE(one_file_for_each_server_stack_and_token) {
  const Directory directory;
  const auto here = endpoint("http://a.example", "secret");
  const StatusCache cache(directory.path + "/below", here, "shop-eu");
  BOOST_TEST(!cache.load().has_value());
  BOOST_TEST_REQUIRE(cache.store({"online", noon}));
  BOOST_TEST((cache.load() == Remembered{"online", noon}));
  BOOST_TEST_REQUIRE(cache.store({"offline", noon}));
  BOOST_TEST((cache.load() == Remembered{"offline", noon}));
  BOOST_TEST(!StatusCache(cache.directory(), here, "shop-us").load().has_value());
  BOOST_TEST(
      !StatusCache(cache.directory(), endpoint("http://b.example", "secret"), "shop-eu").load().has_value());
  BOOST_TEST(
      !StatusCache(cache.directory(), endpoint("http://a.example", "other"), "shop-eu").load().has_value());

  int files = 0;
  for (const auto& file : fs::directory_iterator(cache.directory())) {
    ++files;
    BOOST_TEST((file.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(file.path().string().find("secret") == std::string::npos);
    fs::permissions(file.path(), fs::perms::others_write, fs::perm_options::add);
  }
  BOOST_TEST(files == 1);
  BOOST_TEST(!cache.load().has_value(), "others may write it");
  cache.forget();
  BOOST_TEST(fs::is_empty(cache.directory()));
}

BOOST_AUTO_TEST_CASE(a_cache_that_cannot_be_written_says_so) {
  const Directory directory;
  std::ofstream(directory.path + "/file") << "x";
  BOOST_TEST(!StatusCache(directory.path + "/file/below", endpoint("http://a.example", ""), "s")
                  .store({"online", noon}));
  BOOST_TEST(!StatusCache("", endpoint("http://a.example", ""), "s").store({"online", noon}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace failover::ctl
