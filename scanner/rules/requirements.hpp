// requirements.hpp - what a Kingfisher rule asks of the text that it found, beyond pattern and
// entropy. docs/rules.md, section 7.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

/// Two templates (checksum_template.hpp) that must give the same text.
struct TemplateChecksum {
  std::string actual;
  std::string expected;
  std::string needs_group;       // a group that must have taken part; empty: none
  bool skip_if_missing = false;  // without that group the match passes; else it is dropped

  friend bool operator==(const TemplateChecksum&, const TemplateChecksum&) = default;
};

/// Characters are counted in ASCII; an absent number asks for nothing.
struct Requirements {
  std::optional<std::uint64_t> digits = std::nullopt;
  std::optional<std::uint64_t> uppercase = std::nullopt;
  std::optional<std::uint64_t> lowercase = std::nullopt;
  std::optional<std::uint64_t> special = std::nullopt;
  std::optional<std::string> special_chars = std::nullopt;  // none: kSpecialChars
  std::vector<std::string> none_of = {};                    // in any case
  std::optional<TemplateChecksum> checksum = std::nullopt;

  friend bool operator==(const Requirements&, const Requirements&) = default;
};

/// Punctuation of ASCII, which Kingfisher counts as special where a rule does not say.
inline constexpr std::string_view kSpecialChars = "!@#$%^&*()_+-=[]{}|;:'\",.<>?/\\`~";

/// The map behind `pattern_requirements` of Kingfisher, or `requirements` of ours: the same keys.
/// Errors: kBadRule naming `file:line`, rule and key.
[[nodiscard]] Result<Requirements> read_requirements(const YamlEntry& entry,
                                                     const std::string& file,
                                                     const std::string& rule);
[[nodiscard]] std::span<const std::string_view> requirement_keys();

}  // namespace nhi
