#include "core/group_index.hpp"

#include <optional>

namespace failover {
namespace {

// A key is
//   0                        nothing, ever
//   1                        a group that was dropped
//   bit 63, zone, number     a label as it is drawn: 32 bits and 30
//   tag, pointer             an OwnLabel: 15 bits of its hash, which spare most looks at the wrong
//                            one, and the 48 that a pointer of 64-bit machines has
constexpr std::uint64_t dropped = 1, drawn = std::uint64_t{1} << 63;
constexpr int number_bits = 30, pointer_bits = 48;
constexpr std::uint64_t pointer_mask = (std::uint64_t{1} << pointer_bits) - 1;

// "414-262-781" is 414262781.
std::optional<std::uint64_t> number_in(std::string_view label) {
  if (label.size() != 11 || label[3] != '-' || label[7] != '-') return std::nullopt;
  std::uint64_t number = 0;
  for (const std::size_t at : {0, 1, 2, 4, 5, 6, 8, 9, 10}) {
    const auto digit = static_cast<unsigned char>(label[at] - '0');
    if (digit > 9) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

std::string label_of(std::uint64_t number) {
  const std::string digits = std::to_string(1'000'000'000 + number);
  return digits.substr(1, 3) + '-' + digits.substr(4, 3) + '-' + digits.substr(7, 3);
}

std::uint64_t number_of(std::uint64_t key) { return key & ((std::uint64_t{1} << number_bits) - 1); }
ZoneNo zone_of(std::uint64_t key) { return static_cast<ZoneNo>(key >> number_bits); }

const OwnLabel* own_label(std::uint64_t key) {
  return key == 0 || key == dropped || (key & drawn) != 0
             ? nullptr
             : reinterpret_cast<const OwnLabel*>(key & pointer_mask);
}

// Fibonacci hashing, and its better half brought down.
std::uint64_t spread(std::uint64_t key) {
  const std::uint64_t product = key * 0x9e3779b97f4a7c15;
  return product ^ product >> 32;
}

std::uint64_t hash_of(ZoneNo zone, std::string_view label) {
  return spread(std::hash<std::string_view>{}(label) ^ zone);
}

std::uint64_t tag_of(std::uint64_t hash) { return hash >> 49 << pointer_bits; }

}  // namespace

// What a group's key looks like: all of it for a drawn label, its tag for another.
struct GroupIndex::Wanted {
  Wanted(ZoneNo of_zone, std::string_view of_label) : zone(of_zone), label(of_label) {
    const auto number = number_in(label);
    is_drawn = number.has_value();
    hash = is_drawn ? 0 : hash_of(zone, label);
    key = is_drawn ? drawn | std::uint64_t{zone} << number_bits | *number : tag_of(hash);
    if (is_drawn) hash = spread(key);
  }
  bool is(std::uint64_t other) const {
    if (is_drawn) return other == key;
    if ((other & ~pointer_mask) != key) return false;
    const OwnLabel* own = own_label(other);
    return own != nullptr && own->zone == zone && own->text == label;
  }

  ZoneNo zone;
  std::string_view label;
  std::uint64_t key, hash;
  bool is_drawn;
};

GroupIndex::Place* GroupIndex::place_of(ZoneNo zone, std::string_view label) const {
  const Wanted wanted(zone, label);
  const std::size_t mask = places_.size() - 1;
  for (std::size_t i = wanted.hash & mask;; i = (i + 1) & mask) {
    const std::uint64_t key = places_[i].key.load();
    if (key == 0) return nullptr;
    if (wanted.is(key)) return &places_[i];
  }
}

std::atomic<std::uint64_t>* GroupIndex::find(ZoneNo zone, std::string_view label) const {
  Place* place = place_of(zone, label);
  return place == nullptr ? nullptr : &place->word;
}

void GroupIndex::each(
    ZoneNo zone,
    const std::function<void(std::string_view label, const std::atomic<std::uint64_t>& word)>& visit) const {
  for (const Place& place : places_) {
    const std::uint64_t key = place.key.load();
    if ((key & drawn) != 0) {
      if (zone_of(key) == zone) visit(label_of(number_of(key)), place.word);
    } else if (const OwnLabel* own = own_label(key); own != nullptr && own->zone == zone) {
      visit(own->text, place.word);
    }
  }
}

void GroupIndex::add(std::uint64_t key, std::uint64_t hash, std::uint64_t word) {
  const std::size_t mask = places_.size() - 1;
  std::size_t i = hash & mask;
  while (places_[i].key.load(std::memory_order_relaxed) != 0) i = (i + 1) & mask;
  places_[i].word.store(word);
  places_[i].key.store(key);
}

void GroupIndex::add(ZoneNo zone, std::string_view label, std::uint64_t word) {
  const Wanted wanted(zone, label);
  std::uint64_t key = wanted.key;
  if (!wanted.is_drawn) key |= reinterpret_cast<std::uintptr_t>(new OwnLabel{zone, std::string(label)});
  add(key, wanted.hash, word);
}

void GroupIndex::add_all(const GroupIndex& other) {
  for (const Place& place : other.places_) {
    const std::uint64_t key = place.key.load(), word = place.word.load();
    if ((key & drawn) != 0)
      add(key, spread(key), word);
    else if (const OwnLabel* own = own_label(key))
      add(key, hash_of(own->zone, own->text), word);
  }
}

std::unique_ptr<const OwnLabel> GroupIndex::drop(ZoneNo zone, std::string_view label) {
  return std::unique_ptr<const OwnLabel>(own_label(place_of(zone, label)->key.exchange(dropped)));
}

void GroupIndex::clear() {
  for (Place& place : places_) delete own_label(place.key.exchange(dropped));
}

}  // namespace failover
