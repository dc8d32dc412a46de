#include "scanner/cli/declared.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "scanner/base/scrub.hpp"
#include "scanner/identity/dependencies.hpp"

namespace nhi {
namespace {

using Histories = std::map<std::string, std::vector<DependencyDecision>>;  // by dependency id
using Seen = std::set<std::pair<std::string, Environment>>;

constexpr auto kFirst = Environment::kUnknown;

std::vector<Environment> environments_of(const Seen& seen, const std::string& system) {
  std::vector<Environment> found;
  for (auto at = seen.lower_bound({system, kFirst}); at != seen.end() && at->first == system;
       ++at) {
    found.push_back(at->second);
  }
  return found;
}

Environment environment_of(const DeclaredDependency& entry, const Seen& seen,
                           std::vector<std::string>& notes) {
  const std::vector<Environment> found = environments_of(seen, entry.system);
  if (!entry.environment) {
    if (found.size() == 1) return found.front();
    if (found.size() > 1) {
      notes.push_back(fmt::format(
          "{}: {} is seen in {} environments and the entry names none: it is listed by itself",
          printable(entry.place), printable(entry.system), found.size()));
    }
    return Environment::kUnknown;
  }
  const bool elsewhere = !found.empty() && !seen.contains({entry.system, *entry.environment});
  if (elsewhere) {
    notes.push_back(fmt::format("{}: {} is seen as {}, not as {}: it is listed by itself",
                                printable(entry.place), printable(entry.system),
                                to_string(found.front()), to_string(*entry.environment)));
  }
  return *entry.environment;
}

bool says_the_same(const DependencyDecision* before, const DeclaredDependency& entry,
                   const std::string& word) {
  if (before == nullptr) return word.empty();
  return before->value == word && before->who == entry.decided_by && before->when == entry.date &&
         before->evidence == entry.evidence;
}

}  // namespace

DeclaredChange changes_of_file(const std::vector<DeclaredDependency>& entries,
                               const std::vector<DependencyDecision>& record, const Seen& seen,
                               const std::string& who, Instant now) {
  DeclaredChange change;
  Histories histories;
  for (const DependencyDecision& decision : record) {
    histories[decision.dependency_id].push_back(decision);
  }
  std::map<std::string, std::string> places;  // by dependency id
  for (const DeclaredDependency& entry : entries) {
    DependencyDecision decision;
    decision.system = entry.system;
    decision.environment = environment_of(entry, seen, change.notes);
    decision.dependency_id = dependency_id(decision.system, decision.environment);
    decision.who = entry.decided_by;
    decision.when = entry.date;
    decision.evidence = entry.evidence;
    decision.source = DecisionSource::kFile;
    const auto [before, fresh] = places.emplace(decision.dependency_id, entry.place);
    if (!fresh) {
      change.notes.push_back(fmt::format("{}: the same dependency stands at {}, which counts",
                                         printable(entry.place), printable(before->second)));
      continue;
    }
    const std::vector<DependencyDecision>& history = histories[decision.dependency_id];
    for (std::size_t i = 0; i < kDependencyFields; ++i) {
      decision.field = static_cast<DependencyField>(i);
      decision.value = entry.words.at(i);
      if (says_the_same(word_of_file(history, decision.field), entry, decision.value)) continue;
      change.decisions.push_back(decision);
    }
  }
  for (const auto& [id, history] : histories) {
    if (places.contains(id)) continue;
    for (std::size_t i = 0; i < kDependencyFields; ++i) {
      const DependencyDecision* const said = word_of_file(history, static_cast<DependencyField>(i));
      if (said == nullptr) continue;
      DependencyDecision decision = *said;
      decision.value.clear();
      decision.who = who;
      decision.when = now;
      decision.evidence = "taken out of the estate's file";
      change.decisions.push_back(std::move(decision));
    }
  }
  return change;
}

}  // namespace nhi
