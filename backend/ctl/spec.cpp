#include "ctl/spec.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "ctl/body.hpp"

namespace failover::ctl {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Also what was meant as an address and is none, 192.0.2.999: the server then says so.
bool looks_like_address(std::string_view text) {
  return text.find(':') != std::string_view::npos ||
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Result<ServerSpec> parse_server(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return usage_error("--server '" + std::string(text) + "': " + why +
                       ". Write it as web1=192.0.2.10,2001:db8::10 or lb1:load_balancer=lb.example.net.");
  };
  const auto equals = text.find('=');
  std::string_view name = text.substr(0, equals);
  ServerSpec server;
  server.role = "web";
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    server.role = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  server.name = name;
  if (name.empty()) return wrong("it has no name");
  if (server.role != "web" && server.role != "load_balancer" && server.role != "other")
    return wrong("the role is web, load_balancer or other");
  if (equals == std::string_view::npos) return server;
  for (auto& where : split(text.substr(equals + 1), ',')) {
    if (looks_like_address(where))
      server.addresses.push_back(std::move(where));
    else if (server.hostname.empty())
      server.hostname = std::move(where);
    else
      return wrong("it has two hostnames");
  }
  return server;
}

std::string to_json(const ServerSpec& server, bool with_name) {
  Body body;
  if (with_name) body.text("name", server.name);
  body.text("role", server.role);
  if (!server.addresses.empty()) body.texts("addresses", server.addresses);
  return body.given("hostname", server.hostname).done();
}

Result<std::string> nameserver_json(std::string_view text) {
  const auto equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (name.empty())
    return usage_error("--nameserver '" + std::string(text) +
                       "' has no name. Write it as ns1.failover.example=192.0.2.53,2001:db8::53.");
  const auto addresses =
      equals == std::string_view::npos ? std::vector<std::string>{} : split(text.substr(equals + 1), ',');
  return Body().text("name", name).texts("addresses", addresses).done();
}

Result<std::string> record_json(std::string_view text) {
  const auto word = [&text] {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto taken = text.substr(0, text.find(' '));
    text.remove_prefix(taken.size());
    return std::string(taken);
  };
  const std::string whole(text);
  const std::string name = word();
  const std::string type = word();
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string_view ttl;
  if (const auto last = text.rfind(' '); last != std::string_view::npos && is_number(text.substr(last + 1))) {
    ttl = text.substr(last + 1);
    text = text.substr(0, text.find_last_not_of(' ', last) + 1);
  }
  if (text.empty())
    return usage_error("--record '" + whole +
                       "' is no record. Write it as 'www.failover.example A 192.0.2.1 60'.");
  Body body;
  body.text("name", name).text("type", type).text("content", std::string(text));
  if (!ttl.empty()) body.number("ttl", static_cast<unsigned>(std::stoul(std::string(ttl))));
  return body.done();
}

Result<std::string> read_body(const std::string& path, const char* member) {
  std::ifstream file;
  if (path != "-") file.open(path);
  std::istream& in = path == "-" ? std::cin : file;
  const std::string name = path == "-" ? "standard input" : path;
  if (!in)
    return usage_error("cannot read " + name + ": " + std::strerror(errno) +
                       ". Check its path and who may read it.");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  rapidjson::Document json;
  json.Parse(text.data(), text.size());
  if (json.HasParseError())
    return usage_error(name + " holds no JSON: " + rapidjson::GetParseError_En(json.GetParseError()) +
                       " At byte " + std::to_string(json.GetErrorOffset()) + ".");
  if (json.IsArray()) return Body().json(member, text).done();
  if (!json.IsObject())
    return usage_error(name + " holds no JSON object. Write it as the API shows the resource.");
  return text;
}

}  // namespace failover::ctl
