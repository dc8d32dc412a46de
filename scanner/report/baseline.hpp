// baseline.hpp - an earlier report of a scan, read back: the findings that are known already.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "scanner/base/result.hpp"

namespace nhi {

inline constexpr std::size_t kBaselineBytesMax = std::size_t{256} << 20;  // 200,000 findings

/// What stands behind the name of a CSV report in that of its coverage.
inline constexpr const char* kBesideCsv = ".coverage.json";

/// The key in use, and the one that it replaces while it is rotated, else empty.
struct BaselineKeys {
  std::string id;
  std::string check;
  std::string former_id = {};
  std::string former_check = {};
};

struct Baseline {
  std::unordered_set<std::string> ids;  // of findings
  bool under_former = false;            // ids are those of the former key
};

/// Reads JSON, JSONL, SARIF or CSV of `nhisweep scan`. `file` is for messages; `beside` is the text
/// of FILE.coverage.json, empty if there is none. Errors: kBadUse, with what to do, for a file that
/// is none of these, a report of a sweep (its ids name targets) or one made with another key. A
/// report that tells only the name of its key may be one of another key of that name.
[[nodiscard]] Result<Baseline> read_baseline(std::string_view text, const std::string& file,
                                             const BaselineKeys& keys,
                                             std::string_view beside = {});

}  // namespace nhi
