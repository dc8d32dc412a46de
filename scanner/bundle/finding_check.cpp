#include "scanner/bundle/finding_check.hpp"

#include <algorithm>

namespace nhi {
namespace {

constexpr std::size_t kIdBytesMin = 10;
constexpr std::size_t kIdBytesMax = 66;

bool is_id(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix) || id.size() < kIdBytesMin || id.size() > kIdBytesMax) return false;
  return std::all_of(id.begin() + static_cast<std::ptrdiff_t>(prefix.size()), id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

constexpr std::string_view kFingerprint = "hmac-sha256:";

bool is_value(const Finding& finding) {
  return finding.fingerprint.starts_with(kFingerprint) && is_id(finding.credential_id, "c_");
}

}  // namespace

bool is_plain_path(std::string_view path) {
  if (path.starts_with('/')) return false;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (path.substr(0, slash) == "..") return false;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return true;
}

Result<void> check_finding(const Finding& finding, const UnitKey& unit, bool two_keys) {
  const auto bad = [](const char* what) { return fail(ErrorCode::kMalformed, what); };
  if (!is_id(finding.id, "f_")) return bad("a finding without an id of ours");
  if (finding.rule.empty()) return bad("a finding without a rule");
  const bool valueless = finding.fingerprint.empty() && finding.credential_id.empty();
  if (!valueless && !is_value(finding)) return bad("a fingerprint that is none of ours");
  const bool has_former = finding.former.fingerprint.starts_with(kFingerprint);
  if (has_former != (two_keys && !valueless) ||
      (!has_former && !finding.former.fingerprint.empty())) {
    return bad("a finding that does not tell the fingerprints of its header's keys");
  }
  if (!finding.dependency_id.empty() && !is_id(finding.dependency_id, "d_")) {
    return bad("a dependency id that is none of ours");
  }
  if (finding.target != unit.target || finding.place.root != unit.root) {
    return bad("a finding of another place than its unit");
  }
  if (!is_plain_path(finding.place.path.value_or(""))) return bad("a path that leads outside");
  if (finding.bytes.start > finding.bytes.end) return bad("a span that ends before it begins");
  if (finding.kind == FindingKind::kIndicator && !finding.indicator) {
    return bad("an indicator without its facts");
  }
  return {};
}

}  // namespace nhi
