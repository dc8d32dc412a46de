// place.hpp - what kind of place a file is: it decides what a CIS1 trace in it means.
#pragma once

#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// From the file's name and the first bytes of its text. `definition_format` is the reader that
/// knew it, or empty. An estate's own `place` wins over this.
/// Source: reference/nhs-cis.md 4.1 (an allowlist line says "Identity Agent in use", not
/// "application on CIS1"; links in leaflets are no dependency).
[[nodiscard]] PlaceKind place_of_file(std::string_view path, Bytes text,
                                      std::string_view definition_format);

/// The confidence of an indicator hit, given where it stands.
[[nodiscard]] Level indicator_confidence(const Rule& rule, PlaceKind place);

/// The subclass that place and environment give an indicator, else the one it has: a CIS1 host in a
/// list of allowed destinations is "workstation-allowlist" (an Identity Agent user reaching CIS2
/// needs it too), a path-to-live CIS2 issuer in production is "ptl-in-production".
/// Source: reference/nhs-cis.md section 3 (environment rule) and 4.1.
[[nodiscard]] std::string indicator_subclass(const IndicatorFacts& indicator, std::string_view path,
                                             Environment environment);

}  // namespace nhi
