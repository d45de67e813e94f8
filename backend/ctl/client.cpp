#include "ctl/client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/version.hpp>
#include <optional>

namespace failover::ctl {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::chrono::seconds connect_limit{10};
constexpr std::size_t piece_size = 64 * 1024;

// How far an exchange came: an error means something else to a person at each.
enum class Step { resolve, connect, trust, send, read };

beast::tcp_stream& lowest(beast::tcp_stream& stream) { return stream; }
beast::tcp_stream& lowest(beast::ssl_stream<beast::tcp_stream>& stream) { return stream.next_layer(); }

class Exchange {
 public:
  Exchange(const Endpoint& endpoint, const Request& request)
      : endpoint_(endpoint), request_(request), tls_(asio::ssl::context::tls_client) {}

  Result<Reply> run() {
    std::exception_ptr thrown;
    asio::co_spawn(context_, all(), [&](std::exception_ptr error) { thrown = error; });
    context_.run();
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      return explain(error.code());
    }
    if (stopped_) return *stopped_;
    return std::move(reply_);
  }

 private:
  asio::awaitable<void> all() {
    asio::ip::tcp::resolver resolver(context_);
    const auto found = co_await resolver.async_resolve(endpoint_.url.host, endpoint_.url.port, use_awaitable);
    step_ = Step::connect;
    if (!endpoint_.url.tls) {
      beast::tcp_stream stream(context_);
      co_await connect(stream, found);
      co_await converse(stream);
      co_return;
    }
    trust();
    beast::ssl_stream<beast::tcp_stream> stream(context_, tls_);
    co_await connect(stream.next_layer(), found);
    step_ = Step::trust;
    error_code no_address;
    asio::ip::make_address(endpoint_.url.host, no_address);
    if (no_address) SSL_set_tlsext_host_name(stream.native_handle(), endpoint_.url.host.c_str());
    stream.set_verify_callback(asio::ssl::host_name_verification(endpoint_.url.host));
    co_await stream.async_handshake(asio::ssl::stream_base::client, use_awaitable);
    co_await converse(stream);
  }

  void trust() {
    step_ = Step::trust;
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    if (endpoint_.ca_file.empty())
      tls_.set_default_verify_paths();
    else
      tls_.load_verify_file(endpoint_.ca_file);
    step_ = Step::connect;
  }

  asio::awaitable<void> connect(beast::tcp_stream& stream,
                                const asio::ip::tcp::resolver::results_type& found) {
    stream.expires_after(std::min(endpoint_.timeout, connect_limit));
    co_await stream.async_connect(found, use_awaitable);
  }

  template <class Stream>
  asio::awaitable<void> converse(Stream& stream) {
    using namespace asio::experimental::awaitable_operators;
    step_ = Step::send;
    beast::flat_buffer buffer;
    // A server that refuses may answer before it has all and close: what it said is then read, not lost.
    if (request_.source)
      co_await (hear(stream, buffer) || send_chunks(stream));
    else
      co_await send_whole(stream);
    step_ = Step::read;
    if (!stopped_) co_await read(stream, buffer);
  }

  std::chrono::seconds patience() const {
    return request_.patience.count() > 0 ? request_.patience : endpoint_.timeout;
  }

  template <class Message>
  void fill(Message& message) const {
    message.method_string(request_.method);
    message.target(endpoint_.url.prefix + request_.target);
    message.version(11);
    const auto& url = endpoint_.url;
    const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    message.set(http::field::host, host + ":" + url.port);
    message.set(http::field::user_agent, "failoverctl/" FAILOVER_VERSION);
    message.set(http::field::connection, "close");
    if (!endpoint_.token.empty()) message.set(http::field::authorization, "Bearer " + endpoint_.token);
    for (const auto& [name, value] : request_.headers) message.set(name, value);
  }

  template <class Stream>
  asio::awaitable<void> send_whole(Stream& stream) {
    http::request<http::string_body> message;
    fill(message);
    message.body() = request_.body;
    if (!request_.body.empty() || request_.method != "GET") message.prepare_payload();
    lowest(stream).expires_after(patience());
    co_await http::async_write(stream, message, use_awaitable);
  }

