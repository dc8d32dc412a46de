// baseline.hpp - an earlier report of a scan, read back: the findings that are known already.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "scanner/base/result.hpp"

namespace nhi {

inline constexpr std::size_t kBaselineBytesMax = std::size_t{256} << 20;  // 200,000 findings

struct Baseline {
  std::unordered_set<std::string> ids;  // of findings
};

/// Reads JSON, JSONL, SARIF or CSV of `nhisweep scan`. `file` is for messages, `key_id` is that of
/// the key in use. Errors: kBadUse, with what to do, for a file that is none of these, a report of
/// a sweep (its ids name targets) or one made with another key.
[[nodiscard]] Result<Baseline> read_baseline(std::string_view text, const std::string& file,
                                             std::string_view key_id);

}  // namespace nhi
