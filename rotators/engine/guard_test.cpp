#include "rotators/engine/guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace nhi {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr Instant kRemoval{1803772800};  // 2027-02-28
const Instant kToday = *parse_instant("2026-11-30");
const Instant kBefore = *parse_instant("2026-02-28");

GuardCase asking(CisClass cis_class, std::optional<DependencyState> state) {
  GuardCase asked;
  asked.cis_class = cis_class;
  asked.state = state;
  asked.has_owner = true;
  return asked;
}

// One line a cell of the source's table, in its words, as this program reads them: what is
// permitted for hygiene, after a leak, when it expires (R, L, X; a small letter: with overlap
// only), whether it may be revoked (V, or v: only after people stated the one fact more), and
// created (C).
struct CellCase {
  CisClass cis_class;
  DependencyState state;
  bool path_to_live;
  const char* permitted;
};
using enum CisClass;
using enum DependencyState;
constexpr CellCase kCells[] = {
    {kCis1Call, kObserved, false, ""},
    {kCis1Call, kCis1Only, false, "LXC"},
    {kCis1Call, kCis2Configured, false, "LXC"},
    {kCis1Call, kDual, false, "L"},
    {kCis1Call, kCis2Primary, false, "Lv"},
    {kCis1Call, kCis2Only, false, "V"},
    {kCis1Call, kRetired, false, ""},
    {kCis2Client, kObserved, false, ""},
    {kCis2Client, kCis1Only, false, ""},
    {kCis2Client, kCis2Configured, false, "C"},
    {kCis2Client, kCis2Configured, true, "RLXC"},
    {kCis2Client, kDual, false, "rlxC"},
    {kCis2Client, kCis2Primary, false, "rlxC"},
    {kCis2Client, kCis2Only, false, "rlxC"},
    {kCis2Client, kRetired, false, "RLXVC"},
    {kSharedSpine, kObserved, false, ""},
    {kSharedSpine, kCis1Only, false, "rlx"},
    {kSharedSpine, kCis2Configured, false, "rlx"},
    {kSharedSpine, kDual, false, "rlx"},
    {kSharedSpine, kCis2Primary, false, "rlx"},
    {kSharedSpine, kCis2Only, false, "rlx"},
    {kSharedSpine, kRetired, false, "rlx"},
    {kApiPlatform, kObserved, false, ""},
    {kApiPlatform, kCis1Only, false, "rlx"},
    {kApiPlatform, kRetired, false, "rlx"},
    {kCis1Call, kObserved, true, ""},
    {kCis1Call, kCis1Only, true, "RLXC"},
    {kCis1Call, kDual, true, "RLXC"},
    {kCis1Call, kCis2Primary, true, "RLXC"},
    {kCis1Call, kCis2Only, true, "RLXvC"},
    {kCis1Call, kRetired, true, ""},
    {kSharedSpine, kCis1Only, true, "RLXC"},
    {kSharedSpine, kCis2Only, true, "RLXvC"},
    {kUnclear, kCis1Only, false, "lx"},
    {kUnclear, kDual, false, "l"},
    {kUnclear, kCis2Only, false, ""},
    {kUnclear, kRetired, false, ""},
};

std::string permitted_for(GuardCase asked) {
  std::string out;
  const auto may = [&](GuardAction action) {
    return permits(asked, action, kBefore, kRemoval).permitted;
  };
  for (const auto& [cause, letter] : {std::pair{GuardCause::kHygiene, 'R'},
                                      {GuardCause::kLeaked, 'L'},
                                      {GuardCause::kExpiring, 'X'}}) {
    asked.cause = cause;
    asked.overlap = false;
    if (may(GuardAction::kRotate)) {
      out += letter;
      continue;
    }
    asked.overlap = true;
    if (may(GuardAction::kRotate)) out += static_cast<char>(letter - 'A' + 'a');
  }
  asked.cause = GuardCause::kRetirement;
  if (may(GuardAction::kRevoke)) {
    out += 'V';
  } else {
    asked.fallback_given_up = true;
    asked.unused = true;
    if (may(GuardAction::kRevoke)) out += 'v';
  }
  asked.cause = GuardCause::kHygiene;
  // An unclear one is never made: whoever makes one knows what it is for.
  if (asked.cis_class != kUnclear && may(GuardAction::kCreate)) out += 'C';
  return out;
}

