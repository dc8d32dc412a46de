// bundle_writer.hpp - writes a bundle line by line; in place, whole and sealed, with finish().
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/bundle/bundle.hpp"
#include "scanner/bundle/seal.hpp"

namespace nhi {

// Order of calls: units in any order, then absence and coverage, then finish().
class BundleWriter {
 public:
  /// Mode 0600. Errors: kIo, kPermission; kTooLarge for a header over its limits.
  [[nodiscard]] static Result<BundleWriter> create(const std::string& path,
                                                   const BundleHeader& header,
                                                   const SecretText& key);
  /// Errors: kTooLarge over kUnitFindingsMax or kBundleLineBytesMax, the unit named.
  [[nodiscard]] Result<void> unit(const UnitResult& unit);
  [[nodiscard]] Result<void> absence(const AbsenceEvidence& evidence);
  [[nodiscard]] Result<void> coverage(const Coverage& coverage);
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] const BundleCounts& counts() const { return counts_; }

 private:
  BundleWriter(ReplacementFile file, HmacSha256 seal)
      : file_(std::move(file)), seal_(std::move(seal)) {}
  Result<void> line(const char* kind, const nlohmann::json& record, const std::string& subject);
  Result<void> flush_clean();
  Result<void> places(const char* kind, const std::vector<std::string>& places);

  ReplacementFile file_;
  HmacSha256 seal_;
  BundleCounts counts_;
  bool two_keys_ = false;                                   // the header names a former key
  std::string clean_target_, clean_root_;                   // of what waits to be written
  std::vector<std::pair<std::string, std::string>> clean_;  // path, stamp
};

}  // namespace nhi
