// Asks as fast as it is answered, on several connections at once, and prints the requests answered a second.
//
//   drive lines PATH CONNECTIONS SECONDS FILE        requests to a unix socket, answered by a line each
//   drive http ADDR:PORT CONNECTIONS SECONDS FILE    HTTP/1.1 requests on kept connections
//
// FILE holds one request a line; in the HTTP ones \r and \n stand for the characters. A connection starts at
// a place of its own and goes round.
//
// It waits in poll() as PowerDNS does (modules/remotebackend/unixconnector.cc, recv_message). In recv() it
// would be woken twice a request: Linux wakes a unix socket's reader also when what it sent was taken.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "net/fd.hpp"

namespace {

using failover::net::Fd;

Fd connect_to(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos) {
    Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un place{AF_UNIX, {}};
    address.copy(place.sun_path, sizeof place.sun_path - 1);
    return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 ? std::move(fd) : Fd();
  }
  Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &place.sin_addr);
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 ? std::move(fd) : Fd();
}

bool is_whole(std::string_view reply, bool http) {
  if (!http) return reply.ends_with('\n');
  const auto head = reply.find("\r\n\r\n");
  const auto length = reply.find("Content-Length: ");
  if (head == reply.npos) return false;
  return length == reply.npos ||
         reply.size() >= head + 4 + std::stoul(std::string(reply.substr(length + 16, 8)));
}

std::uint64_t ask(const std::string& address, const std::vector<std::string>& requests, std::size_t from,
                  bool http, const std::atomic<bool>& done) {
  const Fd fd = connect_to(address);
  std::string buffer(1 << 20, '\0');
  std::uint64_t count = 0;
  for (; fd && !done; ++count) {
    const std::string& request = requests[(from + count) % requests.size()];
    if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) break;
    std::size_t filled = 0;
    do {
      pollfd waiting{fd.get(), POLLIN, 0};
      ::poll(&waiting, 1, -1);
      const ssize_t got = ::recv(fd.get(), buffer.data() + filled, buffer.size() - filled, 0);
      if (got <= 0) return count;
      filled += static_cast<std::size_t>(got);
    } while (!is_whole({buffer.data(), filled}, http));
    if (http && buffer.compare(9, 1, "2") != 0) return std::cerr << buffer.substr(0, filled) << '\n', count;
  }
  return count;
}

void put_back(std::string& text, std::string_view written, char meant) {
  for (std::size_t at; (at = text.find(written)) != text.npos;) text.replace(at, written.size(), 1, meant);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const bool http = std::string(argv[1]) == "http";
  const int connections = std::stoi(argv[3]);
  std::vector<std::string> requests;
  std::ifstream file(argv[5]);
  for (std::string line; std::getline(file, line);) {
    if (http) put_back(line, "\\r", '\r'), put_back(line, "\\n", '\n');
    requests.push_back(http ? line : line + '\n');
  }
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> count{0};
  std::vector<std::thread> threads;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back(
        [&, from = requests.size() / static_cast<std::size_t>(connections) * static_cast<std::size_t>(i)] {
          count += ask(argv[2], requests, from, http, done);
        });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(std::stod(argv[4])));
  done = true;
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << static_cast<double>(count) / took.count() << '\n';
}
