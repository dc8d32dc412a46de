// flat_table.hpp - a hash table of small plain keys, for the sets that grow with the estate.
//
// std::unordered_map spends about 60 bytes an entry. A walk keeps one key for each folder and a
// history one for each tree, so the difference is most of the memory of both. Entries are never
// removed, which is what keeps linear probing this short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nhi {

/// A hash of plain numbers: the table goes by its low bits, into which all of them have to come.
[[nodiscard]] inline std::uint64_t spread(std::uint64_t bits) {
  const std::uint64_t mixed = bits * 0x9E3779B97F4A7C15ULL;
  return mixed ^ mixed >> 32U;
}

/// `Key` has `hash()` and `==`. Pointers into the table live until the next insert().
template <class Key, class Value>
class FlatTable {
 public:
  struct Slot {
    Key key{};
    Value value{};
    bool used = false;
  };

  [[nodiscard]] Value* find(const Key& key) {
    if (slots_.empty()) return nullptr;
    Slot& slot = slots_[place_of(slots_, key)];
    return slot.used ? &slot.value : nullptr;
  }
  [[nodiscard]] const Value* find(const Key& key) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place_of(slots_, key)];
    return slot.used ? &slot.value : nullptr;
  }
  /// True if the key is new; an old key keeps its value.
  bool insert(const Key& key, const Value& value) {
    if (slots_.empty() || (size_ + 1) * 4 > slots_.size() * 3) grow();
    Slot& slot = slots_[place_of(slots_, key)];
    if (slot.used) return false;
    slot = Slot{key, value, true};
    ++size_;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static std::size_t place_of(const std::vector<Slot>& slots, const Key& key) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = static_cast<std::size_t>(key.hash()) & mask;
    while (slots[at].used && !(slots[at].key == key)) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Slot> wider(slots_.empty() ? 64 : slots_.size() * 2);
    for (const Slot& slot : slots_) {
      if (slot.used) wider[place_of(wider, slot.key)] = slot;
    }
    slots_.swap(wider);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

/// Where a file is for the kernel.
struct DeviceInode {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  [[nodiscard]] std::uint64_t hash() const { return spread(inode ^ (device << 40U) ^ device); }
  friend bool operator==(const DeviceInode&, const DeviceInode&) = default;
};

}  // namespace nhi
