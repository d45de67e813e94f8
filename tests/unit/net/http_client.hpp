// A plain HTTP/1.1 client for tests: one request after the other on one connection, and nothing hidden.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "net/peer.hpp"

namespace failover::net {

struct ClientReply {
  int status = 0;                              // 0: the connection ended before a reply
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// `connection` has line() and exactly(n), as Peer.
template <class Connection>
ClientReply read_reply(Connection& connection, bool has_body = true) {
  ClientReply reply;
  const auto status = connection.line();
  if (!status.starts_with("HTTP/1.1 ")) return reply;
  reply.status = std::stoi(status.substr(9));
  for (auto line = connection.line(); line != "\r" && !line.empty(); line = connection.line()) {
    std::string name = line.substr(0, line.find(':'));
    std::ranges::transform(name, name.begin(), ::tolower);
    reply.headers[name] = line.substr(line.find(": ") + 2, line.size() - line.find(": ") - 3);
  }
  if (reply.status == 100) return read_reply(connection, has_body);
  if (!has_body || reply.status == 204 || reply.status == 304) return reply;
  if (reply.headers["transfer-encoding"] == "chunked") {
    while (const auto size = std::stoul(connection.line(), nullptr, 16)) {
      reply.body += connection.exactly(size);
      connection.exactly(2);
    }
    connection.exactly(2);
  } else if (reply.headers.contains("content-length")) {
    reply.body = connection.exactly(std::stoul(reply.headers["content-length"]));
  }
  return reply;
}

// A request's text. `headers` are whole lines with "\r\n".
inline std::string request(std::string_view method, std::string_view target, std::string_view headers = "",
                           std::string_view body = "") {
  std::string text =
      std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace failover::net
