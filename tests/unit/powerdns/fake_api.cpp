#include "powerdns/fake_api.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace failover::powerdns {

namespace {

constexpr std::string_view flush_path = "/api/v1/servers/localhost/cache/flush?domain=";

std::string header(const std::string& head, std::string_view name) {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

FakeApi::FakeApi(Play play) : play_(std::move(play)) { open(); }

FakeApi::~FakeApi() {
  close();
  for (auto& thread : threads_) thread.join();
}

std::string FakeApi::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void FakeApi::play(Play play) {
  std::lock_guard lock(mutex_);
  play_ = std::move(play);
}

void FakeApi::open() {
  listener_ = net::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 64) != 0)
    throw std::runtime_error("cannot listen");
  ::getsockname(listener_.get(), any, &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { run(); });
}

void FakeApi::close() {
  if (!acceptor_.joinable()) return;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  listener_ = net::Fd();
}

void FakeApi::run() {
  for (;;) {
    net::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) return;
    threads_.emplace_back([this, fd = std::move(connection)]() mutable { serve(std::move(fd)); });
  }
}

void FakeApi::serve(net::Fd connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto got = ::recv(connection.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return;
    head.append(buffer, static_cast<std::size_t>(got));
  }
  const auto space = head.find(' ');
  Request request{head.substr(0, space), head.substr(space + 1, head.find(' ', space + 1) - space - 1),
                  header(head, "X-API-Key")};
  Play play;
  {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    play = play_;
  }
  const auto reply = play(request);
  ::send(connection.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
}

std::vector<FakeApi::Request> FakeApi::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeApi::flushes() const {
  std::vector<std::string> names;
  for (const auto& request : requests())
    if (request.method == "PUT" && request.target.starts_with(flush_path))
      names.push_back(request.target.substr(flush_path.size()));
  return names;
}

std::size_t FakeApi::notifies() const {
  std::size_t count = 0;
  for (const auto& request : requests())
    count += request.method == "PUT" && request.target.starts_with("/api/v1/servers/localhost/zones/") &&
             request.target.ends_with("./notify");
  return count;
}

std::string http_reply(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Whatever\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

std::string flushed(int entries) {
  return http_reply(200, R"({"count": )" + std::to_string(entries) + R"(, "result": "Flushed cache."})");
}

}  // namespace failover::powerdns
