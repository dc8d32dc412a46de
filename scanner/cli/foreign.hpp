// foreign.hpp - what people told other scanners to ignore: `.gitleaksignore` and the baseline of
// detect-secrets, read, and looked up among our findings by place. Their lists hold no value that
// could be compared with a keyed fingerprint.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/sheet.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// One entry of such a list.
struct ForeignEntry {
  std::size_t list_line = 0;         // on which it stands; 0 in JSON
  std::string commit;                // hex, possibly its beginning; empty: any
  std::string path;                  // below the root that was scanned, with '/'
  std::uint64_t line = 0;            // from 1; 0: the list does not say
  std::string rule;                  // their name of it
  Verdict verdict = Verdict::kNone;  // kNone: nobody has looked at it
};

/// `[commit:]path:rule:line`, a line each, `#` before a comment; ignoring says false positive. A
/// line of another shape is a fault.
/// Source: gitleaks v8 README, "gitleaksignore"; commits have 7 or 40 digits, by its version.
[[nodiscard]] std::vector<ForeignEntry> read_gitleaks_ignore(std::string_view text,
                                                             SheetFaults& faults);
/// `results` by file; `is_secret`, which `detect-secrets audit` writes, is the verdict.
/// Errors: kBadUse for what is no such baseline.
/// Source: Yelp detect-secrets 1.x, docs/design.md and docs/audit.md.
[[nodiscard]] Result<std::vector<ForeignEntry>> read_detect_secrets(std::string_view text,
                                                                    const std::string& file);

// The findings of one root that are there, by path and line. Those it is made of must outlive it.
class PlacesOfRoot {
 public:
  PlacesOfRoot(const std::vector<Finding>& findings, std::string_view root);

  struct Answer {
    std::vector<const Finding*> found;
    std::string why_not;  // where nothing is found
  };
  /// Findings at the entry's path and line, of its commit where it names one. Of several, those of
  /// a rule of the same name; none where their rules do not tell which is meant.
  [[nodiscard]] Answer look_up(const ForeignEntry& entry) const;

 private:
  std::map<std::pair<std::string_view, std::uint64_t>, std::vector<const Finding*>> at_;
  std::unordered_map<std::string_view, std::size_t> in_file_;
};

}  // namespace nhi
