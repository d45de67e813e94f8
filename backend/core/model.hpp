// The words of the domain: zones, stacks, groups, tokens, as plain values. What they mean stands in
// README.md, what they may hold in rules.hpp.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace failover {

// The number of a committed change: 1, 2, 3, ... without gaps; 0 is the empty store.
using Revision = std::int64_t;
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Numbers that stand for a zone or a stack inside the program and in the store, never outside. 0 is none.
using ZoneNo = std::uint32_t;
using StackNo = std::uint32_t;

enum class Side : std::uint8_t { none, primary, backup };
enum class Role : std::uint8_t { web, load_balancer, other };
enum class FailoverStatus : std::uint8_t { none, offline, online };
enum class TokenRole : std::uint8_t { viewer, operator_, admin, stack };

// RFC 1035, 3.2.2 and its successors; the numbers of the wire.
enum class Type : std::uint16_t {
  A = 1,
  NS = 2,
  CNAME = 5,
  SOA = 6,
  MX = 15,
  TXT = 16,
  AAAA = 28,
  SRV = 33,
  ANY = 255,
  CAA = 257
};

// The words of the API and of DNS: "primary", "load_balancer", "online", "operator", "AAAA". Reading an
// unknown word gives nullopt.
std::string_view to_string(Side side);
std::string_view to_string(Role role);
std::string_view to_string(FailoverStatus status);
std::string_view to_string(TokenRole role);
std::string_view to_string(Type type);
std::optional<Side> side_from(std::string_view word);
std::optional<Role> role_from(std::string_view word);
std::optional<TokenRole> token_role_from(std::string_view word);
std::optional<Type> type_from(std::string_view word);

constexpr Side other(Side side) {
  return side == Side::primary ? Side::backup : side == Side::backup ? Side::primary : Side::none;
}

// One resource record without its owner. `content` is presentation form, names in it without a trailing dot.
struct Record {
  Type type;
  std::string content;
  std::uint32_t ttl;
  auto operator<=>(const Record&) const = default;
};

// One machine or load balancer. `addresses` are canonical (name.hpp), in the order registered. `hostname` ""
// is none.
struct Server {
  std::string name;
  Role role;
  std::vector<std::string> addresses;
  std::string hostname;
  bool operator==(const Server&) const = default;
};

struct Stack {
  StackNo no = 0;
  std::string id;  // "stk_" and 13 characters, forever
  std::string name;
  std::vector<Server> servers;  // in the order registered
  Revision revision = 0;
  Time created_at, updated_at;
};

// A million of these stand in memory: keep it small.
struct Group {
  std::string label;
  std::string name;
  ZoneNo zone = 0;
  StackNo primary = 0;
  StackNo backup = 0;
  std::uint16_t ttl = 0;  // 0: the zone's
  Side live = Side::none;
  Revision revision = 0;
  Time created_at, updated_at;
  Time live_since;  // when `live` last became what it is

  StackNo stack_at(Side side) const {
    return side == Side::primary ? primary : side == Side::backup ? backup : 0;
  }
  StackNo live_stack() const { return stack_at(live); }
};

struct Nameserver {
  std::string name;
  std::vector<std::string> addresses;  // served only where the name lies in the zone
  bool operator==(const Nameserver&) const = default;
};

// A zone's own record. `name` is a full name inside the zone, the apex included.
struct OwnRecord {
  std::string name;
  Record record;
  auto operator<=>(const OwnRecord&) const = default;
};

struct Zone {
  ZoneNo no = 0;
  std::string name;
  std::vector<Nameserver> nameservers;  // by name; the first is the SOA's
  std::string hostmaster;
  std::uint16_t ttl = 60;
  std::uint16_t negative_ttl = 30;
  std::vector<OwnRecord> records;
  std::uint32_t serial = 0;  // rises with every change that alters an answer, by whatever it was altered
  Revision revision = 0;     // of the settings above alone
  Time created_at, updated_at;
};

// BLAKE2b of a token's secret (libsodium's crypto_generichash); the secret itself is kept nowhere.
using TokenHash = std::array<unsigned char, 32>;

struct Token {
  std::string id;  // "tok_" and 13 characters
  std::string name;
  TokenRole role = TokenRole::viewer;
  StackNo stack = 0;  // the one stack a `stack` token is for, else 0
  std::optional<Time> expires_at;
  TokenHash hash{};
  Revision revision = 0;
  Time created_at;
};

// A group's place: every label once in a zone. `address` is "label.zone".
struct GroupKey {
  ZoneNo zone = 0;
  std::string label;
  bool operator==(const GroupKey&) const = default;
};

}  // namespace failover
