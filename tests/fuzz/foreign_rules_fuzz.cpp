// Rule files of other programs: refused or read; what was read, written as ours, is the same rules.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A comment on the first line of YAML says that it is some.
  const bool yaml = text.starts_with("# kingfisher");
  auto rules = nhi::parse_rules(text, yaml ? "fuzz.yml" : "fuzz.toml", {});
  if (!rules.has_value()) return 0;
  const auto again = nhi::parse_rules_yaml(nhi::write_rules_yaml(*rules, "fuzz"), "fuzz.yaml");
  const auto set = nhi::RuleSet::create(*rules);
  if (!set.has_value()) return 0;
  NHI_ASSERT(again.has_value() || again.error().code == nhi::ErrorCode::kBadRule);
  if (!again.has_value()) return 0;
  const auto same = nhi::RuleSet::create(*again);
  NHI_ASSERT(same.has_value() && same->digest() == set->digest());
  return 0;
}