  // Until the reply begins, however long that takes, or there will be none. (Bytes that wait on the socket
  // need not be a reply: TLS sends some of its own.)
  template <class Stream>
  static asio::awaitable<void> hear(Stream& stream, beast::flat_buffer& buffer) {
    error_code broken;
    lowest(stream).expires_never();
    buffer.commit(co_await stream.async_read_some(buffer.prepare(piece_size),
                                                  asio::redirect_error(use_awaitable, broken)));
  }

  template <class Stream>
  asio::awaitable<void> send_chunks(Stream& stream) {
    http::request<http::empty_body> message;
    fill(message);
    message.chunked(true);
    http::request_serializer<http::empty_body> serializer(message);
    lowest(stream).expires_after(patience());
    co_await http::async_write_header(stream, serializer, use_awaitable);
    error_code broken;
    while (!broken) {
      const auto piece = request_.source();
      if (!piece) {
        stopped_ = piece.error();
        co_return;
      }
      lowest(stream).expires_after(patience());
      const auto token = [&] { return asio::redirect_error(use_awaitable, broken); };
      if (piece->empty()) {
        co_await asio::async_write(stream, http::make_chunk_last(), token());
        co_return;
      }
      co_await asio::async_write(stream, http::make_chunk(asio::buffer(*piece)), token());
    }
  }

  template <class Stream>
  asio::awaitable<void> read(Stream& stream, beast::flat_buffer& buffer) {
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    lowest(stream).expires_after(patience());
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    const auto& message = parser.get();
    reply_.status = message.result_int();
    reply_.reason = std::string(message.reason());
    const bool streamed = request_.sink && reply_.status == 200;
    if (streamed && !request_.sink("")) co_return;
    std::string piece(piece_size, '\0');
    while (!parser.is_done()) {
      parser.get().body() = {piece.data(), piece.size(), true};
      lowest(stream).expires_after(patience());
      error_code error;
      co_await http::async_read_some(stream, buffer, parser, asio::redirect_error(use_awaitable, error));
      if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
      const std::string_view got(piece.data(), piece.size() - parser.get().body().size);
      if (!streamed)
        reply_.body += got;
      else if (!got.empty() && !request_.sink(got))
        co_return;
    }
  }

  // What a plain request meets where the server awaits TLS: it hangs up without a word.
  bool hung_up_on(const error_code& error) const {
    return !endpoint_.url.tls && step_ == Step::read && reply_.status == 0 &&
           (error == http::error::end_of_stream || error == asio::error::connection_reset);
  }

  Failure explain(const error_code& error) const {
    const std::string where = to_string(endpoint_.url);
    const bool silent = error == beast::error::timeout;
    const std::string what = silent ? "no answer in time" : error.message();
    std::string text = "cannot reach " + where + ": " + what + ". ";
    if (step_ == Step::resolve) {
      text += "Check the host name in FAILOVER_URL or --url.";
    } else if (step_ == Step::connect) {
      text += "Is failoverd running there? Set FAILOVER_URL or --url to where its API listens.";
    } else if (step_ == Step::trust) {
      text +=
          "Give --ca-file the certificate authority that signed the server's certificate, and write the host "
          "in the "
          "URL as the certificate has it.";
    } else if (error.category() == http::make_error_code(http::error::bad_version).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      text = where + " does not answer with HTTP. Is this failoverd's API, and is it " +
             (endpoint_.url.tls ? "http" : "https") + " in place of " +
             (endpoint_.url.tls ? "https" : "http") + "?";
    } else if (hung_up_on(error)) {
      text +=
          "Where failoverd listens with TLS, write https:// in FAILOVER_URL or --url; else look at its log.";
      if (request_.method != "GET") text += " " + request_.unsure;
    } else if (request_.method == "GET") {
      text += "Try again; where it stays so, look at failoverd's log.";
    } else {
      text += request_.unsure;
    }
    return {Exit::unreachable, text};
  }

  const Endpoint& endpoint_;
  const Request& request_;
  asio::io_context context_{1};
  asio::ssl::context tls_;
  Step step_ = Step::resolve;
  Reply reply_;
  std::optional<Failure> stopped_;
};

}  // namespace

Result<Reply> exchange(const Endpoint& endpoint, const Request& request) {
  return Exchange(endpoint, request).run();
}

}  // namespace failover::ctl
