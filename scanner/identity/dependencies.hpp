// dependencies.hpp - from traces and decisions to dependencies, and which credentials belong to
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/identity/derive.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// "d_…" or "i_…": made of names, not of secrets, so that a report needs no key to know it.
[[nodiscard]] std::string plain_id(std::string_view prefix, std::string_view text);

/// "d_…" of a system, or of the root of findings that name none.
[[nodiscard]] std::string dependency_id(const std::string& system, Environment environment);

/// By system and environment. What people gave a state is listed although no sweep saw a trace. One
/// whose every CIS1 trace is gone stays: absence of traces proves no state. `findings` get their
/// dependency_id. Source: the state rules of reference/nhs-cis.md section 6.
[[nodiscard]] std::vector<Dependency> derive_dependencies(std::vector<Finding>& findings,
                                                          const Policy& policy);

}  // namespace nhi
