// merge.hpp - one finding for each root, path, member and value, however many versions hold it.
#pragma once

#include <vector>

#include "scanner/base/secret_text.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// Puts what git says of `place` on findings of a blob and lets its dates feed staleness.
void put_git_facts(Finding& finding, const GitFacts& facts);

/// Does a finding with these facts win over an equal one with those, when they are merged?
[[nodiscard]] bool wins(const GitFacts& a, const GitFacts& b);

/// Folds findings of equal id into one: the work tree's place wins, else HEAD's, else that of the
/// version that was seen last.
/// Git facts are joined: versions counted, first introduction, last sight, refs.
/// Order: the first of each id keeps its position. `values`, when not empty, is parallel.
void merge_equal_ids(std::vector<Finding>& findings, std::vector<SecretText>& values);

}  // namespace nhi
