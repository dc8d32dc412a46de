// Every rule that the program brings along, held to what it says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "scanner/rules/rule_check.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

const RuleSet& builtin_set() {
  static const RuleSet rules = [] {
    auto loaded = builtin_rules();
    auto set = RuleSet::create(std::move(*loaded));
    return std::move(*set);
  }();
  return rules;
}

RuleIndex index_of(std::size_t i) { return RuleIndex{static_cast<std::uint32_t>(i)}; }

double entropy_of(std::string_view text) {
  std::array<double, 256> counts{};
  for (const char c : text) counts[static_cast<unsigned char>(c)] += 1;
  double bits = 0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(text.size());
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

TEST(BuiltinRules, CoverCredentialsWithAtLeastOneHundredRules) {
  std::size_t credentials = 0;
  std::set<std::string> categories;
  for (const Rule& rule : builtin_set().rules()) {
    credentials += rule.kind == RuleKind::kCredential ? 1 : 0;
    categories.insert(rule.category);
  }
  EXPECT_GE(credentials, 100U);
  for (const char* category : {"cloud", "vcs", "saas", "database", "key", "http", "generic"}) {
    EXPECT_TRUE(categories.contains(category)) << category;
  }
}

TEST(BuiltinRules, HoldTheirExamples) {
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const RuleCheck check = check_rule(builtin_set(), index_of(i));
    EXPECT_THAT(check.failures, testing::IsEmpty()) << builtin_set().rule(index_of(i)).id;
    EXPECT_GE(check.examples, 2U);
  }
}

TEST(BuiltinRules, AskNoEntropyThatTheirOwnExamplesMiss) {
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const Rule& rule = builtin_set().rule(index_of(i));
    const CompiledRule& compiled = builtin_set().compiled(index_of(i));
    if (rule.entropy == 0) continue;
    for (const Example& example : rule.matches) {
      for (std::uint64_t seed = 0; example.is_template && seed < 50; ++seed) {
        const auto text = expand_template(example.text, seed);
        ASSERT_TRUE(text);
        std::array<re2::StringPiece, 10> groups;
        ASSERT_LT(compiled.secret_group, 10);
        ASSERT_TRUE(compiled.regex().Match(*text, 0, text->size(), re2::RE2::UNANCHORED,
                                           groups.data(), compiled.secret_group + 1))
            << rule.id << " seed " << seed;
        const re2::StringPiece secret = groups[static_cast<std::size_t>(compiled.secret_group)];
        EXPECT_GE(entropy_of(secret), rule.entropy) << rule.id << " seed " << seed;
      }
    }
  }
}

TEST(BuiltinRules, AnchorNearlyAllLiteralsInTheMatch) {
  std::vector<std::string> loose;
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const CompiledRule& compiled = builtin_set().compiled(index_of(i));
    EXPECT_TRUE(compiled.every_uuid || !compiled.literals.empty());
    if (builtin_set().rule(index_of(i)).category == "nhs") continue;
    if (!compiled.anchored) loose.push_back(builtin_set().rule(index_of(i)).id);
  }
  // A rule that opens the whole view for a keyword is slow; each one needs a reason.
  EXPECT_LE(loose.size(), 1U) << testing::PrintToString(loose);
}

// What the walk over the patterns claims, held against texts near the examples: whatever RE2 takes
// of them must hold a literal, and be no longer than a derived bound.
TEST(BuiltinRules, KeepTheirClaimsOnMutatedExamples) {
  std::uint64_t state = 20261125;
  const auto below = [&state](std::size_t n) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>((state >> 33) % n);
  };
  std::size_t matches = 0;
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const Rule& rule = builtin_set().rule(index_of(i));
    const CompiledRule& compiled = builtin_set().compiled(index_of(i));
    if (compiled.lazy_regex == nullptr) continue;  // scanner/match/names_test.cpp has them
    for (int round = 0; round < 60; ++round) {
      const Example& example = rule.matches[below(rule.matches.size())];
      auto text = example.is_template ? expand_template(example.text, below(1000))
                                      : Result<std::string>(example.text);
      ASSERT_TRUE(text);
      for (std::size_t change = below(4); change > 0; --change) {
        const std::size_t at = below(text->size());
        const char byte = "aZ0_-= \"'\n;:/\xe9"[below(14)];
        const std::size_t kind = below(3);
        if (kind == 0) text->insert(at, below(20), byte);
        if (kind == 1) (*text)[at] = byte;
        if (kind == 2) (*text)[at] = static_cast<char>((*text)[at] ^ 0x20);
      }
      re2::StringPiece match;
      if (!compiled.regex().Match(*text, 0, text->size(), re2::RE2::UNANCHORED, &match, 1)) {
        continue;
      }
      ++matches;
      if (compiled.max_match_derived) {
        EXPECT_LE(match.size(), compiled.max_match) << rule.id;
      }
      std::string folded(match);
      for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      const bool held = std::any_of(
          compiled.literals.begin(), compiled.literals.end(),
          [&](const std::string& literal) { return folded.find(literal) != std::string::npos; });
      EXPECT_TRUE(held || !compiled.anchored) << rule.id;
    }
  }
  EXPECT_GT(matches, 5'000U);
}

TEST(BuiltinRules, CaptureTheSecretByName) {
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const Rule& rule = builtin_set().rule(index_of(i));
    if (rule.kind == RuleKind::kIndicator || rule.pattern.empty()) continue;
    EXPECT_NE(builtin_set().compiled(index_of(i)).secret_group, 0) << rule.id;
    EXPECT_EQ(rule.file.substr(0, 6), "rules/") << rule.id;
  }
}

// A public prefix is printed in redactions: it must be a literal of the format, not of a value.
TEST(BuiltinRules, PrintOnlyPrefixesThatEveryMatchHas) {
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    const Rule& rule = builtin_set().rule(index_of(i));
    const CompiledRule& compiled = builtin_set().compiled(index_of(i));
    if (rule.public_prefix.empty()) continue;
    for (const Example& example : rule.matches) {
      const auto text = example.is_template ? expand_template(example.text, 3)
                                            : Result<std::string>(example.text);
      ASSERT_TRUE(text);
      std::array<re2::StringPiece, 10> groups;
      ASSERT_TRUE(compiled.regex().Match(*text, 0, text->size(), re2::RE2::UNANCHORED,
                                         groups.data(), compiled.secret_group + 1));
      const re2::StringPiece secret = groups[static_cast<std::size_t>(compiled.secret_group)];
      EXPECT_TRUE(secret.starts_with(rule.public_prefix)) << rule.id;
    }
  }
}

TEST(BuiltinRules, CompileWithinTheirMemory) {
  for (std::size_t i = 0; i < builtin_set().size(); ++i) {
    if (builtin_set().compiled(index_of(i)).lazy_regex == nullptr) continue;
    const re2::RE2& regex = builtin_set().compiled(index_of(i)).regex();
    EXPECT_TRUE(regex.ok());
    EXPECT_EQ(regex.options().encoding(), re2::RE2::Options::EncodingLatin1);
  }
}

}  // namespace
}  // namespace nhi
