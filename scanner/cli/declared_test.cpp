#include "scanner/cli/declared.hpp"

#include <gtest/gtest.h>

#include "scanner/identity/dependencies.hpp"

namespace nhi {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr Instant kNow{100 * kDay};

DeclaredDependency entry(const std::string& system, const std::string& state, std::int64_t day,
                         std::optional<Environment> environment = Environment::kLive) {
  DeclaredDependency declared;
  declared.system = system;
  declared.environment = environment;
  declared.words.assign(kDependencyFields, "");
  declared.words[0] = state;
  declared.decided_by = "Ada";
  declared.date = Instant{day * kDay};
  declared.evidence = "CHG-1";
  declared.place = "d.yaml:2:5";
  return declared;
}

class FileOfDependencies : public ::testing::Test {
 protected:
  DeclaredChange read(const std::vector<DeclaredDependency>& entries) {
    DeclaredChange change = changes_of_file(entries, record_, seen_, "root", kNow);
    record_.insert(record_.end(), change.decisions.begin(), change.decisions.end());
    return change;
  }
  std::string state_of(const std::string& system, Environment environment = Environment::kLive) {
    std::vector<DependencyDecision> history;
    for (const DependencyDecision& one : record_) {
      if (one.dependency_id == dependency_id(system, environment)) history.push_back(one);
    }
    const DependencyDecision* const word = word_in_force(history, DependencyField::kState);
    return word == nullptr ? "none" : word->value;
  }
  std::set<std::pair<std::string, Environment>> seen_;
  std::vector<DependencyDecision> record_;
};

TEST_F(FileOfDependencies, IsRecordedOnceAndAgainOnlyWhereItChanged) {
  DeclaredDependency ris = entry("RIS", "cis1-only", 10);
  ris.words[2] = "high";
  EXPECT_EQ(read({ris}).decisions.size(), 2U);
  EXPECT_EQ(record_.at(0).who, "Ada");
  EXPECT_EQ(record_.at(0).when, (Instant{10 * kDay}));
  EXPECT_EQ(record_.at(0).source, DecisionSource::kFile);
  EXPECT_EQ(read({ris}).decisions.size(), 0U) << "it says what it said";
  ris.words[2].clear();
  EXPECT_EQ(read({ris}).decisions.size(), 1U) << "no criticality any more";
  EXPECT_EQ(record_.back().value, "");
  EXPECT_EQ(state_of("RIS"), "cis1-only");
}

TEST_F(FileOfDependencies, SaidAgainOnALaterDayHoldsAgainstAnOlderCommand) {
  read({entry("RIS", "cis1-only", 10)});
  DependencyDecision command = record_.front();
  command.source = DecisionSource::kCommand;
  command.value = "dual";
  command.when = Instant{12 * kDay};
  record_.push_back(command);
  EXPECT_EQ(read({entry("RIS", "cis1-only", 10)}).decisions.size(), 0U);
  EXPECT_EQ(state_of("RIS"), "dual");
  EXPECT_EQ(read({entry("RIS", "cis1-only", 20)}).decisions.size(), 1U);
  EXPECT_EQ(state_of("RIS"), "cis1-only");
}

TEST_F(FileOfDependencies, TakesBackWhatStandsInItNoMore) {
  read({entry("RIS", "dual", 10), entry("PAS", "dual", 10)});
  const DeclaredChange change = read({entry("PAS", "dual", 10)});
  ASSERT_EQ(change.decisions.size(), 1U);
  EXPECT_EQ(change.decisions[0].who, "root");
  EXPECT_EQ(change.decisions[0].when, kNow);
  EXPECT_EQ(state_of("RIS"), "none");
  EXPECT_EQ(state_of("PAS"), "dual");
  EXPECT_EQ(read({entry("PAS", "dual", 10)}).decisions.size(), 0U) << "taken back once";
}

TEST_F(FileOfDependencies, MeansTheEnvironmentInWhichASystemIsSeen) {
  const DeclaredDependency any = entry("RIS", "dual", 10, std::nullopt);
  read({any});
  EXPECT_EQ(state_of("RIS", Environment::kUnknown), "dual") << "not seen anywhere yet";
  seen_ = {{"RIS", Environment::kLive}};
  EXPECT_TRUE(read({any}).notes.empty());
  EXPECT_EQ(state_of("RIS"), "dual");
  EXPECT_EQ(state_of("RIS", Environment::kUnknown), "none") << "it moved";
  seen_.insert({"RIS", Environment::kTraining});
  EXPECT_EQ(read({any}).notes.size(), 1U) << "which of the two?";
  const DeclaredDependency other = entry("RIS", "dual", 10, Environment::kIntegration);
  EXPECT_EQ(read({other}).notes.size(), 1U) << "seen elsewhere";
}

TEST_F(FileOfDependencies, CountsOneOfTwoEntriesThatMeanTheSame) {
  seen_ = {{"RIS", Environment::kLive}};
  const DeclaredChange change =
      read({entry("RIS", "dual", 10), entry("RIS", "observed", 10, std::nullopt)});
  EXPECT_EQ(change.notes.size(), 1U);
  EXPECT_EQ(state_of("RIS"), "dual");
}

}  // namespace
}  // namespace nhi
