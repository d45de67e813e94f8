// What is answered: for every name its records. Read by the DNS side from many threads without ever waiting;
// written by control's thread, one change at a time, in time that does not depend on the table's size.
//
// What a group answers is one 64-bit word (its live stack and TTL), so that a flip is one store and is seen
// whole (group_index.hpp).
// Zones and stacks' answers are immutable and replaced; what was replaced is freed when no reader looks at it
// (epoch.hpp).
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/change.hpp"
#include "core/epoch.hpp"
#include "core/group_index.hpp"
#include "core/state.hpp"

namespace failover {

// For looking up a string by a view of it.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};
template <class Value>
using ByName = boost::unordered_flat_map<std::string, Value, NameHash, std::equal_to<>>;

// A zone's own part of the answers. Immutable once in the table.
struct ZoneAnswers {
  ZoneNo no;
  std::string name;
  std::string soa_mname, soa_rname;
  std::uint16_t ttl, negative_ttl;
  // By full name, the apex included (without its SOA); an empty list is an empty non-terminal: exists, no
  // data.
  ByName<std::vector<Record>> names;
};

// What one name answers. Good until the reader leaves.
struct Found {
  const ZoneAnswers* zone = nullptr;  // the zone that holds the name; nullptr: none here does
  std::uint32_t serial = 0;           // that zone's
  bool exists = false;                // false: NXDOMAIN. true with no records: NODATA
  bool is_apex = false;               // the SOA comes first, besides `records`
  std::span<const Record> records;
  std::uint16_t ttl = 0;  // not 0: goes in place of each record's own
};

class Table {
 public:
  Table();
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // --- Readers: any thread, one Reader each.
  class Reader {
   public:
    explicit Reader(const Table& table) : table_(table), place_(table.epoch_) {}

    // `name` in lower case without a trailing dot. Ends what the last call found.
    Found find(std::string_view name);

    // The zones, in no order; `visit(zone, serial)`. Ends what the last call found.
    void each_zone(const std::function<void(const ZoneAnswers& zone, std::uint32_t serial)>& visit);

    // Every name of a zone and what it answers, the apex first; false where there is no such zone. The serial
    // is read before any record, so that whoever copies an answer that changes meanwhile hears of a later
    // serial. Ends what the last call found.
    bool each_name(std::string_view zone,
                   const std::function<void(std::string_view name, const Found&)>& visit);

    // What was found is no longer needed.
    void leave() { place_.leave(); }

   private:
    const Table& table_;
    Epoch::Reader place_;
  };

  // --- The writer: control's thread.
  // Everything that is registered, at start, into an empty table.
  void load(const State& state);
  // Readers that start after this returns see the change.
  void apply(const Change& change);

  // Any thread. The revision is that of the last change readers can see.
  Revision revision() const { return revision_.load(std::memory_order_acquire); }
  std::size_t group_count() const { return group_count_.load(std::memory_order_relaxed); }

 private:
  struct ZoneSlot;
  struct StackAnswer;
  struct StackSlots;
  using Directory = ByName<ZoneSlot*>;

  Found found_group(std::uint64_t live, const ZoneAnswers& zone, std::uint32_t serial) const;

  void put_zone(const Zone& zone);
  void drop_zone(const Zone& zone);
  void put_stack(StackNo no, std::unique_ptr<const StackAnswer> answer);
  void put_group(const Group& group);
  void drop_group(const Group& group);
  void make_room(std::size_t groups);
  void publish_directory();

  mutable Epoch epoch_;
  std::atomic<const Directory*> directory_;
  std::atomic<GroupIndex*> groups_;  // at most 5/8 full; the writer replaces it whole to grow
  std::atomic<const StackSlots*> stacks_;
  std::atomic<std::size_t> group_count_{0};
  std::atomic<Revision> revision_{0};
  std::map<ZoneNo, std::unique_ptr<ZoneSlot>> zones_;  // the writer's
  std::size_t used_ = 0;                               // places of groups_ that were ever taken; the writer's
};

}  // namespace failover
