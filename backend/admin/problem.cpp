#include "admin/problem.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace failover::admin {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

// Bytes of the UTF-8 sequence at the start of `text`, 0 where there is none (RFC 3629, 4).
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90, beyond = first == 0xF4 && second > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

int status_of(Code code) {
  switch (code) {
    case Code::malformed_json:
      return 400;
    case Code::unauthorized:
      return 401;
    case Code::forbidden:
      return 403;
    case Code::not_found:
      return 404;
    case Code::method_not_allowed:
      return 405;
    case Code::address_retired:
    case Code::address_taken:
    case Code::side_is_live:
    case Code::side_is_empty:
    case Code::no_web_head:
    case Code::group_has_stacks:
    case Code::stack_in_use:
    case Code::zone_has_groups:
    case Code::zone_overlaps:
    case Code::name_taken:
      return 409;
    case Code::stale:
      return 412;
    case Code::too_large:
      return 413;
    case Code::unsupported_media_type:
      return 415;
    case Code::invalid:
      return 422;
    case Code::slow_down:
      return 429;
    case Code::store_unavailable:
      return 503;
    case Code::internal_error:
      return 500;
  }
  return 500;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const auto bytes = sequence(text);
    if (bytes == 0)
      valid += "\xEF\xBF\xBD";
    else
      valid += text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return valid;
}

net::HttpReply problem(const Refusal& refusal, int status) {
  if (status == 0) status = status_of(refusal.code);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
  const auto text = [&out](std::string_view key, std::string_view value) {
    out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    const auto valid = valid_utf8(value);
    out.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  };
  out.StartObject();
  text("type", "about:blank");
  text("title", title_of(status));
  out.Key("status");
  out.Int(status);
  text("detail", refusal.detail);
  text("code", to_string(refusal.code));
  out.Key("errors");
  out.StartArray();
  for (const auto& mistake : refusal.mistakes) {
    out.StartObject();
    text("pointer", mistake.pointer);
    text("detail", mistake.detail);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  net::HttpReply reply{status, {{"Content-Type", "application/problem+json"}}, buffer.GetString()};
  if (refusal.code == Code::unauthorized) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (refusal.code == Code::slow_down) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

net::HttpReply json(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

net::HttpReply plain(int status, std::string body) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

}  // namespace failover::admin
