// DNS names as this program keeps them: lower case, presentation form, no trailing dot. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace failover {

// ASCII only; other bytes stay as they are (RFC 4343).
std::string lower(std::string_view text);

// A host label in any case: 1 to 63 of letters, digits and hyphens, no hyphen at either end (RFC 1123, 2.1).
bool is_label(std::string_view text);

// A name of host labels, at least `least` of them, at most 253 bytes, a trailing dot allowed: lower case
// without the dot; nullopt where it is none.
std::optional<std::string> host_name(std::string_view text, int least = 2);

// The same for the owner of a record, whose labels may also hold underscores (RFC 8552).
std::optional<std::string> owner_name(std::string_view text);

// True where `name` is `zone` or lies below it. Both as kept here.
bool is_within(std::string_view name, std::string_view zone);

// As names are kept: in lower case, without the last dot.
std::string kept_form(std::string_view name);

// "shop" of "shop.failover.example"; the whole text where it has no dot.
std::string_view first_label(std::string_view name);

// What follows the first dot, "" where there is none.
std::string_view parent(std::string_view name);

// Canonical text of a unicast IPv4 or IPv6 address (RFC 5952), nullopt where it is none: unspecified,
// multicast, broadcast, 240.0.0.0/4 and IPv4-mapped addresses are refused; loopback, link-local and private
// ones are not.
std::optional<std::string> unicast_address(std::string_view text);

// For an address that unicast_address returned.
inline bool is_ipv6(std::string_view address) { return address.find(':') != std::string_view::npos; }

}  // namespace failover
