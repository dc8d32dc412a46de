// changes.hpp - scan of what changes: what is staged, or what a range of commits brought in.
//
// A finding is one of the change if its value did not stand at the same path before; or, at a path
// that is new, in a file that the change takes away (so that moving a file brings nothing in). What
// stood there is read only where something is found.
#pragma once

#include <cstdint>
#include <string>

#include "scanner/sweep/pipeline.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {

struct ChangesRequest {
  std::string git_dir;  // of a linked work tree its own
  std::string root;     // printed
  std::string id_root;  // stands for it in ids
  std::string folder;   // "sub/": only what is in it, and paths begin there; empty: all
  std::string since;    // a revision; empty: what is staged
  std::string index;    // the index; empty: where it is unless git says otherwise
};

struct ChangesOutcome {
  ScanOutcome scan;
  std::uint64_t old_values = 0;  // findings that are left out: they stood there before
};

/// Findings of the changes alone. Nothing is stored. Staged findings are those of files (no git
/// facts: no commit has them yet), those of a range have the facts of it.
/// Errors: those of GitChangeReader, before anything is examined.
[[nodiscard]] Result<ChangesOutcome> run_changes(const ChangesRequest& request,
                                                 const RunOptions& options, const RuleSet& rules,
                                                 const FingerprintKey& key, Progress& progress);

}  // namespace nhi
