// Rule files of other programs: refused or read; what was read, written as ours, is the same rules,
// and can be asked of any bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_writer.hpp"

namespace {

constexpr std::size_t kAskedRulesMax = 20;
constexpr std::size_t kAskedBytesMax = 4096;

struct Nobody final : nhi::MatchSink {
  void on_match(const nhi::Match&) override {}
};

// The rules look at their own text, where the path is known and where it is not.
void ask(const nhi::RuleSet& set, std::string_view text) {
  if (set.size() > kAskedRulesMax) return;
  nhi::Matcher matcher(set);
  Nobody sink;
  for (const bool known : {true, false}) {
    nhi::ViewContext context;
    if (known) context.path = "a/test.md";
    // A search that runs out of memory is an answer too.
    static_cast<void>(matcher.scan(text.substr(0, kAskedBytesMax), context, sink));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A comment on the first line of YAML says that it is some.
  const bool yaml = text.starts_with("# kingfisher");
  auto rules = nhi::parse_rules(text, yaml ? "fuzz.yml" : "fuzz.toml", {});
  if (!rules.has_value()) return 0;
  const auto again = nhi::parse_rules_yaml(nhi::write_rules_yaml(*rules, "fuzz"), "fuzz.yaml");
  const auto set = nhi::RuleSet::create(*rules);
  if (!set.has_value()) return 0;
  ask(*set, text);
  NHI_ASSERT(again.has_value() || again.error().code == nhi::ErrorCode::kBadRule);
  if (!again.has_value()) return 0;
  const auto same = nhi::RuleSet::create(*again);
  NHI_ASSERT(same.has_value() && same->digest() == set->digest());
  return 0;
}
