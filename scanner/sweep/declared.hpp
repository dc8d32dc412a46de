// declared.hpp - the estate's file of dependencies: what people say of each, who, since when, why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/dependency.hpp"

namespace nhi {

inline constexpr std::size_t kDeclaredMax = 10'000;  // entries of one file

/// One entry. It speaks for all its fields: one that it leaves out is not said.
struct DeclaredDependency {
  std::string system;
  std::optional<Environment> environment;  // none: the one in which sweeps see the system
  std::vector<std::string> words;          // by DependencyField, canonical; empty: not said
  std::string decided_by;
  Instant date;
  std::string evidence;
  std::string place;  // "dependencies.yaml:4:5"
};

/// Reads `dependencies:`, a list of entries with system, state, decided_by, date and evidence, and
/// what else is known. A day after `as_of` is refused: nobody has decided anything then.
/// Errors: kBadUse naming file, line and column; kTooLarge; those of reading the file.
[[nodiscard]] Result<std::vector<DeclaredDependency>> load_declared(const std::string& file,
                                                                    Instant as_of);

}  // namespace nhi
