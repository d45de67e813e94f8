// The ceiling of PowerDNS's remote protocol: answers every lookup with one constant record and does nothing
// else.
//
//   canned unix PATH ZONE | canned http ADDR:PORT ZONE | canned kept ADDR:PORT ZONE
//
// `http` closes after each reply, which goes with the end of the stream in one segment: what PowerDNS is
// quickest with. `kept` keeps its connections, which PowerDNS is slow with.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "net/listen.hpp"

namespace {

using failover::net::Fd;

std::string zone;

std::string record(std::string_view name, const char* type, const std::string& content, int ttl) {
  return R"({"qtype":")" + std::string(type) + R"(","qname":")" + std::string(name) + R"(","content":")" +
         content + R"(","ttl":)" + std::to_string(ttl) + R"(,"auth":1})";
}

// `name` is the question's, `method` and it are found by looking for them, not by parsing.
std::string reply(std::string_view method, std::string_view name) {
  if (method == "lookup" && name != zone) {
    std::string text = R"({"result":[{"qtype":"A","qname":")";
    return text.append(name).append(R"(","content":"192.0.2.1","ttl":60,"auth":1}]})");
  }
  if (method == "lookup") {
    return R"({"result":[)" +
           record(name, "SOA", "ns1." + zone + " hostmaster." + zone + " 1 3600 600 86400 30", 2) + ',' +
           record(name, "NS", "ns1.example.net", 60) + "]}";
  }
  if (method == "getAllDomains")
    return R"({"result":[{"id":1,"zone":")" + zone + R"(","kind":"native","serial":1}]})";
  if (method == "getAllDomainMetadata") return R"({"result":{}})";
  return method == "initialize" ? R"({"result":true})" : R"({"result":false})";
}

std::string_view between(std::string_view text, std::string_view before, char after) {
  const auto start = text.find(before);
  if (start == text.npos) return {};
  text.remove_prefix(start + before.size());
  return text.substr(0, text.find(after));
}

void converse_lines(Fd fd) {
  std::string buffer(65536, '\0');
  std::size_t filled = 0;
  for (ssize_t got; (got = ::recv(fd.get(), buffer.data() + filled, buffer.size() - filled, 0)) > 0;) {
    filled += static_cast<std::size_t>(got);
    if (buffer[filled - 1] != '\n') continue;
    const std::string_view line(buffer.data(), filled);
    const std::string text =
        reply(between(line, R"("method": ")", '"'), between(line, R"("qname": ")", '"')) + '\n';
    if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
    filled = 0;
  }
}

// For a target such as /dns/lookup/NAME/ANY.
std::string http_reply(std::string_view target) {
  std::string name(between(target, "/lookup/", '/'));
  for (std::size_t at; (at = name.find("%2e")) != name.npos;) name.replace(at, 3, ".");
  return reply(target.substr(5, target.find_first_of("/?", 5) - 5), name);
}

// Answers requests on one connection, all of them or the first; each ends with an empty line, since PowerDNS
// asks by GET.
void converse_http(const Fd& fd, bool keep) {
  thread_local std::string buffer(65536, '\0');
  std::size_t filled = 0;
  for (ssize_t got; (got = ::recv(fd.get(), buffer.data() + filled, buffer.size() - filled, 0)) > 0;) {
    filled += static_cast<std::size_t>(got);
    const std::string_view request(buffer.data(), filled);
    if (!request.ends_with("\r\n\r\n")) continue;
    const std::string body = http_reply(between(request, "GET ", ' '));
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0 || !keep) return;
    filled = 0;
  }
}

void serve_closing(const Fd& listener) {
  const int corked = 1, seconds = 1;
  ::setsockopt(listener.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
  while (true) {
    const Fd fd(::accept(listener.get(), nullptr, nullptr));
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_CORK, &corked, sizeof corked);
    converse_http(fd, false);
  }
}

[[noreturn]] void serve(const Fd& listener, void (*converse)(Fd)) {
  while (true) {
    Fd fd(::accept(listener.get(), nullptr, nullptr));
    std::thread([converse, fd = std::move(fd)]() mutable { converse(std::move(fd)); }).detach();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 3) return 2;
  zone = words[2] + '.';
  if (words[0] == "unix") serve(failover::net::listen_unix(words[1]), converse_lines);
  const Fd listener = failover::net::listen_tcp(words[1]);
  if (words[0] == "kept") serve(listener, [](Fd fd) { converse_http(fd, true); });
  std::thread beside([&] { serve_closing(listener); });
  serve_closing(listener);
}
