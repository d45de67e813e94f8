#include "net/http_session.hpp"

#include <ctime>

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "net/http_mailbox.hpp"

namespace failover::net {
namespace {

// RFC 9110, 6.6.1; dashboards and doctors set their clocks against it.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_bytes = 64 * 1024;

// How long, and for how many bytes, an unread body is read and dropped after a refusal: closing at once would
// reset the connection and lose the refusal (RFC 9112, 9.6).
constexpr auto linger_time = 2s;
constexpr std::size_t linger_bytes = 16 * 1024 * 1024;

std::string plain_address(const asio::ip::tcp::socket& socket) {
  error_code failed;
  auto address = socket.remote_endpoint(failed).address();
  if (failed) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

HttpRequest convert(const http::request<http::empty_body>& head, const std::string& peer) {
  HttpRequest request;
  request.method = std::string(head.method_string());
  request.target = std::string(head.target());
  request.peer = peer;
  for (const auto& field : head) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  return request;
}

int status_of(error_code error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

// True where the client itself is at fault and still there to be told. After a time-out nobody is: Beast has
// closed the socket by then.
bool can_be_told(error_code error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

template <class Stream>
class Session final : public HttpSession, public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool is_tls = !std::is_same_v<Stream, beast::tcp_stream>;

  Session(Stream stream, HttpApplication& application, const HttpLimits& limits,
          std::shared_ptr<asio::ssl::context> tls)
      : tls_(std::move(tls)),
        stream_(std::move(stream)),
        application_(application),
        limits_(limits),
        bell_(stream_.get_executor()),
        peer_(plain_address(socket())) {}

  void start(std::function<void()> ended) override {
    asio::co_spawn(
        stream_.get_executor(), [self = this->shared_from_this()] { return self->run(); },
        [ended](std::exception_ptr) { ended(); });
  }

  void close_if_idle() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->draining_ = true;
      if (self->idle_since() != 0) self->close();
    });
  }

