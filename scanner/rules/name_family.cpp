#include "scanner/rules/name_family.hpp"

#include "scanner/base/chars.hpp"

namespace nhi {

namespace {

// One bit a letter with which a stem begins.
constexpr std::uint32_t kFirstLetters = [] {
  std::uint32_t letters = 0;
  for (const NameStem& stem : kNameStems) letters |= 1U << (stem.text.front() - 'a');
  return letters;
}();

}  // namespace

NameFamily stem_at(Bytes text) {
  if (text.empty() || !chars::is_letter(text.front())) return NameFamily::kNone;
  if ((kFirstLetters >> (chars::lower(text.front()) - 'a') & 1U) == 0) return NameFamily::kNone;
  for (const NameStem& stem : kNameStems) {
    if (chars::starts_folded(text, stem.text)) return stem.family;
  }
  return NameFamily::kNone;
}

}  // namespace nhi
