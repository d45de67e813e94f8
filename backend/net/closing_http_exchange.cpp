#include "net/closing_http_exchange.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/http/read.hpp>
#include <cerrno>
#include <utility>

namespace failover::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

constexpr std::size_t first_read = 8 * 1024;

// How long to go on reading what a refused client still sends: to close with input unread would reset the
// connection, and the client might lose the reply.
constexpr std::chrono::milliseconds drain_timeout{1'000};
constexpr std::size_t drain_most = 16 * 1024 * 1024;

// Corked, the last segment is held back until the close, and takes the FIN along.
void cork(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

}  // namespace

Exchange::Exchange(Fd fd, const ClosingHttpServer::Handler& handler, const ClosingHttpLimits& limits,
                   HttpCounters& counters)
    : fd_(std::move(fd)), handler_(handler), limits_(limits), counters_(counters) {
  parser_.header_limit(static_cast<std::uint32_t>(limits.header));
  parser_.body_limit(limits.body);
  parser_.eager(true);
}

Exchange::~Exchange() {
  if (live_ != nullptr) live_->erase(this);
  counters_.open.fetch_sub(1, std::memory_order_relaxed);
}

bool Exchange::at_once() {
  const auto room = buffer_.prepare(first_read);
  const ssize_t got = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (got <= 0) return got == 0 || errno != EAGAIN;
  buffer_.commit(static_cast<std::size_t>(got));
  Error error;
  buffer_.consume(parser_.put(buffer_.data(), error));
  if (error == http::error::need_more || (!error && !parser_.is_done())) return false;

  if (!answer(error)) return true;
  std::array<iovec, 2> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] = {const_cast<void*>(reply()[i].data()), reply()[i].size()};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const ssize_t sent = ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return errno != EAGAIN;
  sent_ = static_cast<std::size_t>(sent);
  if (sent_ < asio::buffer_size(reply())) return false;
  answer_.until_sent.reset();
  return !unread_input_;
}

void Exchange::go_on(asio::io_context& loop, Live& live) {
  live_ = &live;
  live.insert(this);
  tcp::socket socket(loop);
  Error error;
  socket.assign(tcp::v4(), fd_.get(), error);  // or v6: to a connected socket it makes no difference
  if (error) return;
  fd_.release();
  stream_.emplace(std::move(socket));
  stream_->expires_after(limits_.timeout);
  head_.empty() ? read() : write();
}

void Exchange::hurry() {
  if (!head_.empty() && !std::exchange(is_hurried_, true)) return;
  stream_->close();
}

void Exchange::read() {
  http::async_read(*stream_, buffer_, parser_, [self = shared_from_this()](Error error, std::size_t) {
    if (!self->answer(error)) return;
    self->stream_->expires_after(self->limits_.timeout);
    self->write();
  });
}

// After reading, with what came of it. False: nobody is there to be answered.
bool Exchange::answer(Error error) {
  HttpQuestion question;
  if (error == http::error::body_limit)
    question.trouble = "the body is over " + std::to_string(limits_.body) + " bytes";
  else if (error == http::error::header_limit)
    question.trouble = "the header is over " + std::to_string(limits_.header) + " bytes";
  else if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message)
    question.trouble = "no HTTP request: " + error.message();
  else if (error)
    return false;
  unread_input_ = !question.trouble.empty();
  if (!unread_input_) {
    auto& request = parser_.get();
    question.target = request.target();
    question.body = std::move(request.body());
  }
  answer_ = handler_(question);
  head_ = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + answer_.content_type +
          "\r\nContent-Length: " + std::to_string(answer_.body.size()) + "\r\n\r\n";
  cork(stream_ ? stream_->socket().native_handle() : fd_.get());
  return true;
}

std::array<asio::const_buffer, 2> Exchange::reply() const {
  return {asio::buffer(head_), asio::buffer(answer_.body)};
}

void Exchange::write() {
  beast::buffers_suffix rest(reply());
  rest.consume(sent_);
  asio::async_write(*stream_, rest, [self = shared_from_this()](Error error, std::size_t) {
    self->answer_.until_sent.reset();
    if (!error && self->unread_input_) self->drain();
    // Otherwise the last owner goes, and with it the socket is closed.
  });
}

void Exchange::drain() {
  Error ignored;
  stream_->socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_->expires_after(drain_timeout);
  drain_some();
}

void Exchange::drain_some() {
  buffer_.clear();
  stream_->async_read_some(buffer_.prepare(16 * 1024),
                           [self = shared_from_this()](Error error, std::size_t got) {
                             self->drained_ += got;
                             if (!error && self->drained_ < drain_most) self->drain_some();
                           });
}

}  // namespace failover::net
