// parts.hpp - findings that are parts of one credential: a key id, its secret, its session token.
//
// What belongs together is declared by rules (`parts`, docs/rules.md section 8). Two matches are
// parts of one credential if their settings say so (setting_names.hpp, setting_tree.hpp), or else
// if each is the other's nearest within the declared distance. Distances are those of the file's
// own bytes and lines, however many encodings a part stands in. Whatever leaves a choice is no
// pair.
#pragma once

#include <vector>

#include "scanner/identity/key.hpp"
#include "scanner/identity/setting_tree.hpp"
#include "scanner/identity/types.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// Gives the findings of one blob their `group`.
/// Shapes: `findings` in file order. `settings` is parallel, null where no setting is known; empty
///         with `tree` null. Linear but for sorting in the number of findings.
void group_parts(const RuleSet& rules, const FingerprintKey& key, std::vector<Finding>& findings,
                 const SettingTree* tree, const std::vector<const DocumentSetting*>& settings);

}  // namespace nhi
