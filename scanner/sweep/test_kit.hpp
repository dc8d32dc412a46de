// test_kit.hpp - what the tests of sweeps have in common.
#pragma once

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "scanner/base/hash.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

inline RuleSet builtin_set() {
  auto rules = builtin_rules();
  EXPECT_TRUE(rules);
  auto set = RuleSet::create(std::move(*rules));
  EXPECT_TRUE(set);
  return std::move(*set);
}

inline FingerprintKey test_key() { return {"k1", SecretText(std::string(32, 'k')), ""}; }

/// A line with a password of its own for each name.
inline std::string password_line(const std::string& name) {
  return "db.password=" + to_hex(sha256(name)).substr(0, 20) + "\n";
}

}  // namespace nhi
