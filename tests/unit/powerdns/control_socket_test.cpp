#include "powerdns/control_socket.hpp"

#include <boost/test/unit_test.hpp>

namespace failover::powerdns {
namespace {

using Settings = std::map<std::string, std::string>;

BOOST_AUTO_TEST_CASE(where_a_server_has_its_socket) {
  struct Row {
    const char* rule;
    Settings settings;
    std::string path;  // "": it cannot be told
  };
  const Row rows[] = {
      {"Debian's default", {{"socket-dir", "/run/pdns"}}, "/run/pdns/pdns.controlsocket"},
      {"one of several configurations",
       {{"socket-dir", "/run/pdns"}, {"config-name", "unix"}},
       "/run/pdns/pdns-unix.controlsocket"},
      {"in a chroot",
       {{"socket-dir", "/run"}, {"chroot", "/srv/pdns"}, {"config-name", ""}},
       "/srv/pdns/run/pdns.controlsocket"},
      {"a directory chosen when PowerDNS was built", {{"socket-dir", ""}}, ""},
      {"no settings", {}, ""},
  };
  for (const auto& row : rows)
    BOOST_TEST(control_socket_path(row.settings).value_or("") == row.path, row.rule);
}

BOOST_AUTO_TEST_CASE(settings_as_the_api_tells_them) {
  BOOST_TEST((settings_in(R"([{"name":"socket-dir","type":"ConfigSetting","value":"/run/pdns"}])") ==
              Settings{{"socket-dir", "/run/pdns"}}));
  for (const char* other : {"", "Not Found", "{}", "[1]", R"([{"name":"a"}])", R"([{"name":1,"value":"b"}])"})
    BOOST_TEST(settings_in(other).empty(), other);
}

BOOST_AUTO_TEST_CASE(a_path_means_something_on_this_machine_alone) {
  for (const char* here :
       {"http://127.0.0.1:8081", "http://127.8.0.1", "http://[::1]:8081", "http://localhost"})
    BOOST_TEST(is_here(parse_api_url(here).value()), here);
  for (const char* elsewhere :
       {"http://192.0.2.2:8081", "http://[2001:db8::1]", "http://powerdns:8081", "http://0.0.0.0"})
    BOOST_TEST(!is_here(parse_api_url(elsewhere).value()), elsewhere);
}

BOOST_AUTO_TEST_CASE(the_process_behind_a_socket_is_the_apis) {
  const Settings settings = {
      {"webserver", "yes"}, {"api", "yes"}, {"webserver-address", "127.0.0.1"}, {"webserver-port", "8082"}};
  const std::string on = "\nwebserver=yes\napi=yes";
  struct Row {
    const char* rule;
    const char* url;
    Settings settings;
    std::string text;
    bool same;
  };
  const Row rows[] = {
      {"address the default, port set", "http://127.0.0.1:8082", settings,
       on + "\n# webserver-address=127.0.0.1\n\nwebserver-port=8082\n", true},
      {"both set", "http://127.0.0.1:8082", settings,
       on + "\nwebserver-address=127.0.0.1\nwebserver-port=8082\n", true},
      {"another port", "http://127.0.0.1:8082", settings,
       on + "\n# webserver-address=127.0.0.1\n# webserver-port=8081\n", false},
      {"a port that begins alike", "http://127.0.0.1:8082", settings,
       on + "\n# webserver-address=127.0.0.1\nwebserver-port=80821\n", false},
      {"another address", "http://127.0.0.1:8082", settings,
       on + "\nwebserver-address=192.0.2.1\nwebserver-port=8082\n", false},
      {"the API is reached through a tunnel from another port", "http://127.0.0.1:9082", settings,
       on + "\n# webserver-address=127.0.0.1\nwebserver-port=8082\n", false},
      {"the API tells nothing",
       "http://127.0.0.1:8082",
       {},
       on + "\n# webserver-address=127.0.0.1\nwebserver-port=8082\n",
       false},
      {"its webserver is off, and the rest the defaults: another server", "http://127.0.0.1:8082", settings,
       "\n# webserver=no\n# api=no\n# webserver-address=127.0.0.1\n# webserver-port=8082\n", false},
      {"no PowerDNS", "http://127.0.0.1:8082", settings, "", false},
  };
  for (const auto& row : rows)
    BOOST_TEST(is_same_server(parse_api_url(row.url).value(), row.settings, row.text) == row.same, row.rule);
}

}  // namespace
}  // namespace failover::powerdns
