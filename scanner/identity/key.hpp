// key.hpp - the fingerprint key of an estate: 32 bytes that make equal values equal, not guessable.
#pragma once

#include <memory>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct FingerprintKey {
  std::string id;    // "k1": printed in fingerprints
  SecretText bytes;  // 32 bytes
  std::string path;  // where it was read
  /// While the key is rotated: the one before it, under which known findings have their ids.
  std::shared_ptr<const FingerprintKey> former = nullptr;
};

/// Tells keys apart and proves nothing else of them: 32 hex digits, safe to store.
[[nodiscard]] std::string key_check(const FingerprintKey& key);

/// Where the key lies: $NHISWEEP_KEY_FILE, else /etc/nhisweep/fingerprint.key for root, else
/// $XDG_CONFIG_HOME or ~/.config + /nhisweep/fingerprint.key.
/// Errors: kBadUse if no home folder is known.
[[nodiscard]] Result<std::string> fingerprint_key_path();

/// Reads the key; makes one (0600, with its folder 0700) if the file does not exist.
/// Errors: kBadUse for a file of another shape or one that others can read; kIo, kPermission.
[[nodiscard]] Result<FingerprintKey> load_or_create_fingerprint_key(const std::string& path);
/// Reads the key; kNotFound if there is none.
[[nodiscard]] Result<FingerprintKey> load_fingerprint_key(const std::string& path);

/// Puts a new key before the one of the file, which stays as the former one. The file is replaced
/// as a whole: killed at any moment it is the old one or the new one.
/// Errors: kBadUse if a former key is there already; as for reading and writing.
[[nodiscard]] Result<FingerprintKey> rotate_fingerprint_key(const std::string& path);
/// Takes the former key out of the file. Errors: kBadUse if there is none.
[[nodiscard]] Result<FingerprintKey> forget_former_key(const std::string& path);

}  // namespace nhi
