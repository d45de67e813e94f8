#include "settings.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "core/name.hpp"
#include "core/state.hpp"
#include "net/listen.hpp"
#include "powerdns/api_client.hpp"
#include "settings_file.hpp"

namespace failover {
namespace {

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// systemd's directory, else root's, else the user's. systemd may name several, separated by colons.
std::string directory(const char* systemd, const std::string& for_root, const char* xdg,
                      const std::string& fallback) {
  if (const std::string given = environment(systemd); !given.empty()) return given.substr(0, given.find(':'));
  if (geteuid() == 0) return for_root;
  const std::string base = environment(xdg);
  return (base.empty() ? fallback : base) + "/failoverd";
}

std::string state_directory() {
  return directory("STATE_DIRECTORY", "/var/lib/failoverd", "XDG_STATE_HOME",
                   environment("HOME") + "/.local/state");
}

std::string runtime_directory() {
  return directory("RUNTIME_DIRECTORY", "/run/failoverd", "XDG_RUNTIME_DIR",
                   "/tmp/failoverd-" + std::to_string(geteuid()));
}

std::string environment_name(std::string flag) {
  std::transform(flag.begin(), flag.end(), flag.begin(),
                 [](char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return "FAILOVERD_" + flag;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool is_readable(const std::string& path) {
  return std::ifstream(path).good() && !std::filesystem::is_directory(path);
}

// The one declaration, and what was said for each flag wherever it was said.
class Declaration {
 public:
  Declaration() {
    app_.set_version_flag("--version", "failoverd " FAILOVER_VERSION);
    app_.add_option("--config")
        ->description("TOML file with any of these settings, by the names of their flags");
    app_.add_flag("--check")->description(
        "Only say what is wrong with the settings and the files they name; 0 where nothing is, else 2");
    one("store", "Where changes are kept: sqlite:PATH", "sqlite:" + state_directory() + "/failover.db");
    one("dns-unix", "Unix socket for PowerDNS's remote backend, mode 0660",
        runtime_directory() + "/pdns.sock");
    one("dns-http", "ADDR:PORT for PowerDNS's remote backend over HTTP; off where empty", "");
    one("admin", "ADDR:PORT of the admin API and dashboard; port 0 picks one", "127.0.0.1:8380");
    one("admin-token-file", "The first admin token; made with a random one where absent",
        state_directory() + "/admin.token");
    one("admin-tls-cert", "Certificate chain (PEM) for the admin side; read again on SIGHUP", "");
    one("admin-tls-key", "Its private key (PEM)", "");
    app_.add_flag("--admin-insecure")
        ->description("Allow --admin on an address other than loopback without TLS");
    many("powerdns-api", "URL of a PowerDNS API to flush and notify, such as http://127.0.0.1:8081");
    one("powerdns-api-key-file", "File with the API key of those servers", "");
    one("zone", "A zone to create at the start where the store lacks it", "");
    many("nameserver",
         "NAME=ADDR[,ADDR...]: a nameserver of that zone, ns1 in it at 127.0.0.1 where none is given");
    one("log-level", "debug, info, warning or error", "info");
    one("log-format", "text or json", "text");
    app_.footer(
        "Every flag but --check is also an environment variable (--dns-http is FAILOVERD_DNS_HTTP; "
        "repeatable "
        "ones\n"
        "take several values separated by spaces) and, but for --config, a key of the TOML file. A flag "
        "beats "
        "the\n"
        "environment, which beats the file.\n\n"
        "Example:\n"
        "  failoverd --zone failover.example --nameserver ns1.failover.example=192.0.2.53 \\\n"
        "            --powerdns-api http://127.0.0.1:8081 --powerdns-api-key-file "
        "/etc/failoverd/powerdns-api.key");
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    pipe_ = app_.add_subcommand("pipe", "Relay between PowerDNS's pipe connector and the unix socket");
    pipe_->add_option("--dns-unix", pipe_path_, "The unix socket of the running failoverd")
        ->default_str(runtime_directory() + "/pdns.sock");
  }

  std::variant<Settings, PipeSettings, Exit> read(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {
      std::ostringstream out, ignored;
      app_.exit(success, out, ignored);
      return Exit{0, out.str()};
    } catch (const CLI::ArgumentMismatch& error) {
      // The last flag lacks its value: everything before it has been read.
      const std::string text = error.what();
      mistake(text.substr(0, text.find(':')) + ": give a value");
    } catch (const CLI::ParseError& error) {
      mistake(error.what());
    }
    for (const std::string& extra : app_.remaining(true))
      mistake(extra + ": there is no such flag; see --help");
    add_environment();
    if (const auto* config = app_.get_option("--config"); config->count() != 0) {
      add_file(config->results().back());
    } else if (const std::string path = environment(environment_name("config")); !path.empty()) {
      add_file(path);
    }
    // The relay needs none of the others, so it does not look at them.
    if (pipe_->parsed()) {
      if (!mistakes_.empty()) return Exit{2, mistakes_};
      return PipeSettings{pipe_path_.empty() ? last("dns-unix") : pipe_path_};
    }
    Settings settings = checked();
    if (mistakes_.empty()) return settings;
    return Exit{2, mistakes_};
  }

 private:
  void one(const std::string& name, const std::string& text, const std::string& initial) {
    app_.add_option("--" + name)
        ->description(text)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->default_str(initial);
  }
  void many(const std::string& name, const std::string& text) {
    app_.add_option("--" + name)
        ->description(text + "; may be repeated")
        ->take_all()
        ->expected(1)
        ->allow_extra_args(false);
  }
  void mistake(const std::string& text) { mistakes_ += text + '\n'; }

  // What the command line does not say. CLI11 would let the file beat the environment, so both are put in
  // here. A variable that is set to nothing stands for the default, whatever the file says.
  void add_environment() {
    for (CLI::Option* option : app_.get_options()) {
      const std::string name = option->get_single_name();
      const char* value = std::getenv(environment_name(name).c_str());
      if (option->count() != 0 || value == nullptr || is_of_command_line(name)) continue;
      from_environment_.insert(option);
      if (*value == '\0') continue;
      for (const std::string& word : is_repeatable(*option) ? words(value) : std::vector<std::string>{value})
        option->add_result(word);
    }
  }

  void add_file(const std::string& path) {
    if (!is_readable(path)) return mistake("config: cannot read " + path);
    const auto read = read_settings_file(path);
    if (const auto* wrong = std::get_if<std::string>(&read)) return mistake("config: " + *wrong);
    for (const FileSetting& setting : std::get<0>(read)) {
      CLI::Option* option = app_.get_option_no_throw("--" + setting.name);
      if (option == nullptr || is_of_command_line(setting.name)) {
        mistake(setting.name + ": there is no such setting in " + path + "; see --help");
      } else if (!takes(*option, setting.kind)) {
        mistake(setting.name + ": give " + form_of(*option) + " in " + path);
      } else if (option->count() == 0 && !from_environment_.contains(option)) {
        for (const std::string& value : setting.values) option->add_result(value);
      }
    }
  }

  static bool is_of_command_line(const std::string& name) {
    return name == "config" || name == "check" || name == "help" || name == "version";
  }
  static bool is_switch(const CLI::Option& option) { return option.get_items_expected_max() == 0; }
  static bool takes(const CLI::Option& option, FileSetting::Kind kind) {
    return kind == FileSetting::Kind::text || (kind == FileSetting::Kind::list && is_repeatable(option)) ||
           (kind == FileSetting::Kind::truth && is_switch(option));
  }
  static std::string form_of(const CLI::Option& option) {
    return is_switch(option) ? "true or false" : is_repeatable(option) ? "a list of strings" : "a string";
  }
  static bool is_repeatable(const CLI::Option& option) {
    return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  }
  std::vector<std::string> all(const std::string& name) const {
    return app_.get_option("--" + name)->results();
  }
  std::string last(const std::string& name) const {
    const auto* option = app_.get_option("--" + name);
    return option->count() == 0 ? option->get_default_str() : option->results().back();
  }
  bool is_on(const std::string& name) {
    const std::string word = lower(last(name));
    for (const char* yes : {"true", "1", "yes", "on"})
      if (word == yes) return true;
    for (const char* no : {"", "false", "0", "no", "off"})
      if (word == no) return false;
    mistake(name + ": give true or false, not " + word);
    return false;
  }

  Settings checked() {
    Settings settings{last("store"),
                      last("dns-unix"),
                      last("dns-http"),
                      last("admin"),
                      last("admin-token-file"),
                      last("admin-tls-cert"),
                      last("admin-tls-key"),
                      all("powerdns-api"),
                      last("powerdns-api-key-file"),
                      {},
                      last("log-level"),
                      last("log-format"),
                      is_on("check")};
    if (!settings.store.starts_with("sqlite:") || settings.store == "sqlite:")
      mistake("store: give sqlite:PATH");
    if (settings.dns_unix.empty() || settings.dns_unix.size() > 107)
      mistake("dns-unix: give a path of 1 to 107 bytes");
    if (!settings.dns_http.empty()) check_address("dns-http", settings.dns_http);
    check_address("admin", settings.admin);
    check_tls(settings);
    check_powerdns(settings);
    check_zone(settings);
    check_word("log-level", settings.log_level, {"debug", "info", "warning", "error"});
    check_word("log-format", settings.log_format, {"text", "json"});
    return settings;
  }

  void check_address(const std::string& name, const std::string& address) {
    if (!net::is_address(address))
      mistake(name + ": give ADDR:PORT such as 127.0.0.1:8380 or [::1]:8380, not " + address);
  }

  void check_tls(const Settings& settings) {
    const bool has_tls = !settings.admin_tls_cert.empty(), is_insecure_meant = is_on("admin-insecure");
    if (has_tls != !settings.admin_tls_key.empty())
      mistake("admin-tls-cert: give both --admin-tls-cert and --admin-tls-key");
    for (const auto& [name, path] : {std::pair("admin-tls-cert", settings.admin_tls_cert),
                                     std::pair("admin-tls-key", settings.admin_tls_key)}) {
      if (!path.empty() && !is_readable(path)) mistake(std::string(name) + ": cannot read " + path);
    }
    if (!has_tls && !is_insecure_meant && net::is_address(settings.admin) &&
        !net::is_loopback(settings.admin)) {
      mistake("admin: " + settings.admin +
              " is no loopback address: give --admin-tls-cert and --admin-tls-key, or --admin-insecure");
    }
  }

  void check_powerdns(const Settings& settings) {
    for (const std::string& url : settings.powerdns_apis) {
      if (const auto parsed = powerdns::parse_api_url(url); !parsed)
        mistake("powerdns-api: " + parsed.error().detail);
    }
    if (!settings.powerdns_apis.empty() && settings.powerdns_api_key_file.empty()) {
      mistake("powerdns-api-key-file: --powerdns-api needs the file with its key");
    }
    if (!settings.powerdns_api_key_file.empty() && !is_readable(settings.powerdns_api_key_file)) {
      mistake("powerdns-api-key-file: cannot read " + settings.powerdns_api_key_file);
    }
  }

  // By the rule that the API's zones have to keep to.
  void check_zone(Settings& settings) {
    const std::string name = last("zone");
    std::vector<std::string> servers = all("nameserver");
    if (name.empty() && !servers.empty()) return mistake("nameserver: give the --zone it belongs to");
    if (name.empty()) return;
    // Enough to try things on one machine; a delegation needs the real ones.
    if (servers.empty()) servers.push_back("ns1." + name + "=127.0.0.1");
    PutZone zone{name, {}, {}, {}, {}, {}};
    for (const std::string& server : servers) zone.nameservers.push_back(nameserver(server));
    const auto decision = decide(State{}, zone, Context{});
    if (decision) {
      settings.zone = std::move(zone);
      return;
    }
    const std::string list = "/nameservers/";
    for (const Mistake& wrong : decision.error().mistakes) {
      const bool is_server = wrong.pointer.starts_with(list);
      mistake(is_server ? "nameserver: " + servers.at(std::stoul(wrong.pointer.substr(list.size()))) + ": " +
                              wrong.detail
                        : "zone: " + name + ": " + wrong.detail);
    }
  }

  // "NAME=ADDR,ADDR" taken apart; whether these are any is for the rule.
  static Nameserver nameserver(const std::string& text) {
    const auto equals = text.find('=');
    Nameserver server{text.substr(0, equals), {}};
    std::istringstream addresses(equals == std::string::npos ? "" : text.substr(equals + 1));
    for (std::string address; std::getline(addresses, address, ',');) server.addresses.push_back(address);
    return server;
  }

  void check_word(const std::string& name, const std::string& word, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), word) != known.end()) return;
    std::string list;
    for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
    mistake(name + ": give one of " + list + ", not " + word);
  }

  CLI::App app_{"Failover groups for PowerDNS: answers PowerDNS's remote backend and serves the admin API.",
                "failoverd"};
  CLI::App* pipe_ = nullptr;
  std::string pipe_path_;
  std::string mistakes_;
  std::set<const CLI::Option*> from_environment_;
};

}  // namespace

std::variant<Settings, PipeSettings, Exit> read_settings(int argc, const char* const* argv) {
  return Declaration().read(argc, argv);
}

}  // namespace failover
