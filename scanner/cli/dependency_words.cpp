#include "scanner/cli/dependency_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scanner/identity/dependencies.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

NamedDependency named(const Dependency& listed) {
  return {listed.id, listed.system, listed.environment, &listed};
}

}  // namespace

DependencyNames::DependencyNames(const std::vector<Dependency>& dependencies) {
  for (const Dependency& dependency : dependencies) {
    by_id_.emplace(dependency.id, &dependency);
    by_system_[dependency.system].push_back(&dependency);
  }
}

std::optional<NameProblem> DependencyNames::find(const std::string& id, const std::string& system,
                                                 const std::string& environment,
                                                 NamedDependency& found) const {
  using enum NameProblem::Word;
  std::optional<Environment> in = parse_environment(environment);
  if (environment == to_string(Environment::kUnknown)) in = Environment::kUnknown;
  if (!environment.empty() && !in) {
    return NameProblem{kEnvironment, "'" + environment + "' is no environment",
                       "live, integration, training, development or unknown"};
  }
  if (!id.empty()) {
    const auto at = by_id_.find(id);
    const bool own =
        at == by_id_.end() && !system.empty() && in && dependency_id(system, *in) == id;
    if (at == by_id_.end() && !own) {
      return NameProblem{kId, "no dependency has the id '" + id + "'",
                         "dependencies list shows ids"};
    }
    found = own ? NamedDependency{id, system, *in, nullptr} : named(*at->second);
    return std::nullopt;
  }
  if (system.empty()) return NameProblem{kSystem, "the row names neither id nor system", {}};
  std::vector<const Dependency*> candidates;
  if (const auto at = by_system_.find(system); at != by_system_.end()) candidates = at->second;
  std::erase_if(candidates, [&](const Dependency* one) { return in && one->environment != *in; });
  if (candidates.size() > 1) {
    return NameProblem{kEnvironment,
                       fmt::format("'{}' has {} environments: which?", system, candidates.size()),
                       {}};
  }
  if (candidates.size() == 1) {
    found = named(*candidates.front());
    return std::nullopt;
  }
  const Environment where = in.value_or(Environment::kUnknown);
  found = {dependency_id(system, where), system, where, nullptr};
  return std::nullopt;
}

DependencyDecision decision_about(const NamedDependency& named, DependencyField field,
                                  std::string value) {
  DependencyDecision decision;
  decision.dependency_id = named.id;
  decision.system = named.system;
  decision.environment = named.environment;
  decision.field = field;
  decision.value = std::move(value);
  return decision;
}

std::vector<std::string> outstanding_of(const std::vector<Credential>& credentials,
                                        const std::string& dependency_id) {
  std::vector<std::string> ids;
  for (const Credential& credential : credentials) {
    if (is_dead(credential.status) || !credential.part_of.empty()) continue;
    const auto& bound = credential.bound_to;
    if (std::binary_search(bound.begin(), bound.end(), dependency_id)) {
      ids.push_back(credential.id);
    }
  }
  return ids;
}

std::string decision_line(const DependencyDecision& decision) {
  return fmt::format("{}  {} {}\n", decision.dependency_id, to_string(decision.field),
                     decision.value.empty() ? std::string("taken back") : shown(decision.value));
}

}  // namespace nhi
