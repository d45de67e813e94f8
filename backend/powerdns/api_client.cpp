#include "powerdns/api_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/scheme.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace failover::powerdns {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::uint64_t body_limit = 8 << 20;

// One request's life; the handlers it has under way own it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& io, const ApiUrl& url, ApiRequest&& request,
           std::function<void(ApiReply)>&& done)
      : resolver_(io), socket_(io), timer_(io), done_(std::move(done)), limit_(request.limit) {
    request_.method_string(request.method);
    request_.target(url.path + request.target);
    request_.set(http::field::host,
                 url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]");
    request_.set("X-API-Key", request.key);
    request_.set(http::field::accept, "application/json");
    request_.set(http::field::connection, "close");
    request_.prepare_payload();
    parser_.body_limit(body_limit);
  }

  void start(const std::string& host, const std::string& port) {
    timer_.expires_after(limit_);
    timer_.async_wait([self = shared_from_this()](Error error) {
      if (!error) self->fail("no answer within " + std::to_string(self->limit_.count()) + " ms");
    });
    Error error;
    const auto literal = asio::ip::make_address(host, error);
    if (!error) return connect({tcp::endpoint(literal, static_cast<std::uint16_t>(std::stoi(port)))});
    resolver_.async_resolve(host, port,
                            [self = shared_from_this()](Error failed, tcp::resolver::results_type found) {
                              if (failed)
                                return self->fail("its host name cannot be resolved: " + failed.message());
                              std::vector<tcp::endpoint> endpoints;
                              for (const auto& entry : found) endpoints.push_back(entry.endpoint());
                              self->connect(std::move(endpoints));
                            });
  }

 private:
  void connect(std::vector<tcp::endpoint> endpoints) {
    if (!done_) return;
    // async_connect does not own the range it walks.
    endpoints_ = std::move(endpoints);
    asio::async_connect(socket_, endpoints_, [self = shared_from_this()](Error error, const tcp::endpoint&) {
      if (error) return self->fail("cannot connect: " + error.message());
      Error ignored;
      self->socket_.set_option(tcp::no_delay(true), ignored);
      self->exchange();
    });
  }

  void exchange() {
    http::async_write(socket_, request_, [self = shared_from_this()](Error error, std::size_t) {
      if (error) return self->fail("cannot send: " + error.message());
      http::async_read(self->socket_, self->buffer_, self->parser_, [self](Error failed, std::size_t) {
        if (failed) return self->fail("no proper HTTP reply: " + failed.message());
        auto& reply = self->parser_.get();
        self->finish({static_cast<int>(reply.result_int()), std::move(reply.body()), ""});
      });
    });
  }

  void fail(std::string why) { finish({0, "", std::move(why)}); }

  void finish(ApiReply reply) {
    if (!done_) return;
    Error ignored;
    socket_.close(ignored);
    timer_.cancel();
    resolver_.cancel();
    std::exchange(done_, nullptr)(std::move(reply));
  }

  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::vector<tcp::endpoint> endpoints_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  boost::beast::flat_buffer buffer_;
  std::function<void(ApiReply)> done_;
  std::chrono::milliseconds limit_;
};

Refusal bad_url(std::string_view text, std::string_view why) {
  return {Code::invalid,
          "\"" + std::string(text) + "\" is no PowerDNS API URL (" + std::string(why) +
              "): write it as http://127.0.0.1:8081",
          {}};
}

}  // namespace

Result<ApiUrl> parse_api_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return bad_url(text, "it cannot be read");
  const auto& url = *parsed;
  if (url.scheme_id() != boost::urls::scheme::http) return bad_url(text, "only http is spoken");
  if (url.has_userinfo()) return bad_url(text, "the key belongs into --powerdns-api-key-file");
  if (url.has_query() || url.has_fragment()) return bad_url(text, "it has a query or a fragment");
  if (url.host().empty()) return bad_url(text, "it has no host");
  if (url.has_port() && url.port_number() == 0) return bad_url(text, "its port is none");

  const auto cut = text.find_last_not_of('/');
  std::string path(url.encoded_path());
  path.erase(path.find_last_not_of('/') + 1);
  return ApiUrl{std::string(text.substr(0, cut + 1)), std::string(url.host_address()),
                url.has_port() ? std::to_string(url.port_number()) : "8081", std::move(path)};
}

std::string percent_encoded(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

void ask(asio::io_context& io, const ApiUrl& url, ApiRequest request, std::function<void(ApiReply)> done) {
  std::make_shared<Exchange>(io, url, std::move(request), std::move(done))->start(url.host, url.port);
}

ApiReply ask_and_wait(const ApiUrl& url, ApiRequest request) {
  asio::io_context io;
  ApiReply reply;
  ask(io, url, std::move(request), [&](ApiReply got) { reply = std::move(got), io.stop(); });
  io.run();
  return reply;
}

std::string complaint(const ApiReply& reply) {
  switch (reply.status) {
    case 0:
      return "PowerDNS's API cannot be reached (" + reply.why +
             "): check that pdns_server runs with api=yes and webserver=yes, and its webserver-address and "
             "webserver-port";
    case 401:
    case 403:
      return "PowerDNS refused the key: write its api-key into the file that --powerdns-api-key-file names, "
             "then send SIGHUP";
    case 404:
      return "PowerDNS answered 404: set api=yes in its configuration and check the URL's path";
    default:
      if (reply.status >= 200 && reply.status < 300) return "";
      return "PowerDNS answered " + std::to_string(reply.status) + " (" + reply.body.substr(0, 200) +
             "): see its log";
  }
}

}  // namespace failover::powerdns
