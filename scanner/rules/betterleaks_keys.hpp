// betterleaks_keys.hpp - what Betterleaks adds to the configuration of Gitleaks, value by value.
//
// Source: betterleaks 1.7 (config/config.go); of 2.0 what running it showed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/rules/conditions.hpp"

namespace nhi {

/// An expression, and what of it the two versions read in two ways.
struct BetterleaksFilter {
  std::shared_ptr<const MatchFilter> filter;  // null if there is none
  bool capitals = false;                      // a word of containsAny has a capital letter
  bool line = false;                          // asks finding["line"]
};

/// `name` is for sharing (MatchFilter); a prefilter may ask for the place alone.
/// Errors: as parse_betterleaks_filter.
[[nodiscard]] Result<BetterleaksFilter> read_betterleaks_filter(std::string text, std::string name,
                                                                bool prefilter);

/// What of it the version does not have, or means in its own way; empty if nothing.
[[nodiscard]] std::string_view other_version_of(const BetterleaksFilter& filter, bool second);

/// `within` of a component, `5L`: so many lines may be between both. Errors: kBadRule with what is
/// wrong in `what`; distances in characters and to one side are not honoured.
[[nodiscard]] Result<std::uint64_t> parse_within(std::string_view text);

}  // namespace nhi
