// From a group's zone and label to one 64-bit word, its answer: what a lookup waits for memory for. A place
// is 16 bytes, so one wait is all where the label is of the form that is drawn (414-262-781), which the key
// holds in full; another label costs one more.
//
// Open addressing with linear probing. Dropped places are never taken again: a reader's probe must not end
// early. Readers: any thread, without waiting, for as long as the index stands (epoch.hpp). Writer: one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.hpp"

namespace failover {

// A label of another form. The index points to it and does not own it.
struct OwnLabel {
  ZoneNo zone;
  std::string text;
};

class GroupIndex {
 public:
  // `places` is a power of two.
  explicit GroupIndex(std::size_t places) : places_(places) {}

  std::size_t size() const { return places_.size(); }

  // Where the group's word stands; nullptr: there is no such group.
  std::atomic<std::uint64_t>* find(ZoneNo zone, std::string_view label) const;

  // The groups of a zone, in no order. The label is good until `visit` returns.
  void each(
      ZoneNo zone,
      const std::function<void(std::string_view label, const std::atomic<std::uint64_t>& word)>& visit) const;

  // --- The writer.
  // A group that is not there yet, while at least one place was never taken.
  void add(ZoneNo zone, std::string_view label, std::uint64_t word);

  // Every group of `other`, which goes on being read.
  void add_all(const GroupIndex& other);

  // A group that is there. What was pointed to for it: to be freed when no reader looks at it; nullptr where
  // nothing was.
  std::unique_ptr<const OwnLabel> drop(ZoneNo zone, std::string_view label);

  // Frees all that is pointed to. Nobody may look at it any more.
  void clear();

 private:
  // `key` does not change once it is there, but to `dropped`. `word` is there before it.
  struct alignas(16) Place {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::uint64_t> word{0};
  };
  struct Wanted;

  Place* place_of(ZoneNo zone, std::string_view label) const;
  void add(std::uint64_t key, std::uint64_t hash, std::uint64_t word);

  mutable std::vector<Place> places_;
};

}  // namespace failover
