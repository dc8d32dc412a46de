// Windows and the whole view must see the same matches in any bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "scanner/match/matcher.hpp"

namespace {

using namespace nhi;

struct Collector final : MatchSink {
  void on_match(const Match& match) override {
    seen.emplace_back(match.whole.start, match.whole.end, match.secret.start, match.secret.end,
                      static_cast<std::uint32_t>(match.rule), match.confidence);
  }
  std::vector<
      std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint32_t, Level>>
      seen;
};

const RuleSet& rules() {
  static const RuleSet set = [] {
    auto loaded = builtin_rules();
    NHI_ASSERT(loaded.has_value());
    auto made = RuleSet::create(std::move(*loaded));
    NHI_ASSERT(made.has_value());
    return std::move(*made);
  }();
  return set;
}

}  // namespace

// The first byte picks the syntax and the kind of path, the others are the view.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static Matcher fast(rules());
  static Matcher slow(rules());
  const ViewContext context{static_cast<Syntax>((data[0] & 0x7F) % 9), (data[0] & 0x80) != 0};
  const std::string view(reinterpret_cast<const char*>(data) + 1, size - 1);
  Collector by_windows;
  Collector by_judge;
  const auto first = fast.scan(view, context, by_windows);
  const auto second = slow.scan_plainly(view, context, by_judge);
  NHI_ASSERT(second.has_value());
  if (first) NHI_ASSERT(by_windows.seen == by_judge.seen);
  return 0;
}