  void cut() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->close(); });
  }

 private:
  using Parser = http::request_parser<http::empty_body>;
  using StreamParser = http::request_parser<http::buffer_body>;

  // The streamed body of the request at hand.
  class Body final : public HttpBodyStream {
   public:
    explicit Body(std::weak_ptr<Session> session) : session_(std::move(session)) {}
    void read(std::function<void(std::optional<std::string>)> take) override {
      auto session = session_.lock();
      if (!session) return take(std::nullopt);
      asio::co_spawn(
          session->stream_.get_executor(),
          [session, take = std::move(take)] { return session->read_piece(std::move(take)); }, asio::detached);
    }

   private:
    std::weak_ptr<Session> session_;
  };

  beast::tcp_stream& layer() { return beast::get_lowest_layer(stream_); }
  asio::ip::tcp::socket& socket() { return layer().socket(); }
  void expire(std::chrono::milliseconds time) { layer().expires_after(time); }

  void close() {
    gone_ = true;
    error_code ignored;
    socket().close(ignored);
    bell_.cancel();
  }

  asio::awaitable<void> run() {
    if constexpr (is_tls) {
      expire(limits_.header_time);
      auto [failed] = co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
      if (failed) co_return;
    }
    auto wait = limits_.header_time;
    while (true) {
      if (!co_await wait_for_request(wait)) break;
      if (!co_await serve()) break;
      wait = limits_.idle_time;
    }
    if (gone_) co_return;
    if constexpr (is_tls) {
      expire(linger_time);
      co_await stream_.async_shutdown(token);
    }
    close();
  }

  // False where none comes in time, or none is wanted any more.
  asio::awaitable<bool> wait_for_request(std::chrono::milliseconds time) {
    if (draining_ || gone_) co_return false;
    if (buffer_.size() > 0) co_return true;
    idle_since_ = now();
    if (stranger_since_ != 0) stranger_since_ = now();
    expire(time);
    auto [failed, count] = co_await stream_.async_read_some(buffer_.prepare(4096), token);
    idle_since_ = 0;
    if (failed) co_return false;
    buffer_.commit(count);
    co_return true;
  }

  // One request and its reply; false where the connection shall end.
  asio::awaitable<bool> serve() {
    Parser head;
    head.header_limit(limits_.header_bytes);
    head.body_limit(boost::none);
    expire(limits_.header_time);
    auto [failed, count] = co_await http::async_read_header(stream_, buffer_, head, token);
    if (failed) co_return co_await refuse(failed);

    HttpRequest request = convert(head.get(), peer_);
    const bool is_head = request.method == "HEAD";
    const auto length = head.content_length();
    request.has_body = head.chunked() || (length && *length > 0);
    version_ = head.get().version();
    keep_ = head.keep_alive();

    HttpAdmission admission = application_.admit(request);
    if (admission.trusted) stranger_since_ = 0;
    if (admission.refusal) {
      keep_ = keep_ && !request.has_body;
      if (!co_await write(std::move(*admission.refusal), is_head)) co_return false;
      if (request.has_body) co_await linger();
      co_return keep_;
    }
    if (request.has_body && !admission.streamed && length && *length > admission.body_limit)
      co_return co_await refuse(http::error::body_limit);
    if (request.has_body && beast::iequals(head.get()[http::field::expect], "100-continue")) {
      expire(limits_.write_time);
      auto [cannot, written] = co_await asio::async_write(stream_, asio::buffer(go_on), token);
      if (cannot) co_return false;
    }

    if (request.has_body && admission.streamed) {
      parser_ = std::make_shared<StreamParser>(std::move(head));
      parser_->body_limit(boost::none);
      request.stream = std::make_shared<Body>(this->weak_from_this());
    } else if (request.has_body) {
      http::request_parser<http::string_body> whole(std::move(head));
      whole.body_limit(admission.body_limit);
      expire(limits_.body_time);
      auto [broken, read] = co_await http::async_read(stream_, buffer_, whole, token);
      if (broken) co_return co_await refuse(broken);
      request.body = std::move(whole.get().body());
    }

    auto reply = co_await ask<HttpReply>([&](std::function<void(HttpReply)> give) {
      application_.handle(std::move(request), std::move(give));
    });
    const bool unread = parser_ && !parser_->is_done();
    parser_ = nullptr;
    if (!reply) co_return false;
    keep_ = keep_ && !unread;
    if (!co_await write(std::move(*reply), is_head)) co_return false;
    if (unread) co_await linger();
    co_return keep_;
  }

  asio::awaitable<bool> refuse(error_code error) {
    if (gone_ || !can_be_told(error)) co_return false;
    version_ = 11;
    keep_ = false;
    // Named, since g++ 12 destroys a temporary twice that a coroutine is called with in a condition (its bug
    // 104031).
    HttpReply reply = application_.refuse(status_of(error));
    const bool told = co_await write(std::move(reply), false);
    if (told) co_await linger();
    co_return false;
  }

  // Waits for what `start` is going to give. nullopt where the client went away or the connection was cut.
  template <class T, class Start>
  asio::awaitable<std::optional<T>> ask(Start start) {
    auto box = std::make_shared<Mailbox<T>>(bell_);
    // Whichever way this ends, the bell goes with the connection.
    const std::unique_ptr<Mailbox<T>, void (*)(Mailbox<T>*)> closer(box.get(),
                                                                    [](auto* open) { open->close(); });
    start(std::function<void(T)>([box](T value) { Mailbox<T>::put(box, std::move(value)); }));
    std::optional<T> value = box->take();
    while (!value && !gone_) {
      bell_.expires_at(asio::steady_timer::time_point::max());
      co_await bell_.async_wait(token);
      value = box->take();
    }
    co_return value;
  }

  // False where it could not be sent.
  asio::awaitable<bool> write(HttpReply reply, bool is_head) {
    keep_ = keep_ && !draining_ && !(reply.stream && version_ < 11);
    if (reply.stream) co_return co_await write_stream(std::move(reply), is_head);
    http::response<http::string_body> message{http::int_to_status(reply.status), version_};
    message.set(http::field::date, http_date());
    for (auto& [name, value] : reply.headers) message.set(name, value);
    message.body() = std::move(reply.body);
    message.keep_alive(keep_);
    message.prepare_payload();
    if (is_head) message.body().clear();
    expire(limits_.write_time);
    auto [failed, count] = co_await http::async_write(stream_, message, token);
    co_return !failed;
  }

  asio::awaitable<bool> write_stream(HttpReply reply, bool is_head) {
    http::response<http::empty_body> message{http::int_to_status(reply.status), version_};
    message.set(http::field::date, http_date());
    for (auto& [name, value] : reply.headers) message.set(name, value);
    message.keep_alive(keep_);
    if (version_ >= 11) message.chunked(true);
    http::response_serializer<http::empty_body> serializer{message};
    expire(limits_.write_time);
    auto [failed, count] = co_await http::async_write_header(stream_, serializer, token);
    if (failed || is_head) co_return !failed;

    asio::co_spawn(
        stream_.get_executor(), [self = this->shared_from_this()] { return self->watch_for_end(); },
        asio::detached);
    bool sent = true;
    while (sent) {
      auto piece =
          co_await ask<HttpPiece>([&](std::function<void(HttpPiece)> give) { reply.stream->next(give); });
      if (!piece || piece->broken) {
        close();
        co_return false;
      }
      const bool last = !piece->data;
      sent = co_await write_piece(piece->data.get());
      if (last) break;
    }
    error_code ignored;
    socket().cancel(ignored);  // ends watch_for_end
    co_return sent;
  }

  asio::awaitable<bool> write_piece(const std::string* data) {
    expire(limits_.write_time);
    error_code failed;
    if (!data && version_ >= 11) {
      auto [error, count] = co_await asio::async_write(stream_, http::make_chunk_last(), token);
      failed = error;
    } else if (data && version_ >= 11) {
      auto [error, count] = co_await asio::async_write(stream_, http::make_chunk(asio::buffer(*data)), token);
      failed = error;
    } else if (data) {
      auto [error, count] = co_await asio::async_write(stream_, asio::buffer(*data), token);
      failed = error;
    }
    co_return !failed;
  }

  // While a streamed reply has nothing to send, only this learns that the client has gone.
  asio::awaitable<void> watch_for_end() {
    auto [failed] = co_await socket().async_wait(asio::ip::tcp::socket::wait_read, token);
    if (failed) co_return;
    char byte;
    const auto count = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) close();
  }

  asio::awaitable<void> read_piece(std::function<void(std::optional<std::string>)> take) {
    std::string piece;
    // The request may end, cut, while a piece of it is awaited.
    const auto parser = parser_;
    while (parser && !parser->is_done() && piece.empty()) {
      piece.resize(piece_bytes);
      auto& body = parser->get().body();
      body.data = piece.data();
      body.size = piece.size();
      body.more = true;
      expire(limits_.body_time);
      auto [failed, count] = co_await http::async_read_some(stream_, buffer_, *parser, token);
      if ((failed && failed != http::error::need_buffer) || gone_) {
        take(std::nullopt);
        co_return;
      }
      piece.resize(piece_bytes - parser->get().body().size);
    }
    take(std::move(piece));
  }

  asio::awaitable<void> linger() {
    error_code failed;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, failed);
    expire(linger_time);
    std::string dropped(piece_bytes, '\0');
    for (std::size_t total = 0; !failed && total < linger_bytes;) {
      auto [error, count] = co_await layer().async_read_some(asio::buffer(dropped), token);
      failed = error;
      total += count;
    }
    close();
  }

  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

  std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  HttpApplication& application_;
  HttpLimits limits_;
  asio::steady_timer bell_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::shared_ptr<StreamParser> parser_;  // of the streamed body at hand
  unsigned version_ = 11;
  bool keep_ = false;
  bool draining_ = false;
  bool gone_ = false;
};

}  // namespace

std::shared_ptr<HttpSession> make_session(asio::ip::tcp::socket socket, HttpApplication& application,
                                          const HttpLimits& limits, std::shared_ptr<asio::ssl::context> tls) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  beast::tcp_stream plain(std::move(socket));
  if (!tls)
    return std::make_shared<Session<beast::tcp_stream>>(std::move(plain), application, limits, nullptr);
  using Tls = beast::ssl_stream<beast::tcp_stream>;
  return std::make_shared<Session<Tls>>(Tls(std::move(plain), *tls), application, limits, tls);
}

}  // namespace failover::net
