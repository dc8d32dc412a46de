// conditions.hpp - what rules written for other programs ask beyond a pattern: allowlists,
// expressions, paths and company in the file. docs/rules.md, section 7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nhi {

/// Whose way of judging a match a rule was written for. Of other programs' rules only what the
/// rule itself declares is asked, in that program's way; our own checks stay away.
enum class Semantics : std::uint8_t { kOwn, kGitleaks, kKingfisher, kBetterleaks };

/// What the regexes of an allowlist look at.
enum class AllowTarget : std::uint8_t { kSecret, kMatch, kLine };

/// What makes a match none. `all`: each kind of condition that is given must hold; else any does.
struct Allowlist {
  std::string name;  // rule files: an entry with this name alone means this one; may be empty
  bool all = false;
  AllowTarget target = AllowTarget::kSecret;
  std::vector<std::string> regexes;  // joined with | as one pattern: flags go on to the next
  std::vector<std::string> paths;    // joined likewise, against the path below the root
  std::vector<std::string> stop_words;
  std::vector<std::string> commits;  // whole ids, lower case

  friend bool operator==(const Allowlist&, const Allowlist&) = default;
};

/// An expression of Betterleaks that is true where a match is none (betterleaks_filter.hpp).
struct MatchFilter {
  std::string name;  // as of an allowlist
  std::string text;  // as it was written

  friend bool operator==(const MatchFilter&, const MatchFilter&) = default;
};

/// One rule that must have a match in the same file too.
struct Required {
  std::string rule;                      // its id
  std::optional<std::uint64_t> lines;    // at most so many between the starts of both
  std::optional<std::uint64_t> columns;  // bytes into the line, likewise

  friend bool operator==(const Required&, const Required&) = default;
};

}  // namespace nhi
