#include "scanner/identity/types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

namespace nhi {
namespace {

template <class Enum, class Parse>
void expect_round_trip(int count, Parse parse) {
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    const auto back = parse(to_string(value));
    ASSERT_TRUE(back.has_value()) << to_string(value);
    EXPECT_EQ(*back, value);
  }
  EXPECT_FALSE(parse("").has_value());
  EXPECT_FALSE(parse("Live").has_value());  // words are exact: no case folding
}

TEST(Words, EveryValueParsesBackToItself) {
  expect_round_trip<FindingKind>(3, parse_finding_kind);
  expect_round_trip<Presence>(4, parse_presence);
  expect_round_trip<CredentialStatus>(5, parse_credential_status);
  expect_round_trip<PlaceKind>(6, parse_place);
  expect_round_trip<Environment>(5, parse_environment);
}

TEST(Words, AreThoseOfTheContract) {
  EXPECT_EQ(to_string(FindingKind::kSite), "site");
  EXPECT_EQ(to_string(Presence::kUnverified), "unverified");
  EXPECT_EQ(to_string(CredentialStatus::kDeadAttested), "dead-attested");
  EXPECT_EQ(to_string(PlaceKind::kDocument), "document");
  EXPECT_EQ(to_string(Environment::kDevelopment), "development");
  EXPECT_EQ(to_string(AgeSource::kFileTime), "file-time");
}

Finding credential() {
  Finding finding;
  finding.id = "f_1";
  finding.confidence = Level::kMedium;
  return finding;
}

Finding indicator(IndicatorClass indicator_class) {
  Finding finding = credential();
  finding.kind = FindingKind::kIndicator;
  finding.indicator.emplace();
  finding.indicator->indicator_class = indicator_class;
  return finding;
}

struct StatusCase {
  std::string_view name;
  Finding finding;
  bool counts;
};

Finding with(Finding finding, const std::function<void(Finding&)>& change) {
  change(finding);
  return finding;
}

TEST(CountsForStatus, FollowsTheContract) {
  const StatusCase cases[] = {
      {"machine credential", credential(), true},
      {"low confidence", with(credential(), [](auto& f) { f.confidence = Level::kLow; }), false},
      {"high confidence", with(credential(), [](auto& f) { f.confidence = Level::kHigh; }), true},
      {"unknown principal", with(credential(), [](auto& f) { f.principal = Principal::kUnknown; }),
       true},
      {"session", with(credential(), [](auto& f) { f.principal = Principal::kSession; }), true},
      {"human", with(credential(), [](auto& f) { f.principal = Principal::kHuman; }), false},
      {"excepted", with(credential(), [](auto& f) { f.exception_id = "e_1"; }), false},
      {"false positive",
       with(credential(), [](auto& f) { f.decision.emplace().verdict = Verdict::kFalsePositive; }),
       false},
      {"confirmed",
       with(credential(), [](auto& f) { f.decision.emplace().verdict = Verdict::kConfirmed; }),
       true},
      {"ignored inline", with(credential(), [](auto& f) { f.ignored_inline = true; }), false},
      {"residue",
       with(credential(), [](auto& f) { f.credential_status = CredentialStatus::kDeadProven; }),
       false},
      {"managed",
       with(credential(), [](auto& f) { f.credential_status = CredentialStatus::kManaged; }), true},
      {"gone", with(credential(), [](auto& f) { f.presence = Presence::kGone; }), false},
      {"unverified", with(credential(), [](auto& f) { f.presence = Presence::kUnverified; }), true},
      {"site", with(credential(), [](auto& f) { f.kind = FindingKind::kSite; }), false},
      {"CIS1 indicator", indicator(IndicatorClass::kCis1), true},
      {"CIS2 indicator", indicator(IndicatorClass::kCis2), false},
      {"neutral indicator", indicator(IndicatorClass::kNeutral), false},
      {"weak CIS1 indicator",
       with(indicator(IndicatorClass::kCis1), [](auto& f) { f.confidence = Level::kLow; }), false},
      {"indicator without facts",
       with(credential(), [](auto& f) { f.kind = FindingKind::kIndicator; }), false},
  };
  for (const StatusCase& row : cases) {
    EXPECT_EQ(counts_for_status(row.finding, Level::kMedium), row.counts) << row.name;
  }
}

TEST(CountsForStatus, HoldsToTheLeastSeverity) {
  Finding finding = credential();
  finding.severity = Level::kMedium;
  EXPECT_TRUE(counts_for_status(finding, Level::kLow, Level::kMedium));
  EXPECT_FALSE(counts_for_status(finding, Level::kLow, Level::kHigh));
}

TEST(IsFault, AsksNotWhatPeopleDecided) {
  Finding finding = credential();
  finding.exception_id = "e_1";
  finding.ignored_inline = true;
  finding.credential_status = CredentialStatus::kDeadProven;
  EXPECT_TRUE(is_fault(finding));
  EXPECT_FALSE(is_fault(indicator(IndicatorClass::kCis2)));
}

TEST(ReportOrder, ComparesFieldByFieldInContractOrder) {
  // Each entry differs from the one before it in the named field, which outranks all later ones.
  std::vector<Finding> ordered;
  Finding next = credential();
  next.place.root = "a";
  const auto add = [&](const std::function<void(Finding&)>& change) {
    change(next);
    ordered.push_back(next);
  };
  add([](Finding&) {});
  add([](Finding& f) { f.encoding = {"base64"}; });
  add([](Finding& f) { f.encoding = {"base64", "hex"}; });
  add([](Finding& f) { f.fingerprint = "hmac-sha256:k1:00", f.encoding.clear(); });
  add([](Finding& f) { f.rule = "r", f.fingerprint.clear(); });
  add([](Finding& f) { f.bytes = {0, 5}, f.rule.clear(); });
  add([](Finding& f) { f.bytes = {1, 2}; });
  add([](Finding& f) { f.bytes = {10, 11}; });  // a number, not text: after 1
  add([](Finding& f) { f.place.git.emplace().blob = "0a", f.bytes = {}; });
  add([](Finding& f) { f.place.member = "m", f.place.git.reset(); });
  add([](Finding& f) { f.place.path = "", f.place.member.clear(); });
  add([](Finding& f) { f.place.path = "p"; });
  add([](Finding& f) { f.place.path = "p\x80"; });  // raw bytes: 0x80 is above all of ASCII
  add([](Finding& f) { f.place.root = "b", f.place.path.reset(); });
  add([](Finding& f) { f.place.root = "\xff"; });
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      EXPECT_EQ(report_order(ordered[i], ordered[k]), i < k) << i << " and " << k;
    }
  }
}

}  // namespace
}  // namespace nhi
