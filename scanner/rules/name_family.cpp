#include "scanner/rules/name_family.hpp"

#include <bit>

#include "scanner/base/chars.hpp"

namespace nhi {

NameFamily stem_at(Bytes text) {
  if (text.empty()) return NameFamily::kNone;
  for (std::uint32_t left = stems_from(text.front()); left != 0; left &= left - 1) {
    const NameStem& stem = kNameStems[static_cast<std::size_t>(std::countr_zero(left))];
    if (chars::starts_folded(text, stem.text)) return stem.family;
  }
  return NameFamily::kNone;
}

}  // namespace nhi
