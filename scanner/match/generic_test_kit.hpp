// generic_test_kit.hpp - lines of every language, and what is to become of the values in them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/match/test_support.hpp"

namespace nhi::match_test {

enum class Want { kShown, kLow, kDropped, kNotShown };  // kNotShown: low or dropped

struct Row {
  Syntax syntax;
  std::string_view text;  // @P stands for a made password, @R for a made random value
  Want want;
};

// The best confidence of any credential match; none if there is no match.
inline std::optional<Level> best(const Row& row, bool test_path = false) {
  static Matcher matcher(builtin_set());
  std::string text = replaced(std::string(row.text), "@P", made("{password:14}", 11));
  text = replaced(text, "@R", made("{base62:32}", 12)) + "\n";
  Collector collector;
  EXPECT_TRUE(matcher.scan(text, {row.syntax, test_path}, collector).has_value());
  std::optional<Level> out;
  for (const Match& match : collector.matches) {
    const Rule& rule = builtin_set().rule(match.rule);
    if (rule.kind == RuleKind::kIndicator || !rule.needs.empty()) continue;
    out = out ? std::max(*out, match.confidence) : match.confidence;
  }
  return out;
}

inline bool agrees(Want want, std::optional<Level> level) {
  switch (want) {
    case Want::kShown:
      return level && *level >= Level::kMedium;
    case Want::kLow:
      return level == Level::kLow;
    case Want::kDropped:
      return !level;
    case Want::kNotShown:
      return !level || *level == Level::kLow;
  }
  return false;
}

inline void expect_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const auto level = best(row);
    EXPECT_TRUE(agrees(row.want, level))
        << row.text << ": " << (level ? to_string(*level) : "dropped");
  }
}

}  // namespace nhi::match_test
