// Freeing what readers may still be looking at, without making them wait: epoch-based reclamation. A reader
// says when it starts and ends looking; a writer that has unlinked something hands it here, and it is freed
// once every reader that was looking then has ended.
//
// Readers: any thread, wait-free, one Reader object a thread. Writer: one thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace failover {

class Epoch {
 public:
  static constexpr std::size_t max_readers = 1024;

  Epoch() = default;
  ~Epoch();  // frees everything; no reader may be left
  Epoch(const Epoch&) = delete;
  Epoch& operator=(const Epoch&) = delete;

  // A place among the readers, given back at the end. Throws std::length_error where max_readers are taken.
  class Reader {
   public:
    explicit Reader(Epoch& epoch);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // What was read from pointers between enter() and leave() stays good until leave().
    void enter() { place_->store(epoch_.now_.load(std::memory_order_acquire), std::memory_order_seq_cst); }
    void leave() { place_->store(idle, std::memory_order_release); }

   private:
    Epoch& epoch_;
    std::atomic<std::uint64_t>* place_;
  };

  // The writer has put something else where `thing` was (with memory_order_seq_cst).
  template <class T>
  void retire(std::unique_ptr<const T> thing) {
    retired_.push_back({now_.fetch_add(1), std::shared_ptr<const void>(std::move(thing))});
    sweep();
  }

 private:
  static constexpr std::uint64_t free_place = 0, idle = ~std::uint64_t{0};
  struct alignas(64) Place {
    std::atomic<std::uint64_t> since{free_place};
  };
  struct Garbage {
    std::uint64_t since;
    std::shared_ptr<const void> thing;
  };
  void sweep();

  std::atomic<std::uint64_t> now_{1};
  std::array<Place, max_readers> places_;
  std::vector<Garbage> retired_;
};

}  // namespace failover
