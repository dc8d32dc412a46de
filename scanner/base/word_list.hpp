// word_list.hpp - a fixed list of words in lower case that most texts are told from at a glance.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/chars.hpp"

namespace nhi {

// Two marks, made at compile time, say which lengths and which first bytes there are.
template <std::size_t kCount>
class WordList {
 public:
  /// Shapes: words of at least one byte, lower case.
  constexpr explicit WordList(const std::string_view (&words)[kCount]) : words_{} {
    for (std::size_t i = 0; i < kCount; ++i) {
      words_[i] = words[i];
      lengths_ |= mark(words[i].size());
      firsts_ |= mark_first(words[i].front());
    }
  }

  /// Whether `text` is one of the words, its ASCII letters in any case.
  [[nodiscard]] bool holds(Bytes text) const {
    if (text.empty() || (lengths_ & mark(text.size())) == 0) return false;
    if ((firsts_ & mark_first(chars::lower(text.front()))) == 0) return false;
    for (const std::string_view word : words_) {
      if (chars::equals_folded(text, word)) return true;
    }
    return false;
  }

 private:
  // What is 64 apart shares a mark: no two letters do.
  static constexpr std::uint64_t mark(std::size_t value) {
    return std::uint64_t{1} << (value & 63U);
  }
  static constexpr std::uint64_t mark_first(char c) { return mark(static_cast<unsigned char>(c)); }

  std::array<std::string_view, kCount> words_;
  std::uint64_t lengths_ = 0;
  std::uint64_t firsts_ = 0;
};

}  // namespace nhi
