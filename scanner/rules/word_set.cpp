#include "scanner/rules/word_set.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"

namespace nhi {

WordSet::WordSet(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.empty()) continue;
    words_.insert(chars::folded(word));
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
    for (const std::size_t length : lengths_) {
      if (length > lower.size() - at) break;
      word.assign(lower, at, length);
      if (words_.count(word) != 0) return true;
    }
  }
  return false;
}

}  // namespace nhi
