#include "ctl/url.hpp"

#include <arpa/inet.h>

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace failover::ctl {
namespace {

std::string encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

bool is_address(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const Failure wrong = usage_error("'" + std::string(text) +
                                    "' is no URL of failoverd. Write it as http://127.0.0.1:8380 or "
                                    "https://failover.example.net, with --url or in FAILOVER_URL.");
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || parsed->host().empty() || parsed->has_userinfo() || parsed->has_query() ||
      parsed->has_fragment())
    return wrong;
  Url url;
  const auto scheme = parsed->scheme_id();
  if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https) return wrong;
  url.tls = scheme == boost::urls::scheme::https;
  url.host = parsed->host_address();
  url.port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port())
             : url.tls                                     ? "443"
                                                           : "80";
  if (url.port.size() > 5 || std::stoul(url.port) == 0 || std::stoul(url.port) > 65535) return wrong;
  url.prefix = std::string(parsed->encoded_path());
  // Boost.URL 1.81 takes what is no port in "h.example:x" for a path.
  if (!url.prefix.empty() && url.prefix.front() != '/') return wrong;
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  return url;
}

std::string to_string(const Url& url) {
  const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  const bool usual = url.port == (url.tls ? "443" : "80");
  return (url.tls ? "https://" : "http://") + host + (usual ? "" : ":" + url.port) + url.prefix;
}

Result<HostPort> parse_address_port(std::string_view text, unsigned short default_port) {
  HostPort parsed{std::string(text), default_port};
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end != std::string_view::npos) {
      parsed.address = text.substr(1, end - 1);
      port = text.substr(end + 1);
    }
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    parsed.address = text.substr(0, colon);
    port = text.substr(colon);
  }
  bool valid = is_address(parsed.address);
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), parsed.port);
    valid = valid && port.front() == ':' && error == std::errc() && end == port.data() + port.size();
  }
  if (valid && parsed.port != 0) return parsed;
  return usage_error("'" + std::string(text) +
                     "' is no address and port. Write it as 127.0.0.1:53 or [::1]:53.");
}

std::string segment(std::string_view text) {
  // A dot segment would be taken out of the path (RFC 3986, 5.2.4).
  if (text == ".") return "%2E";
  if (text == "..") return "%2E%2E";
  return encoded(text);
}

std::string query(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    text += text.empty() ? '?' : '&';
    text += std::string(name) + "=" + encoded(value);
  }
  return text;
}

}  // namespace failover::ctl
