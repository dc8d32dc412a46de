#include "scanner/rules/name_family.hpp"

#include "scanner/base/chars.hpp"

namespace nhi {

NameFamily stem_at(Bytes text) {
  if (text.empty() || !may_begin_stem(text.front())) return NameFamily::kNone;
  for (const NameStem& stem : kNameStems) {
    if (chars::starts_folded(text, stem.text)) return stem.family;
  }
  return NameFamily::kNone;
}

}  // namespace nhi
