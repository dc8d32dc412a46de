#include "scanner/sweep/import_keys.hpp"

#include <fmt/format.h>

#include "scanner/identity/examiner.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

bool is_of_key(const std::string& fingerprint, const FingerprintKey& key) {
  return fingerprint.empty() || fingerprint.starts_with("hmac-sha256:" + key.id + ":");
}

bool has_former(const ProvenBundle& bundle, const FingerprintKey& key) {
  return key.former != nullptr && bundle.header.former_check == key_check(*key.former);
}

bool is_sealed_by_former(const ProvenBundle& bundle) { return bundle.key_used != 0; }

Result<void> check_ids(const Finding& finding, const FingerprintKey& key, const std::string& root) {
  const auto bad = [](const char* what) { return fail(ErrorCode::kMalformed, what); };
  if (!is_of_key(finding.fingerprint, key)) return bad("a fingerprint of another key");
  // An id belongs to its place: no bundle touches what another host holds.
  if (finding_id(finding, key, root) != finding.id) {
    return bad("a finding with the id of another place");
  }
  if (finding.fingerprint.empty()) return {};
  const bool own = credential_id(key, finding.fingerprint) == finding.credential_id;
  return own ? Result<void>() : bad("a finding with the credential of another value");
}

// A place without a value is known under any key; of a value only its fingerprints are.
Result<void> add_former(Finding& finding, const FingerprintKey& former, bool told,
                        const std::string& root) {
  if (finding.fingerprint.empty() || told) {
    if (!is_of_key(finding.former.fingerprint, former)) {
      return fail(ErrorCode::kMalformed, "a former fingerprint of another key");
    }
    finding.former.id = former_finding_id(finding, former, root);
  }
  if (told && !finding.fingerprint.empty()) {
    finding.former.credential_id = credential_id(former, finding.former.fingerprint);
  }
  return {};
}

}  // namespace

std::vector<SealKey> seal_keys(const FingerprintKey& key) {
  std::vector<SealKey> keys;
  for (const FingerprintKey* one : {&key, key.former.get()}) {
    if (one != nullptr) keys.push_back({one->id, key_check(*one), one->bytes});
  }
  return keys;
}

bool knows_former(const ProvenBundle& bundle, const FingerprintKey& key) {
  return is_sealed_by_former(bundle) || has_former(bundle, key);
}

Result<void> settle_ids(UnitResult& unit, const ProvenBundle& bundle, const FingerprintKey& key) {
  const std::string& root = unit.key.root;
  const bool by_former = is_sealed_by_former(bundle);
  const FingerprintKey& sealed_with = by_former ? *key.former : key;
  const bool told = has_former(bundle, key);
  for (Finding& finding : unit.findings) {
    NHI_CHECK_OK(check_ids(finding, sealed_with, root));
    if (!told) finding.former.fingerprint.clear();
    if (!by_former) {
      if (key.former) NHI_CHECK_OK(add_former(finding, *key.former, told, root));
      continue;
    }
    if (!finding.fingerprint.empty()) continue;
    finding.former.id = finding.id;
    finding.id = finding_id(finding, key, root);
  }
  return {};
}

Result<void> check_nothing_waits(const ProvenBundle& bundle, const FingerprintKey& key,
                                 const std::map<std::string, std::uint64_t>& waiting) {
  if (!key.former || knows_former(bundle, key)) return {};
  std::uint64_t findings = 0;
  for (const BundleTarget& target : bundle.header.targets) {
    const auto at = waiting.find(target.name);
    if (at != waiting.end()) findings += at->second;
  }
  if (findings == 0) return {};
  const std::string& host = bundle.header.host;
  return fail(ErrorCode::kBadUse,
              fmt::format("{} collected under {} alone, and {} findings of it are known under {} "
                          "only: they would be gone, and new",
                          host, key_words(key.id, key_check(key)), findings,
                          key_words(key.former->id, key_check(*key.former))),
              bundle.path,
              "nhisweep key export FILE writes both keys: nhisweep key import FILE on " + host +
                  ", and collect there again");
}

}  // namespace nhi
