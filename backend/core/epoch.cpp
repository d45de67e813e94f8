#include "core/epoch.hpp"

#include <algorithm>
#include <stdexcept>

namespace failover {

Epoch::~Epoch() = default;

Epoch::Reader::Reader(Epoch& epoch) : epoch_(epoch), place_(nullptr) {
  for (Place& place : epoch.places_) {
    std::uint64_t expected = free_place;
    if (place.since.compare_exchange_strong(expected, idle)) {
      place_ = &place.since;
      return;
    }
  }
  throw std::length_error("every reader's place is taken");
}

Epoch::Reader::~Reader() { place_->store(free_place, std::memory_order_release); }

// A reader whose `since` is later than a retirement has started after it, and so cannot have found the
// retired thing: both its store of `since` and its loads of pointers are in the one order of sequentially
// consistent operations.
void Epoch::sweep() {
  std::uint64_t oldest = idle;
  for (const Place& place : places_) {
    const std::uint64_t since = place.since.load(std::memory_order_seq_cst);
    if (since != free_place) oldest = std::min(oldest, since);
  }
  std::erase_if(retired_, [oldest](const Garbage& garbage) { return garbage.since < oldest; });
}

}  // namespace failover
