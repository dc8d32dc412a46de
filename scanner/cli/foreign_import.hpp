// foreign_import.hpp - `findings import --from`: what people told another scanner, as decisions.
#pragma once

#include <string>

#include "scanner/base/result.hpp"
#include "scanner/cli/decide.hpp"
#include "scanner/cli/options.hpp"

namespace nhi {

/// Entries that became no decision.
struct ForeignLeft {
  std::string lines;     // one each, with the reason
  std::string sentence;  // ", 2 left, 3 not audited"; empty without such a list
};

/// Errors: kBadUse where --root has no meaning.
[[nodiscard]] Result<void> check_root(const Options& options);
/// Hands the entries that are found to `decider`. What people decided here stays: an entry that
/// says otherwise is left. Errors: kBadUse for a list that cannot be read, with every fault of it
/// on standard error; for a root that is unknown, or not named where there are several; kStore.
[[nodiscard]] Result<ForeignLeft> take_foreign(Inventory& inventory, const Options& options,
                                               Decider& decider);

}  // namespace nhi
