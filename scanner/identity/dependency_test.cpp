#include "scanner/identity/dependency.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

using enum DependencyField;
constexpr std::int64_t kDay = 86400;

TEST(DependencyWords, ReadAndPrintAlike) {
  for (std::size_t i = 0; i < kDependencyFields; ++i) {
    const auto field = static_cast<DependencyField>(i);
    EXPECT_EQ(parse_dependency_field(to_string(field)), field);
  }
  for (int i = 0; i < 7; ++i) {
    const auto state = static_cast<DependencyState>(i);
    EXPECT_EQ(parse_dependency_state(to_string(state)), state);
  }
  EXPECT_EQ(to_string(DependencyState::kCis2Configured), "cis2-configured");
  EXPECT_EQ(parse_decision_source(to_string(DecisionSource::kSheet)), DecisionSource::kSheet);
  EXPECT_EQ(parse_dependency_state("migrated"), std::nullopt);
}

TEST(DependencyWords, AreStoredInOneForm) {
  EXPECT_EQ(canonical_word(kState, " dual ").value_or(""), "dual");
  EXPECT_EQ(canonical_word(kCriticality, "critical").value_or(""), "critical");
  EXPECT_EQ(canonical_word(kSideStates, "supplier-blocked ,break-glass").value_or(""),
            "break-glass, supplier-blocked");
  EXPECT_EQ(canonical_word(kReview, "2026-12-15T10:00:00Z").value_or(""), "2026-12-15");
  EXPECT_EQ(canonical_word(kOwner, "  ").value_or("x"), "");
  for (const auto& [field, word] :
       {std::pair(kState, "migrated"), std::pair(kCriticality, "urgent"),
        std::pair(kSideStates, "blocked"), std::pair(kReview, "soon")}) {
    const auto refused = canonical_word(field, word);
    ASSERT_FALSE(refused.has_value()) << word;
    EXPECT_FALSE(refused.error().hint.empty()) << word;
  }
  EXPECT_FALSE(canonical_word(kBlockers, std::string(kDependencyWordBytesMax + 1, 'x')));
}

TEST(DependencyWords, ThatContradictEachOtherAreRefused) {
  const auto verdict = [](std::vector<std::pair<DependencyField, std::string>> said) {
    std::vector<std::string> words(kDependencyFields);
    for (const auto& [field, word] : said) words[static_cast<std::size_t>(field)] = word;
    const auto conflict = check_words(words);
    return conflict ? std::optional(conflict->field) : std::nullopt;
  };
  EXPECT_EQ(verdict({}), std::nullopt);
  EXPECT_EQ(verdict({{kSideStates, "exception"}, {kOwner, "ris"}}), kExceptionUntil);
  EXPECT_EQ(verdict({{kSideStates, "exception"}, {kExceptionUntil, "2027-01-01"}}), kOwner);
  EXPECT_EQ(verdict({{kExceptionUntil, "2027-01-01"}}), kExceptionUntil);
  EXPECT_EQ(verdict({{kSideStates, "supplier-blocked"}, {kSupplierDate, "2027-01-01"}}),
            kSideStates);
  EXPECT_EQ(verdict({{kSideStates, "break-glass, exception"},
                     {kOwner, "ris"},
                     {kExceptionUntil, "2027-01-01"}}),
            std::nullopt);
}

DependencyDecision said(DecisionSource source, std::int64_t day, const std::string& value) {
  DependencyDecision decision;
  decision.source = source;
  decision.when = Instant{day * kDay};
  decision.value = value;
  return decision;
}

std::string in_force(const std::vector<DependencyDecision>& history) {
  const DependencyDecision* const word = word_in_force(history, kState);
  return word == nullptr ? "none" : word->value;
}

TEST(DependencyWords, OfTheFileHoldUntilACommandAndFromALaterDayAgain) {
  const auto file = [](std::int64_t day, const std::string& value) {
    return said(DecisionSource::kFile, day, value);
  };
  const auto command = [](std::int64_t day, const std::string& value) {
    return said(DecisionSource::kCommand, day, value);
  };
  EXPECT_EQ(in_force({}), "none");
  EXPECT_EQ(in_force({file(10, "dual")}), "dual");
  EXPECT_EQ(in_force({file(10, "dual"), command(12, "cis2-primary")}), "cis2-primary");
  EXPECT_EQ(in_force({command(12, "cis2-primary"), file(10, "dual")}), "cis2-primary")
      << "the file is read later and speaks of an earlier day";
  EXPECT_EQ(in_force({command(12, "cis2-primary"), file(12, "dual")}), "cis2-primary");
  EXPECT_EQ(in_force({command(12, "cis2-primary"), file(13, "dual")}), "dual");
  EXPECT_EQ(in_force({file(10, "dual"), file(20, "")}), "none") << "taken out of the file";
  EXPECT_EQ(in_force({command(5, "observed"), file(10, "dual"), file(20, "")}), "observed");
  EXPECT_EQ(in_force({file(10, "dual"), command(12, "")}), "none") << "taken back";
  EXPECT_EQ(in_force({command(12, "dual"), command(11, "observed")}), "observed")
      << "commands are in the order in which they were given";
}

TEST(DependencyStates, GoEverywhereButBackBehindTheBeginningAndToTheEndAlone) {
  using enum DependencyState;
  constexpr DependencyState kAll[] = {kObserved,    kCis1Only, kCis2Configured, kDual,
                                      kCis2Primary, kCis2Only, kRetired};
  for (const DependencyState to : kAll) {
    EXPECT_EQ(check_transition(std::nullopt, to, {}).has_value(), to == kRetired) << to_string(to);
    for (const DependencyState from : kAll) {
      const bool same = from == to;
      const bool legal =
          same || (from != kRetired && to != kObserved && (to != kRetired || from == kCis2Only));
      EXPECT_EQ(!check_transition(from, to, {}).has_value(), legal)
          << to_string(from) << " to " << to_string(to);
    }
  }
}

TEST(DependencyStates, AreNotRetiredWhileACredentialMayStillOpenCis1) {
  using enum DependencyState;
  const auto why = check_transition(kCis2Only, kRetired, {"c_1", "c_2", "c_3", "c_4"});
  ASSERT_TRUE(why.has_value());
  EXPECT_NE(why->find("c_1, c_2, c_3 and 1 more"), std::string::npos) << *why;
  EXPECT_FALSE(check_transition(kCis2Only, kRetired, {}).has_value());
}

TEST(Bindings, ReadAndPrintAlike) {
  for (const char* text :
       {"none", "cis1-call", "cis2-client", "shared-spine", "api-platform", "unrelated"}) {
    const auto kind = parse_binding_kind(text);
    ASSERT_TRUE(kind.has_value()) << text;
    EXPECT_EQ(to_string(*kind), text);
  }
  EXPECT_FALSE(parse_binding_kind("spine").has_value());
}

}  // namespace
}  // namespace nhi
