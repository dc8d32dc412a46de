// finding_check.hpp - what a finding out of a bundle must be beside well-formed, before it is
// stored and printed: ids of our shape, a place inside its unit, spans that are spans.
#pragma once

#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// Relative, without `..`; empty stands for the root itself.
[[nodiscard]] bool is_plain_path(std::string_view path);

/// `two_keys`: the header names a former key, so the fingerprint under that one stands there too.
/// Errors: kMalformed, the fault named.
[[nodiscard]] Result<void> check_finding(const Finding& finding, const UnitKey& unit,
                                         bool two_keys);

}  // namespace nhi
