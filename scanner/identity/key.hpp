// key.hpp - the fingerprint key of an estate: 32 bytes that make equal values equal, not guessable.
#pragma once

#include <string>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct FingerprintKey {
  std::string id;    // "k1": printed in fingerprints
  SecretText bytes;  // 32 bytes
  std::string path;  // where it was read
};

/// Where the key lies: $NHISWEEP_KEY_FILE, else /etc/nhisweep/fingerprint.key for root, else
/// $XDG_CONFIG_HOME or ~/.config + /nhisweep/fingerprint.key.
/// Errors: kBadUse if no home folder is known.
[[nodiscard]] Result<std::string> fingerprint_key_path();

/// Reads the key; makes one (0600, with its folder 0700) if the file does not exist.
/// Errors: kBadUse for a file of another shape or one that others can read; kIo, kPermission.
[[nodiscard]] Result<FingerprintKey> load_or_create_fingerprint_key(const std::string& path);
/// Reads the key; kNotFound if there is none.
[[nodiscard]] Result<FingerprintKey> load_fingerprint_key(const std::string& path);

}  // namespace nhi
