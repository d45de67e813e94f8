// Everything that is registered and committed, in memory: what rules are checked against and the API reads.
// Questions are not answered from here (table.hpp).
//
// Not synchronised: control owns it, writes it from its one thread and guards it with a lock.
// Memory: about 220 bytes a group with two stacks.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <memory>
#include <set>

#include "core/change.hpp"
#include "core/view.hpp"

namespace failover {

class State final : public View {
 public:
  State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // For the store at start: what it holds, in this order: zones, stacks, groups, tokens, the rest.
  void load(Zone zone);
  void load(Stack stack);
  void load(Group group);  // fastest in order of address
  void load(Token token);
  void load_retired(std::string_view zone, std::string_view label);
  void load_serial(std::string_view zone, std::uint32_t serial);
  void load_revision(Revision revision) { revision_ = revision; }

  // A change that is durable. Its revision is the next one. Takes time in proportion to the change alone.
  void apply(const Change& change);

  Revision revision() const override { return revision_; }
  const Zone* zone(ZoneNo no) const override;
  const Zone* zone(std::string_view name) const override;
  const Stack* stack(StackNo no) const override;
  const Stack* stack(std::string_view id_or_name) const override;
  const Group* group(const GroupKey& key) const override;
  const Token* token(std::string_view id) const override;
  bool is_retired(std::string_view zone, std::string_view label) const override;
  std::uint32_t last_serial(std::string_view zone) const override;
  void each_zone(const std::function<bool(const Zone&)>& visit) const override;  // in order of name
  void each_stack(const std::function<bool(const Stack&)>& visit) const override;
  void each_group_of(StackNo stack, const std::function<bool(const Group&)>& visit) const override;
  std::size_t group_count(ZoneNo zone) const override;
  ZoneNo next_zone_no() const override { return next_zone_; }
  StackNo next_stack_no() const override { return next_stack_; }

  // Beyond View: what only readers of the API need.
  const Token* token_by_hash(const TokenHash& hash) const;
  void each_token(const std::function<bool(const Token&)>& visit) const;  // in order of id

  // Groups in order of full address, those after `after` (a full address; "" is all).
  void each_group_after(std::string_view after, const std::function<bool(const Group&)>& visit) const;
  // Stacks in order of name, those after `after`.
  void each_stack_after(std::string_view after, const std::function<bool(const Stack&)>& visit) const;
  // Retired addresses in order of label, those after `after` (a full address).
  void each_retired_after(
      std::string_view after,
      const std::function<bool(std::string_view zone, std::string_view label)>& visit) const;

  std::size_t zone_count() const { return zones_.size(); }
  std::size_t stack_count() const { return stacks_.size(); }
  std::size_t group_count() const { return groups_.size(); }
  std::size_t retired_count() const { return retired_.size(); }

 private:
  struct Place {
    std::string_view label, zone;
  };
  // Compares as "label.zone" without making it.
  struct ByAddress {
    using is_transparent = void;
    const State* state;
    bool operator()(const Group& a, const Group& b) const;
    bool operator()(const Group& a, const Place& b) const;
    bool operator()(const Place& a, const Group& b) const;
  };
  struct StackEntry {
    Stack stack;
    boost::unordered_flat_set<const Group*> groups;
  };
  struct ZoneEntry {
    Zone zone;
    std::size_t groups = 0;
  };

  void apply(const Touched<Zone>& touched);
  void apply(const Touched<Stack>& touched);  // a stack's tokens go with it
  void apply(const Touched<Group>& touched);
  void apply(const Touched<Token>& touched);
  void apply(const Retired& retired);
  Place place(const Group& group) const;
  StackEntry* entry(StackNo no) const;

  Revision revision_ = 0;
  ZoneNo next_zone_ = 1;
  StackNo next_stack_ = 1;
  std::map<ZoneNo, ZoneEntry> zones_;
  std::map<std::string, ZoneNo, std::less<>> zones_by_name_;
  std::map<std::string, std::uint32_t, std::less<>> serials_;  // of every zone there ever was
  boost::unordered_flat_map<StackNo, std::unique_ptr<StackEntry>> stacks_;
  std::map<std::string, StackNo, std::less<>> stacks_by_name_, stacks_by_id_;
  std::set<Group, ByAddress> groups_;
  std::set<std::pair<std::string, std::string>, std::less<>> retired_;  // label, zone
  std::map<std::string, Token, std::less<>> tokens_;
  std::map<TokenHash, std::string> tokens_by_hash_;
};

}  // namespace failover
