#include "core/model.hpp"

#include <utility>

namespace failover {
namespace {

template <class Value>
using Word = std::pair<Value, std::string_view>;

constexpr Word<Side> sides[] = {{Side::none, "none"}, {Side::primary, "primary"}, {Side::backup, "backup"}};
constexpr Word<Role> roles[] = {
    {Role::web, "web"}, {Role::load_balancer, "load_balancer"}, {Role::other, "other"}};
constexpr Word<FailoverStatus> statuses[] = {
    {FailoverStatus::none, "none"}, {FailoverStatus::offline, "offline"}, {FailoverStatus::online, "online"}};
constexpr Word<TokenRole> token_roles[] = {{TokenRole::viewer, "viewer"},
                                           {TokenRole::operator_, "operator"},
                                           {TokenRole::admin, "admin"},
                                           {TokenRole::stack, "stack"}};
constexpr Word<Type> types[] = {
    {Type::A, "A"},     {Type::NS, "NS"},     {Type::CNAME, "CNAME"}, {Type::SOA, "SOA"}, {Type::MX, "MX"},
    {Type::TXT, "TXT"}, {Type::AAAA, "AAAA"}, {Type::SRV, "SRV"},     {Type::ANY, "ANY"}, {Type::CAA, "CAA"}};

template <class Value, std::size_t n>
std::string_view word_of(const Word<Value> (&words)[n], Value value) {
  for (const auto& [known, word] : words) {
    if (known == value) return word;
  }
  return "";
}

template <class Value, std::size_t n>
std::optional<Value> value_of(const Word<Value> (&words)[n], std::string_view word) {
  for (const auto& [value, known] : words) {
    if (known == word) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Side side) { return word_of(sides, side); }
std::string_view to_string(Role role) { return word_of(roles, role); }
std::string_view to_string(FailoverStatus status) { return word_of(statuses, status); }
std::string_view to_string(TokenRole role) { return word_of(token_roles, role); }
std::string_view to_string(Type type) { return word_of(types, type); }
std::optional<Side> side_from(std::string_view word) { return value_of(sides, word); }
std::optional<Role> role_from(std::string_view word) { return value_of(roles, word); }
std::optional<TokenRole> token_role_from(std::string_view word) { return value_of(token_roles, word); }
std::optional<Type> type_from(std::string_view word) { return value_of(types, word); }

}  // namespace failover
