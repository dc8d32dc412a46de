// word_set.hpp - does any of many words stand in a text? For stop words by the thousand.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace nhi {

// Immutable once made. Letters of ASCII count the same in either case.
class WordSet {
 public:
  /// Shapes: words of at least one byte.
  explicit WordSet(const std::vector<std::string>& words);
  /// Costs one look at a table a byte of `text`; where two bytes begin a word, one look-up a length
  /// of word, however many words there are.
  [[nodiscard]] bool any_in(std::string_view text) const;
  [[nodiscard]] bool empty() const { return words_.empty(); }

 private:
  std::unordered_set<std::string> words_;  // folded
  std::vector<std::size_t> lengths_;       // ascending, each once
  std::vector<bool> begins_;               // by the first two bytes; empty without words
};

}  // namespace nhi
