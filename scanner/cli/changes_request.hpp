// changes_request.hpp - which repository, and which part of it, `scan --staged` and `scan --since`
// look at.
#pragma once

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/sweep/changes.hpp"

namespace nhi {

[[nodiscard]] bool asks_for_changes(const Options& options);

/// Without a PATH the repository of the current folder, all of it; there GIT_DIR and GIT_INDEX_FILE
/// count, by which git tells its hooks what it commits (`git commit -a` has an index of its own).
/// Places are printed, and named in ids, as a plain scan of the same folder does.
/// Errors: kBadUse for several paths, no repository, a bare one with --staged; those of
///         find_repository().
[[nodiscard]] Result<ChangesRequest> changes_request(const Options& options);

}  // namespace nhi
