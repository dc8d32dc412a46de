// dependency_words.hpp - dependencies as people name them, in a command or a row of a spreadsheet.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/identity/dependency.hpp"

namespace nhi {

/// What a row speaks of: a dependency that is listed, or one that it declares.
struct NamedDependency {
  std::string id;
  std::string system;
  Environment environment = Environment::kUnknown;
  const Dependency* listed = nullptr;
};

/// Why a row names no dependency, and which of its words is to blame.
struct NameProblem {
  enum class Word : std::uint8_t { kId, kSystem, kEnvironment };
  Word word = Word::kId;
  std::string what;
  std::string hint;
};

// Points into the dependencies, which must outlive it.
class DependencyNames {
 public:
  explicit DependencyNames(const std::vector<Dependency>& dependencies);
  /// By id if there is one, else by system, and environment if the system has several. An id that
  /// nothing has is taken if it is that of the system and environment beside it: an export of
  /// another inventory. Without a problem the result is whole.
  [[nodiscard]] std::optional<NameProblem> find(const std::string& id, const std::string& system,
                                                const std::string& environment,
                                                NamedDependency& found) const;

 private:
  std::map<std::string_view, const Dependency*> by_id_;
  std::map<std::string_view, std::vector<const Dependency*>> by_system_;
};

/// A decision about it, to be filled with who says what.
[[nodiscard]] DependencyDecision decision_about(const NamedDependency& named, DependencyField field,
                                                std::string value);
/// Credentials of the CIS1 call of this dependency that are not known to be dead, by id.
[[nodiscard]] std::vector<std::string> outstanding_of(const std::vector<Credential>& credentials,
                                                      const std::string& dependency_id);
/// "d_5f…  criticality high", "d_5f…  owner taken back".
[[nodiscard]] std::string decision_line(const DependencyDecision& decision);

}  // namespace nhi
