#include "core/name.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace failover {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_owner_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_';
  });
}

// 253 bytes of text are the 255 of RFC 1035, 2.3.4.
std::optional<std::string> name_of(std::string_view text, int least, bool (*accepts)(std::string_view)) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > 253) return std::nullopt;
  int labels = 0;
  for (std::string_view rest = text;; rest = parent(rest)) {
    if (!accepts(first_label(rest))) return std::nullopt;
    ++labels;
    if (rest.find('.') == std::string_view::npos) break;
  }
  if (labels < least) return std::nullopt;
  return lower(text);
}

// What is no unicast address, by prefix.
bool is_refused(const in_addr& address) {
  const std::uint32_t host = ntohl(address.s_addr);
  return host == 0 || host >= 0xe0000000;  // unspecified; 224.0.0.0/4, 240.0.0.0/4 and broadcast
}

bool is_refused(const in6_addr& address) {
  return IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_MULTICAST(&address) ||
         IN6_IS_ADDR_V4MAPPED(&address);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string kept_form(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower(name);
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

std::optional<std::string> host_name(std::string_view text, int least) {
  return name_of(text, least, is_label);
}

std::optional<std::string> owner_name(std::string_view text) { return name_of(text, 1, is_owner_label); }

bool is_within(std::string_view name, std::string_view zone) {
  return name == zone ||
         (name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.');
}

std::string_view first_label(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view parent(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

std::optional<std::string> unicast_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> given{}, canonical{};
  if (text.empty() || text.size() >= given.size() || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), given.begin());
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, given.data(), &v4) == 1) {
    if (is_refused(v4)) return std::nullopt;
    inet_ntop(AF_INET, &v4, canonical.data(), canonical.size());
  } else if (inet_pton(AF_INET6, given.data(), &v6) == 1) {
    if (is_refused(v6)) return std::nullopt;
    inet_ntop(AF_INET6, &v6, canonical.data(), canonical.size());
  } else {
    return std::nullopt;
  }
  return std::string(canonical.data());
}

}  // namespace failover
