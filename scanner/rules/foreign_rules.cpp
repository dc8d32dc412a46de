#include "scanner/rules/foreign_rules.hpp"

#include "scanner/base/limits.hpp"
#include "scanner/rules/pattern_facts.hpp"

namespace nhi {

std::string foreign_id(std::string_view prefix, std::string_view id) {
  std::string made(prefix);
  char joint = '.';  // what goes before the next word; 0 inside of one
  for (const char c : id) {
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool alnum = (folded >= 'a' && folded <= 'z') || (folded >= '0' && folded <= '9');
    if (!alnum) {
      if (joint == 0) joint = c == '.' ? '.' : '-';
      continue;
    }
    if (joint != 0) made += joint;
    joint = 0;
    made += folded;
  }
  return made;
}

void choose_search(Rule& rule) {
  PatternFacts unknown;
  unknown.max_bytes.reset();
  const PatternFacts facts = analyse_pattern(rule.pattern).value_or(unknown);
  rule.unfiltered = rule.keywords.empty() && facts.literals.empty();
  rule.whole_view = !facts.max_bytes || *facts.max_bytes > kMatchBytesMax;
}

std::string one_line_of(std::string_view text) {
  std::string line;
  bool gap = false;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    if (value <= 0x20 || value == 0x7F) {
      gap = !line.empty();
      continue;
    }
    if (gap) line += ' ';
    gap = false;
    line += c;
  }
  return line;
}

}  // namespace nhi
