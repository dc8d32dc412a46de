// finding_id.hpp - the name by which a finding is known from night to night.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/identity/key.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// Gives findings of one place (root, path, member) their ordinals and ids.
/// `id_root` stands for target and root in the id: it names no checkout folder.
/// Source: contracts section 4, "id".
void seal(std::vector<Finding>& findings, const FingerprintKey& key, std::string_view id_root);
/// The id that seal() gives to a finding of this ordinal.
[[nodiscard]] std::string finding_id(const Finding& finding, const FingerprintKey& key,
                                     std::string_view id_root);
/// Equal for findings of one value (of one trace; of one place for a value), wherever they stand.
[[nodiscard]] std::string value_key(const Finding& finding);
/// The id of its former fingerprint, under the key that this one is of.
[[nodiscard]] std::string former_finding_id(const Finding& finding, const FingerprintKey& former,
                                            std::string_view id_root);

}  // namespace nhi
