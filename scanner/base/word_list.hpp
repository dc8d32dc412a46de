// word_list.hpp - a fixed list of words in lower case that most texts are told from at a glance.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/chars.hpp"

namespace nhi {

// Sorted at compile time by their first byte; a mark says which lengths there are.
template <std::size_t kCount>
class WordList {
 public:
  /// Shapes: words of at least one byte, lower case.
  constexpr explicit WordList(const std::string_view (&words)[kCount]) : words_{}, first_{} {
    std::uint16_t count = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      first_[bucket] = count;
      for (const std::string_view word : words) {
        if (bucket_of(word.front()) == bucket) words_[count++] = word;
      }
    }
    first_[kBuckets] = count;
    for (const std::string_view word : words) lengths_ |= mark(word.size());
  }

  /// Whether `text` is one of the words, its ASCII letters in any case.
  [[nodiscard]] bool holds(Bytes text) const {
    if (text.empty() || (lengths_ & mark(text.size())) == 0) return false;
    const std::size_t bucket = bucket_of(text.front());
    for (std::size_t i = first_[bucket]; i < first_[bucket + 1]; ++i) {
      if (chars::equals_folded(text, words_[i])) return true;
    }
    return false;
  }

 private:
  static_assert(kCount < 65536);
  // Both cases of a letter, and no two letters, share a bucket.
  static constexpr std::size_t kBuckets = 32;
  static constexpr std::size_t bucket_of(char c) {
    return static_cast<unsigned char>(c) % kBuckets;
  }
  static constexpr std::uint64_t mark(std::size_t size) { return std::uint64_t{1} << (size & 63U); }

  std::array<std::string_view, kCount> words_;
  std::array<std::uint16_t, kBuckets + 1> first_;
  std::uint64_t lengths_ = 0;
};

}  // namespace nhi