class CellTest : public testing::TestWithParam<CellCase> {};
TEST_P(CellTest, PermitsWhatTheSourceDoes) {
  GuardCase asked = asking(GetParam().cis_class, GetParam().state);
  asked.path_to_live = GetParam().path_to_live;
  EXPECT_EQ(permitted_for(asked), GetParam().permitted);
}
INSTANTIATE_TEST_SUITE_P(Table, CellTest, testing::ValuesIn(kCells), [](const auto& row) {
  std::string name = fmt::format("{}_{}{}", to_string(row.param.cis_class),
                                 to_string(row.param.state), row.param.path_to_live ? "_ptl" : "");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// Over every combination of facts: the two errors that must never be made.
template <class Check>
void for_every_case(Check check) {
  for (unsigned bits = 0; bits < 512; ++bits) {
    for (const CisClass cis_class :
         {kCis1Call, kCis2Client, kSharedSpine, kApiPlatform, kUnclear}) {
      for (int state = -1; state < 7; ++state) {
        for (const GuardCause cause : {GuardCause::kHygiene, GuardCause::kLeaked,
                                       GuardCause::kExpiring, GuardCause::kRetirement}) {
          GuardCase asked;
          asked.cis_class = cis_class;
          if (state >= 0) asked.state = static_cast<DependencyState>(state);
          asked.cause = cause;
          bool* const facts[] = {
              &asked.path_to_live, &asked.break_glass,       &asked.supplier_blocked,
              &asked.exception,    &asked.has_owner,         &asked.overlap,
              &asked.agreed_test,  &asked.fallback_given_up, &asked.unused};
          for (unsigned i = 0; i < 9; ++i) *facts[i] = (bits >> i & 1U) != 0;
          check(asked);
        }
      }
    }
  }
}

TEST(Guard, NeverLetsAnybodyRevokeWhatMayStillBeNeeded) {
  for_every_case([](const GuardCase& asked) {
    for (const Instant day : {kBefore, kToday, kRemoval}) {
      if (!permits(asked, GuardAction::kRevoke, day, kRemoval).permitted) continue;
      ASSERT_TRUE(asked.state.has_value());
      ASSERT_NE(*asked.state, kObserved);
      ASSERT_TRUE(asked.has_owner);
      ASSERT_FALSE(asked.break_glass || asked.supplier_blocked || asked.exception);
      ASSERT_NE(asked.cis_class, kUnclear);
      const bool lasting = asked.cis_class == kSharedSpine || asked.cis_class == kApiPlatform;
      ASSERT_TRUE(!lasting || (asked.path_to_live && asked.unused && *asked.state == kCis2Only));
      ASSERT_TRUE(asked.cis_class != kCis1Call || *asked.state == kCis2Only ||
                  (*asked.state == kCis2Primary && asked.fallback_given_up));
    }
  });
}

TEST(Guard, AlwaysNamesTheRuleAndTheReason) {
  for_every_case([](const GuardCase& asked) {
    for (const GuardAction action :
         {GuardAction::kCreate, GuardAction::kRotate, GuardAction::kRevoke, GuardAction::kVerify}) {
      const GuardVerdict verdict = permits(asked, action, kToday, kRemoval);
      ASSERT_FALSE(verdict.rule.empty());
      ASSERT_FALSE(verdict.because.empty());
      ASSERT_TRUE(verdict.permitted || verdict.conditions.empty());
      ASSERT_TRUE(action != GuardAction::kVerify || verdict.permitted);
    }
  });
}

TEST(Guard, ShutsItsGatesOnTheirDays) {
  GuardCase asked = asking(kCis1Call, kCis1Only);
  const auto rule = [&](GuardAction action, Instant day) {
    return permits(asked, action, day, kRemoval).rule;
  };
  EXPECT_TRUE(permits(asked, GuardAction::kCreate, kBefore, kRemoval).permitted);
  EXPECT_EQ(rule(GuardAction::kCreate, *parse_instant("2026-03-01")), "from 2026-03-01");
  asked.cause = GuardCause::kLeaked;
  EXPECT_TRUE(permits(asked, GuardAction::kCreate, kToday, kRemoval).permitted);
  EXPECT_TRUE(permits(asked, GuardAction::kRotate, kToday, kRemoval).permitted);
  EXPECT_EQ(rule(GuardAction::kRotate, kRemoval), "from 2027-02-28");
  EXPECT_EQ(rule(GuardAction::kCreate, kRemoval), "from 2027-02-28");
  asked.state = kCis2Only;
  EXPECT_TRUE(permits(asked, GuardAction::kRevoke, kRemoval, kRemoval).permitted);
  // What outlives CIS1 is rotated after that day as before.
  GuardCase spine = asking(kSharedSpine, kCis2Only);
  spine.overlap = true;
  EXPECT_TRUE(permits(spine, GuardAction::kRotate, kRemoval, kRemoval).permitted);
}

TEST(Guard, HoldsSideStatesAboveTheTable) {
  GuardCase asked = asking(kCis1Call, kCis1Only);
  asked.cause = GuardCause::kLeaked;
  asked.break_glass = true;
  EXPECT_EQ(permits(asked, GuardAction::kRotate, kToday, kRemoval).rule, "break-glass");
  asked.agreed_test = true;
  EXPECT_TRUE(permits(asked, GuardAction::kRotate, kToday, kRemoval).permitted);
  asked.break_glass = false;
  asked.supplier_blocked = true;
  EXPECT_TRUE(permits(asked, GuardAction::kRotate, kToday, kRemoval).permitted);
  asked.cause = GuardCause::kExpiring;
  EXPECT_EQ(permits(asked, GuardAction::kRotate, kToday, kRemoval).rule, "supplier-blocked");
  asked.supplier_blocked = false;
  asked.exception = true;
  asked.state = kCis2Only;
  EXPECT_EQ(permits(asked, GuardAction::kRevoke, kToday, kRemoval).rule, "exception");
}

TEST(Guard, SaysWhatMustHoldBesides) {
  GuardCase asked = asking(kCis2Client, kDual);
  asked.overlap = true;
  const GuardVerdict verdict = permits(asked, GuardAction::kRotate, kToday, kRemoval);
  EXPECT_THAT(verdict.conditions, Contains(HasSubstr("DCB0160")));
  EXPECT_THAT(verdict.conditions, Contains(HasSubstr("never in the same window")));
  EXPECT_THAT(verdict.conditions, Contains(HasSubstr("both valid")));
}

Finding place(const std::string& rule, const std::string& credential) {
  Finding finding;
  finding.rule = rule;
  finding.credential_id = credential;
  return finding;
}

TEST(GuardClass, IsWhatPeopleSayButForSpine) {
  Dependency dependency;
  dependency.id = "d_1";
  dependency.credentials = {"c_beside", "c_key"};
  const Finding generic = place("generic-password", "c_beside");
  const Finding key = place("cis1.token.sso", "c_key");
  const Finding spine = place("spine.endpoint-key", "c_spine");
  const Finding cis2 = place("cis2.client-secret", "c_cis2");
  const auto is = [&](const Finding& finding) {
    return cis_class_of(finding.credential_id, {&finding}, dependency);
  };
  EXPECT_EQ(is(generic), kUnclear);
  EXPECT_EQ(is(key), kCis1Call);
  EXPECT_EQ(is(spine), kSharedSpine);
  EXPECT_EQ(is(cis2), kCis2Client);
  EXPECT_EQ(is(place("generic-password", "c_other")), kUnrelated);
  for (const char* id : {"c_beside", "c_spine", "c_cis2"}) {
    dependency.bindings.push_back({"d_1", id, BindingKind::kCis1Call, "ada", kToday, "CHG-1"});
  }
  EXPECT_EQ(is(generic), kCis1Call);
  EXPECT_EQ(is(cis2), kCis1Call);
  EXPECT_EQ(is(spine), kSharedSpine) << "no word makes a Spine credential one of CIS1";
}

TEST(GuardCaseOf, KnowsOnlyWhatWasDecided) {
  Dependency dependency;
  dependency.id = "d_1";
  dependency.credentials = {"c_1"};
  dependency.proposed = kCis2Only;
  const Finding finding = place("cis1.token.sso", "c_1");
  GuardCase asked = case_of("c_1", {&finding}, dependency, kToday);
  EXPECT_FALSE(asked.state.has_value()) << "evidence proposes, people decide";
  EXPECT_EQ(permits(asked, GuardAction::kRevoke, kToday, kRemoval).rule, "state not known");
  dependency.decided = kCis2Only;
  dependency.owner_name = "tie";
  dependency.side_states = "exception, supplier-blocked";
  dependency.exception_until = Instant{kToday.seconds - 1};
  asked = case_of("c_1", {&finding}, dependency, kToday);
  EXPECT_TRUE(asked.supplier_blocked);
  EXPECT_FALSE(asked.exception) << "it is over";
  dependency.environment = Environment::kIntegration;
  EXPECT_TRUE(case_of("c_1", {&finding}, dependency, kToday).path_to_live);
  dependency.environment = Environment::kUnknown;
  EXPECT_FALSE(case_of("c_1", {&finding}, dependency, kToday).path_to_live);
}

}  // namespace
}  // namespace nhi
