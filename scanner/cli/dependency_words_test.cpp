#include "scanner/cli/dependency_words.hpp"

#include <gtest/gtest.h>

#include "scanner/identity/dependencies.hpp"

namespace nhi {
namespace {

Dependency listed(const std::string& system, Environment environment) {
  Dependency dependency;
  dependency.id = dependency_id(system, environment);
  dependency.system = system;
  dependency.environment = environment;
  return dependency;
}

const std::vector<Dependency>& all() {
  static const std::vector<Dependency> kAll = {listed("RIS", Environment::kLive),
                                               listed("RIS", Environment::kTraining),
                                               listed("PAS", Environment::kLive)};
  return kAll;
}

// The id that is meant, or "?" and the word to blame.
std::string meant(const std::string& id, const std::string& system,
                  const std::string& environment) {
  NamedDependency found;
  const auto problem = DependencyNames(all()).find(id, system, environment, found);
  if (problem) return "?" + std::to_string(static_cast<int>(problem->word));
  return found.id + (found.listed == nullptr ? " declared" : "");
}

TEST(DependencyNames, AreAnIdOrASystemWithItsEnvironment) {
  const std::string live = all()[0].id;
  EXPECT_EQ(meant(live, "", ""), live);
  EXPECT_EQ(meant("", "RIS", "live"), live);
  EXPECT_EQ(meant("", "PAS", ""), all()[2].id);
  EXPECT_EQ(meant("", "RIS", ""), "?2") << "which of two?";
  EXPECT_EQ(meant("d_0", "RIS", "live"), "?0") << "an id of nothing";
  EXPECT_EQ(meant("", "", "live"), "?1");
  EXPECT_EQ(meant("", "PAS", "test"), "?2");
}

TEST(DependencyNames, OfWhatNoSweepSawDeclareIt) {
  const std::string id = dependency_id("LIMS", Environment::kLive);
  EXPECT_EQ(meant("", "LIMS", "live"), id + " declared");
  EXPECT_EQ(meant(id, "LIMS", "live"), id + " declared") << "an export of another inventory";
  EXPECT_EQ(meant("", "LIMS", ""), dependency_id("LIMS", Environment::kUnknown) + " declared");
}

TEST(DependencyNames, GiveDecisionsThatNameTheSystem) {
  const DependencyDecision decision = decision_about({"d_1", "RIS", Environment::kLive, nullptr},
                                                     DependencyField::kCriticality, "high");
  EXPECT_EQ(decision.system, "RIS");
  EXPECT_EQ(decision_line(decision), "d_1  criticality high\n");
}

}  // namespace
}  // namespace nhi
