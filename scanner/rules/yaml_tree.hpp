// yaml_tree.hpp - YAML text as a small tree that remembers lines, and nothing that can surprise.
//
// The only file that sees yaml-cpp. Anchors, aliases, tags and duplicate keys are refused: a rule
// file needs none of them, and aliases let a short file describe an endless one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

/// Maps and lists within each other that a rule file may have; over it: kBadRule.
inline constexpr std::size_t kYamlDepthMax = 16;
/// Nodes of one file; over it: kTooLarge.
inline constexpr std::size_t kYamlNodesMax = 1'000'000;

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  bool quoted = false;   // scalars: written in quotes or as a block
  bool null = false;     // scalars: empty or `~`
  std::size_t line = 0;  // from 1
  std::string scalar;
  std::vector<YamlNode> items;     // lists
  std::vector<YamlEntry> entries;  // maps, in file order
};

struct YamlEntry {
  std::string key;
  std::size_t line = 0;
  YamlNode value;
};

/// Parses exactly one document. `name` is used in messages.
/// Errors: kBadRule with subject `name:line`; kTooLarge above kRuleFileBytesMax or kYamlNodesMax.
[[nodiscard]] Result<YamlNode> parse_yaml(std::string_view text, const std::string& name);

}  // namespace nhi
