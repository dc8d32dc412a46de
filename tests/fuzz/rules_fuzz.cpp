// Rule files and the templates in them: refused or read, never worse.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/rules/rule_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto rules = nhi::parse_rules_yaml(text, "fuzz.yaml");
  if (rules.has_value()) {
    const auto set = nhi::RuleSet::create(std::move(*rules));
    if (set.has_value()) NHI_ASSERT(!set->digest().empty());
  }
  const auto once = nhi::expand_template(text, 7);
  const auto again = nhi::expand_template(text, 7);
  NHI_ASSERT(once.has_value() == again.has_value());
  if (once.has_value()) NHI_ASSERT(*once == *again);
  return 0;
}
