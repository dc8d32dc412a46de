#include "scanner/rules/word_set.hpp"

#include <algorithm>

namespace nhi {
namespace {

std::string folded(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

}  // namespace

WordSet::WordSet(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.empty()) continue;
    words_.insert(folded(word));
    lengths_.push_back(word.size());
  }
  std::sort(lengths_.begin(), lengths_.end());
  lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
}

bool WordSet::any_in(std::string_view text) const {
  if (words_.empty()) return false;
  const std::string lower = folded(text);
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
