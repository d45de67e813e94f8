#include "powerdns/control_socket.hpp"

#include <rapidjson/document.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

namespace failover::powerdns {
namespace asio = boost::asio;
using Error = boost::system::error_code;
using Unix = asio::local::stream_protocol;

namespace {

constexpr std::size_t longest_reply = 8 << 20;

// One request's life; the handlers it has under way own it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& io, std::string&& line, std::function<void(ControlReply)>&& done)
      : socket_(io), timer_(io), line_(std::move(line) + '\n'), done_(std::move(done)) {}

  void start(const std::string& path, std::chrono::milliseconds limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this(), limit](Error error) {
      if (!error) self->finish("no answer within " + std::to_string(limit.count()) + " ms");
    });
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return finish("its path is too long");
    socket_.async_connect(Unix::endpoint(path), [self = shared_from_this()](Error error) {
      if (error) return self->finish("cannot connect: " + error.message());
      ucred peer{};
      socklen_t size = sizeof peer;
      if (::getsockopt(self->socket_.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
        self->reply_.process = peer.pid;
      self->exchange();
    });
  }

 private:
  void exchange() {
    asio::async_write(socket_, asio::buffer(line_), [self = shared_from_this()](Error error, std::size_t) {
      if (error) return self->finish("cannot send: " + error.message());
      asio::async_read(
          self->socket_, asio::dynamic_buffer(self->reply_.text, longest_reply),
          [self](Error failed, std::size_t) {
            self->finish(failed == asio::error::eof ? "" : "cannot receive: " + failed.message());
          });
    });
  }

  void finish(std::string why) {
    if (!done_) return;
    Error ignored;
    socket_.close(ignored);
    timer_.cancel();
    reply_.why = std::move(why);
    std::exchange(done_, nullptr)(std::move(reply_));
  }

  Unix::socket socket_;
  asio::steady_timer timer_;
  std::string line_;
  ControlReply reply_;
  std::function<void(ControlReply)> done_;
};

}  // namespace

void ask_control(asio::io_context& io, const std::string& path, std::string line,
                 std::chrono::milliseconds limit, std::function<void(ControlReply)> done) {
  std::make_shared<Exchange>(io, std::move(line), std::move(done))->start(path, limit);
}

std::map<std::string, std::string> settings_in(const std::string& config) {
  std::map<std::string, std::string> settings;
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(config.data(), config.size());
  if (document.HasParseError() || !document.IsArray()) return settings;
  for (const auto& item : document.GetArray()) {
    if (!item.IsObject() || !item.HasMember("name") || !item.HasMember("value")) continue;
    if (item["name"].IsString() && item["value"].IsString())
      settings[item["name"].GetString()] = item["value"].GetString();
  }
  return settings;
}

// pdns/dynlistener.cc, DynListener; pdns/auth-main.cc puts "-" and the config-name after "pdns".
std::optional<std::string> control_socket_path(const std::map<std::string, std::string>& settings) {
  const auto value = [&](const char* name) {
    const auto at = settings.find(name);
    return at == settings.end() ? std::string() : at->second;
  };
  // Empty: a directory that was chosen when PowerDNS was built.
  const std::string directory = value("socket-dir"), name = value("config-name");
  if (directory.empty()) return std::nullopt;
  return value("chroot") + directory + "/pdns" + (name.empty() ? "" : "-" + name) + ".controlsocket";
}

bool is_here(const ApiUrl& url) {
  Error error;
  const auto address = asio::ip::make_address(url.host, error);
  return error ? url.host == "localhost" : address.is_loopback();
}

bool is_same_server(const ApiUrl& url, const std::map<std::string, std::string>& settings,
                    const std::string& text) {
  const auto port = settings.find("webserver-port");
  if (port == settings.end() || port->second != url.port) return false;
  // "NAME=VALUE" where it was set, "# NAME=VALUE" where it is the default.
  const auto has = [&](const std::string& name, const std::string& value) {
    const std::string line = name + "=" + value + "\n";
    return text.find("\n" + line) != text.npos || text.find("\n# " + line) != text.npos;
  };
  return std::ranges::all_of(std::array{"webserver", "api", "webserver-address", "webserver-port"},
                             [&](auto name) {
                               const auto at = settings.find(name);
                               return at != settings.end() && has(name, at->second);
                             });
}

}  // namespace failover::powerdns
