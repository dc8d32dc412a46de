// The readers of names and values, of columns and of rows of SQL: every stem is read as the matcher
// would.
#include <cstdlib>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/match/assignment.hpp"
#include "scanner/match/sql_rows.hpp"
#include "scanner/match/table.hpp"
#include "scanner/rules/name_family.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const nhi::Bytes text(reinterpret_cast<const char*>(data), size);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const nhi::NameStem& stem : nhi::kNameStems) {
      if (!nhi::chars::starts_folded(text.substr(at), stem.text)) continue;
      const auto take = [&](const nhi::Assignment& cell) {
        require(cell.whole.end <= text.size() && cell.key.end <= text.size());
        require(cell.whole.contains(cell.value) && !cell.value.empty());
        require(cell.account.end <= text.size());
      };
      nhi::read_column(text, {at, at + stem.text.size()}, take);
      nhi::read_sql_rows(text, {at, at + stem.text.size()}, take);
      const auto found = nhi::read_assignment(text, {at, at + stem.text.size()});
      if (!found) continue;
      require(found->whole.end <= text.size());
      require(found->whole.contains(found->key));
      require(found->whole.contains(found->value));
      require(!found->value.empty());
    }
  }
  return 0;
}
