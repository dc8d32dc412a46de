// value_features.hpp - what the model for named values is told: numbers about name, place, value.
//
// Features are small whole numbers (counts, shares in percent, yes and no), so that a tree's
// question reads like a sentence ("letters that read like words, in percent, <= 35"). No feature
// keeps the value itself.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/match/generic.hpp"

namespace nhi {

inline constexpr std::size_t kFeatureMax = 256;

/// Shapes: entries past the last feature are 0.
struct Features {
  std::array<std::int16_t, kFeatureMax> values{};
  std::size_t count = 0;
};

/// `plain` is what the rules of thumb say of the same value; it is evidence like any other.
[[nodiscard]] Features value_features(const JudgedValue& candidate, const PlainVerdict& plain);

/// One name a feature, in order.
[[nodiscard]] std::vector<std::string> feature_names();

}  // namespace nhi
