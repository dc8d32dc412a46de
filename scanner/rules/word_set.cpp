#include "scanner/rules/word_set.hpp"

#include <algorithm>
#include <cstddef>

#include "scanner/base/chars.hpp"

namespace nhi {

namespace {

constexpr std::size_t kBytes = 256;

std::size_t pair_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]) * kBytes + static_cast<unsigned char>(text[at + 1]);
}

}  // namespace

WordSet::WordSet(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.empty()) continue;
    const std::string folded = chars::folded(word);
    if (begins_.empty()) begins_.resize(kBytes * kBytes);
    if (folded.size() > 1) {
      begins_[pair_at(folded, 0)] = true;
    } else {
      const auto from = begins_.begin() +
                        static_cast<std::ptrdiff_t>(kBytes * static_cast<unsigned char>(folded[0]));
      std::fill(from, from + kBytes, true);
    }
    words_.insert(folded);
    lengths_.push_back(word.size());
  }
  std::sort(lengths_.begin(), lengths_.end());
  lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
}

bool WordSet::any_in(std::string_view text) const {
  if (words_.empty()) return false;
  const std::string lower = chars::folded(text);
  std::string word;
  for (std::size_t at = 0; at < lower.size(); ++at) {
    // The last byte has no pair: only a word of one byte can stand there.
    if (at + 1 < lower.size() && !begins_[pair_at(lower, at)]) continue;
    for (const std::size_t length : lengths_) {
      if (length > lower.size() - at) break;
      word.assign(lower, at, length);
      if (words_.count(word) != 0) return true;
    }
  }
  return false;
}

}  // namespace nhi
