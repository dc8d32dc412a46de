#include "scanner/report/priority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Instant kNow{1795564800};  // 2026-11-25

// A credential that no part has anything to say about.
Credential quiet(std::string id = "c_1") {
  Credential c;
  c.id = std::move(id);
  c.principal = Principal::kMachine;
  c.sites = 1;
  c.environments = {Environment::kDevelopment};
  c.staleness = {AgeSource::kGit, Instant{kNow.seconds - 86400}, std::nullopt};
  return c;
}

ReportData data_of(std::vector<Credential> credentials) {
  ReportData data;
  data.as_of = kNow;
  data.cis1_removal = Instant{kNow.seconds + 95 * 86400};
  data.credentials = std::move(credentials);
  return data;
}

void belong_to(ReportData& data, DependencyState state) {
  Dependency dependency;
  dependency.id = "d_1";
  dependency.proposed = state;
  data.dependencies = {dependency};
  data.credentials[0].bound_to = {"d_1"};
}

struct PartCase {
  std::string_view name, part;
  unsigned points;
  std::function<void(ReportData&)> change;
};
const PartCase kParts[] = {
    {"LiveSystem", "environment", 30,
     [](ReportData& d) { d.credentials[0].environments = {Environment::kLive}; }},
    {"LiveBesideOthers", "environment", 30,
     [](ReportData& d) {
       d.credentials[0].environments = {Environment::kUnknown, Environment::kLive};
     }},
    {"UnknownEnvironment", "environment", 10,
     [](ReportData& d) { d.credentials[0].environments = {Environment::kUnknown}; }},
    {"Integration", "environment", 5,
     [](ReportData& d) {
       d.credentials[0].environments = {Environment::kIntegration, Environment::kTraining};
     }},
    {"GoneEverywhere", "environment", 0,
     [](ReportData& d) { d.credentials[0].environments.clear(); }},
    {"InHead", "in-head", 20, [](ReportData& d) { d.credentials[0].in_head = true; }},
    {"HistoryOnly", "in-head", 0, [](ReportData&) {}},
    {"ReadableByAll", "readable-by-all", 15,
     [](ReportData& d) { d.credentials[0].world_readable = true; }},
    {"OnePlace", "sites", 0, [](ReportData&) {}},
    {"TwoPlaces", "sites", 4, [](ReportData& d) { d.credentials[0].sites = 2; }},
    {"FourPlaces", "sites", 7, [](ReportData& d) { d.credentials[0].sites = 4; }},
    {"TenPlaces", "sites", 10, [](ReportData& d) { d.credentials[0].sites = 10; }},
    {"Cis1Stale", "cis1", 15, [](ReportData& d) { belong_to(d, DependencyState::kCis2Only); }},
    {"Cis1WillStop", "cis1", 12, [](ReportData& d) { belong_to(d, DependencyState::kCis1Only); }},
    {"Cis1Dual", "cis1", 6, [](ReportData& d) { belong_to(d, DependencyState::kDual); }},
    {"Cis1AfterItsDay", "cis1", 15,
     [](ReportData& d) {
       belong_to(d, DependencyState::kDual);
       d.cis1_removal = kNow;
     }},
    {"BesideCis1", "cis1", 3,
     [](ReportData& d) {
       belong_to(d, DependencyState::kCis1Only);
       d.credentials[0].bound_to.clear();
       d.dependencies[0].credentials = {"c_1"};
     }},
    {"SharedSpine", "cis1", 0,
     [](ReportData& d) {
       belong_to(d, DependencyState::kCis2Only);
       d.dependencies[0].shared_spine = {"c_1"};
     }},
    {"LongLived", "age", 10, [](ReportData& d) { d.credentials[0].long_lived = true; }},
    {"AgeUnknown", "age", 4, [](ReportData& d) { d.credentials[0].staleness = {}; }},
    {"Young", "age", 0, [](ReportData&) {}},
};

