#include "scanner/base/glob.hpp"

#include <cstddef>

namespace nhi {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Reads one class "[…]" at `at` of `pattern`; `at` moves behind it. False if `c` is not in it.
bool class_matches(std::string_view pattern, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool hit = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    const char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    hit = hit || (low <= c && c <= high);
    ++i;
  }
  at = i < pattern.size() ? i + 1 : i;
  return hit != negated;
}

// Greedy with two backtrack points: the last `*` within a part, and the last `**`.
bool match_plain(std::string_view pattern, std::string_view path) {
  std::size_t p = 0;
  std::size_t s = 0;
  std::size_t star_p = kNone;
  std::size_t star_s = 0;
  std::size_t deep_p = kNone;
  std::size_t deep_s = 0;
  while (true) {
    if (p < pattern.size() && pattern.substr(p, 2) == "**") {
      deep_p = p + 2;
      // "**/" also stands for no folder at all.
      if (deep_p < pattern.size() && pattern[deep_p] == '/') ++deep_p;
      deep_s = s;
      p = deep_p;
      star_p = kNone;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      star_p = ++p;
      star_s = s;
      continue;
    }
    if (s == path.size() && p == pattern.size()) return true;
    if (s < path.size() && p < pattern.size()) {
      std::size_t next = p;
      bool hit = false;
      if (pattern[p] == '?') {
        hit = path[s] != '/';
        next = p + 1;
      } else if (pattern[p] == '[') {
        hit = class_matches(pattern, next, path[s]);
      } else {
        const std::size_t literal = pattern[p] == '\\' && p + 1 < pattern.size() ? p + 1 : p;
        hit = pattern[literal] == path[s];
        next = literal + 1;
      }
      if (hit) {
        p = next;
        ++s;
        continue;
      }
    }
    if (star_p != kNone && star_s < path.size() && path[star_s] != '/') {
      p = star_p;
      s = ++star_s;
      continue;
    }
    if (deep_p != kNone && deep_s < path.size()) {
      // "**/x" may begin only where a part begins; a bare "**" anywhere.
      const bool whole_parts = pattern[deep_p - 1] == '/';
      ++deep_s;
      while (whole_parts && deep_s < path.size() && path[deep_s - 1] != '/') ++deep_s;
      if (whole_parts && deep_s == path.size()) return false;
      p = deep_p;
      s = deep_s;
      star_p = kNone;
      continue;
    }
    return false;
  }
}

// Expands the first {a,b}; patterns are short and written by the operator.
bool match_braces(std::string_view pattern, std::string_view path, int depth) {
  const std::size_t open = pattern.find('{');
  const std::size_t close = open == kNone ? kNone : pattern.find('}', open);
  if (close == kNone || depth == 0) return match_plain(pattern, path);
  std::string_view choices = pattern.substr(open + 1, close - open - 1);
  while (true) {
    const std::size_t comma = choices.find(',');
    std::string one(pattern.substr(0, open));
    one += choices.substr(0, comma);
    one += pattern.substr(close + 1);
    if (match_braces(one, path, depth - 1)) return true;
    if (comma == kNone) return false;
    choices.remove_prefix(comma + 1);
  }
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view path) {
  if (pattern.find('/') == kNone && pattern != "**") {
    const std::size_t slash = path.rfind('/');
    if (slash != kNone) path.remove_prefix(slash + 1);
  }
  return match_braces(pattern, path, 4);
}

void GlobSet::add(std::string pattern) { patterns_.push_back(std::move(pattern)); }

std::string_view GlobSet::match(std::string_view path) const {
  for (const std::string& pattern : patterns_) {
    if (glob_match(pattern, path)) return pattern;
  }
  return {};
}

}  // namespace nhi
