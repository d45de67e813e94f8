#include "powerdns/cache_client.hpp"

#include <rapidjson/document.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <utility>

#include "core/name.hpp"

namespace failover::powerdns {
namespace {

// For one command of a thread that may have others to answer. The API has the time of its own.
constexpr std::chrono::seconds patience{1};

// 1 where it cannot be read.
std::uint64_t entries_in(const std::string& body) {
  rapidjson::Document document;
  document.Parse(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject()) return 1;
  const auto count = document.FindMember("count");
  return count != document.MemberEnd() && count->value.IsUint64() ? count->value.GetUint64() : 1;
}

Dropped from(const ApiReply& reply) {
  const auto trouble = complaint(reply);
  if (trouble.empty()) return {Dropped::Blame::none, "", entries_in(reply.body)};
  if (reply.status == 0) return {Dropped::Blame::connection, trouble};
  const bool of_server = reply.status == 401 || reply.status == 403 || reply.status == 404;
  const bool of_request = reply.status >= 400 && reply.status < 500;
  return {of_request && !of_server ? Dropped::Blame::name : Dropped::Blame::server, trouble};
}

// PURGE's reply; nullopt where it is none.
std::optional<std::uint64_t> whole_number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void CacheClient::drop(std::string name, bool whole_zone, std::string key, std::chrono::milliseconds limit,
                       std::function<void(Dropped)> done) {
  // A name that PowerDNS cannot read in a command is one that it never answers.
  if (whole_zone || socket_.empty() || !owner_name(name))
    return through_api(name, std::move(key), limit, std::move(done));
  auto line = "PURGE " + name + ".";
  ask_control(io_, socket_, std::move(line), patience,
              [this, name = std::move(name), key = std::move(key), limit,
               done = std::move(done)](ControlReply reply) mutable {
                const auto entries = whole_number_in(reply.text);
                if (reply.why.empty() && reply.process == process_ && entries)
                  return done({Dropped::Blame::none, "", *entries});
                if (!socket_.empty()) {
                  found_none(!reply.why.empty() ? reply.why : "another process is behind it now");
                  look_at_ = {};
                }
                through_api(name, std::move(key), limit, std::move(done));
              });
}

void CacheClient::through_api(const std::string& name, std::string key, std::chrono::milliseconds limit,
                              std::function<void(Dropped)> done) {
  ApiRequest request{"PUT", "/api/v1/servers/localhost/cache/flush?domain=" + percent_encoded(name + "."),
                     key, limit};
  ask(io_, url_, std::move(request),
      [this, key = std::move(key), done = std::move(done)](const ApiReply& reply) {
        auto dropped = from(reply);
        if (dropped.blame == Dropped::Blame::none) look(key);
        done(std::move(dropped));
      });
}

void CacheClient::look(const std::string& key) {
  if (!socket_.empty() || looking_ || !is_here(url_) || Clock::now() < look_at_) return;
  looking_ = true;
  ask(io_, url_, {"GET", "/api/v1/servers/localhost/config", key}, [this](const ApiReply& reply) {
    auto settings = settings_in(reply.body);
    const auto path = control_socket_path(settings);
    if (!path) return found_none("its API does not tell socket-dir");
    look_behind(*path, std::move(settings));
  });
}

void CacheClient::look_behind(const std::string& path, std::map<std::string, std::string> settings) {
  ask_control(io_, path, "CURRENT-CONFIG", patience,
              [this, path, settings = std::move(settings)](const ControlReply& reply) {
                if (!reply.why.empty()) return found_none(path + ": " + reply.why);
                if (reply.process == 0 || !is_same_server(url_, settings, reply.text))
                  return found_none(path + ": another server than the API's is behind it");
                found(path, reply.process);
              });
}

void CacheClient::found(const std::string& path, pid_t process) {
  looking_ = false;
  socket_ = path;
  process_ = process;
  why_not_.clear();
  spdlog::info("{}: single names are dropped through its control socket {}", url_.text, path);
  changed_();
}

void CacheClient::found_none(std::string why) {
  looking_ = false;
  socket_.clear();
  look_at_ = Clock::now() + pause_;
  if (why == why_not_) return;
  why_not_ = std::move(why);
  spdlog::info("{}: names are dropped through its API, not its control socket: {}", url_.text, why_not_);
  changed_();
}

}  // namespace failover::powerdns