class PriorityParts : public ::testing::TestWithParam<PartCase> {};
TEST_P(PriorityParts, GiveTheirPointsAndNoOthers) {
  ReportData data = data_of({quiet()});
  GetParam().change(data);
  const Overview overview = make_overview(data);
  const Priority priority = priority_of(overview.credentials.at(0), data);
  ASSERT_EQ(priority.parts.size(), 6u);
  EXPECT_EQ(priority.points, GetParam().points);
  for (const PriorityPart& part : priority.parts) {
    EXPECT_EQ(part.points, part.name == GetParam().part ? GetParam().points : 0u) << part.name;
    EXPECT_FALSE(part.why.empty());
  }
}
INSTANTIATE_TEST_SUITE_P(Table, PriorityParts, ::testing::ValuesIn(kParts),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Priority, AddsUpToAHundredAtMost) {
  Credential worst = quiet();
  worst.environments = {Environment::kLive};
  worst.in_head = worst.world_readable = worst.long_lived = true;
  worst.sites = 10;
  ReportData data = data_of({worst});
  belong_to(data, DependencyState::kCis2Only);
  const Overview overview = make_overview(data);
  const Priority priority = priority_of(overview.credentials.at(0), data);
  EXPECT_EQ(priority.points, kPriorityMax);
  EXPECT_EQ(priority_sentence(priority),
            "100 of 100: in a live system 30, in a file or in HEAD now 20, anybody on the host can "
            "read it 15, in 10 places 10, cis1-stale 15, 1 day old 10");
}

TEST(Priority, SetsAsideWhatNeedsNobodyAndSaysWhy) {
  std::vector<Credential> rows(6, quiet());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].id = "c_" + std::to_string(i);
  rows[0].status = CredentialStatus::kDeadProven;  // its bytes are still there
  rows[0].in_head = true;
  rows[1].status = CredentialStatus::kDeadAttested;
  rows[1].sites = 0;
  rows[2].excepted = true;
  rows[3].principal = Principal::kHuman;
  rows[4].in_head = true;
  const ReportData data = data_of(rows);
  const Overview overview = make_overview(data);
  const std::vector<std::size_t> order = priority_order(data, overview);
  EXPECT_EQ(order, (std::vector<std::size_t>{4, 5, 0, 1, 2, 3}));
  constexpr std::string_view kWhy[] = {"residue", "dead", "excepted", "human", "", ""};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(priority_of(overview.credentials[i], data).set_aside, kWhy[i]);
  }
  EXPECT_THAT(priority_sentence(priority_of(overview.credentials[0], data)),
              HasSubstr("set aside (residue); 20 of 100"));
}

TEST(Priority, BreaksTiesBySeverityThenId) {
  std::vector<Credential> rows = {quiet("c_b"), quiet("c_c"), quiet("c_a"), quiet("c_d")};
  rows[1].severity = Level::kCritical;
  rows[3].world_readable = true;
  const ReportData data = data_of(rows);
  EXPECT_EQ(priority_order(data, make_overview(data)), (std::vector<std::size_t>{3, 1, 2, 0}));
}

TEST(Priority, RanksFindingsByTheirCredential) {
  ReportData data = testing::sample_sweep();
  const std::size_t findings = data.findings.size();
  const std::size_t credentials = data.credentials.size();
  rank(data);
  EXPECT_EQ(data.findings.size(), findings);
  ASSERT_EQ(data.credentials.size(), credentials);
  const Overview overview = make_overview(data);
  unsigned before = kPriorityMax;
  for (const CredentialView& view : overview.credentials) {
    const Priority priority = priority_of(view, data);
    if (!priority.set_aside.empty()) continue;
    EXPECT_LE(priority.points, before);
    before = priority.points;
  }
  EXPECT_EQ(data.findings.front().credential_id, data.credentials.front().id);
}

TEST(Priority, OfTheSampleIsPrintedInTextAndJson) {
  const ReportData data = testing::sample_sweep();
  const Overview overview = make_overview(data);
  const std::string sentence = priority_sentence(priority_of(overview.credentials[0], data));
  EXPECT_THAT(sentence, HasSubstr(" of 100: in a live system 30"));
  EXPECT_THAT(sentence, Not(HasSubstr(" 0,")));
}

}  // namespace
}  // namespace nhi
