// What stands, and over it what has been decided and is not yet durable: the next decision of the same commit
// must see the one before, and readers must not. Thrown away when the commit fails.
//
// Used by control's thread alone. Holds a reference to its base, which must not change meanwhile.
#pragma once

#include <map>
#include <set>

#include "core/change.hpp"
#include "core/view.hpp"

namespace failover {

class Draft final : public View {
 public:
  explicit Draft(const View& base) : base_(base), revision_(base.revision()) {}

  // The change's revision has to be the next one.
  void add(const Change& change);

  Revision revision() const override { return revision_; }
  const Zone* zone(ZoneNo no) const override;
  const Zone* zone(std::string_view name) const override;
  const Stack* stack(StackNo no) const override;
  const Stack* stack(std::string_view id_or_name) const override;
  const Group* group(const GroupKey& key) const override;
  const Token* token(std::string_view id) const override;
  bool is_retired(std::string_view zone, std::string_view label) const override;
  std::uint32_t last_serial(std::string_view zone) const override;
  void each_zone(const std::function<bool(const Zone&)>& visit) const override;
  void each_stack(const std::function<bool(const Stack&)>& visit) const override;
  void each_group_of(StackNo stack, const std::function<bool(const Group&)>& visit) const override;
  std::size_t group_count(ZoneNo zone) const override;
  ZoneNo next_zone_no() const override { return next_zone_ != 0 ? next_zone_ : base_.next_zone_no(); }
  StackNo next_stack_no() const override { return next_stack_ != 0 ? next_stack_ : base_.next_stack_no(); }

 private:
  using Place = std::pair<ZoneNo, std::string>;  // a GroupKey that a map can order

  void add(const Touched<Zone>& touched);
  void add(const Touched<Stack>& touched);
  void add(const Touched<Group>& touched);
  void add(const Touched<Token>& touched);
  void add(const Retired& retired);

  const View& base_;
  Revision revision_;
  ZoneNo next_zone_ = 0;    // 0: as the base has it
  StackNo next_stack_ = 0;  // likewise
  // Empty means deleted.
  std::map<ZoneNo, std::optional<Zone>> zones_;
  std::map<StackNo, std::optional<Stack>> stacks_;
  std::map<Place, std::optional<Group>> groups_;
  std::map<std::string, std::optional<Token>, std::less<>> tokens_;
  std::set<std::pair<std::string, std::string>> retired_;  // zone, label
  std::map<std::string, std::uint32_t, std::less<>> serials_;
};

}  // namespace failover
