// group_buckets.hpp - where may one of many short groups of bytes stand? 64 positions at a look.
//
// Groups are sorted into 64 buckets. For each of five places beside each other a table says of a
// class of bytes in which buckets a group has it there; a position where one bucket is named by
// all five is kept. Tables of 64 bytes are looked up 64 at a time by the widest processors (AVX-512
// VBMI): a position costs half a cycle, and of 1,700 literals' groups 4 (source) to 14 (settings)
// positions of a hundred are kept, against 11 and 24 with half the buckets. (Teddy of Hyperscan
// does the same with halves of bytes, and throws out few of so many.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nhi {

/// Of 64 classes; folds more than letters together, never less.
constexpr std::uint8_t byte_class(unsigned char byte) {
  return static_cast<std::uint8_t>((byte & 0x1FU) | (byte >> 1U & 0x20U));
}

class GroupBuckets {
 public:
  static constexpr std::size_t kPlaces = 5;
  /// Which bytes may stand one before a position, at it, and up to three behind it: one bit a
  /// class.
  using Group = std::array<std::uint64_t, kPlaces>;
  /// Bytes beyond the text that find() reads and may not use, and positions beyond the last that it
  /// may write.
  static constexpr std::size_t kSlack = 64 + kPlaces;

  explicit GroupBuckets(std::vector<Group> groups);

  /// Writes the positions of [0, count) where a group may stand, and returns how many they are.
  /// Shapes: text[-1] to text[count + kSlack - 1] can be read; there is room for count + kSlack
  ///         positions; Instructions::kWidest.
  std::size_t find(const char* text, std::size_t count, std::uint16_t* positions) const;

 private:
  static constexpr std::size_t kTables = 8;  // of eight buckets each
  static constexpr std::size_t kBuckets = 8 * kTables;
  using Table = std::array<std::uint8_t, 64>;
  struct alignas(64) Tables {
    std::array<std::array<Table, kPlaces>, kTables> of{};
  };
  Tables tables_;
};

}  // namespace nhi
