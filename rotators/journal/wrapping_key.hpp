// wrapping_key.hpp - the key that the values of a rotation are encrypted under while it runs.
//
// It comes from outside of the journal: a systemd credential, a file that only its owner reads, or
// a passphrase. Whoever has the journal alone has no value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// Asks a person for the passphrase of this file.
using AskPassphrase = std::function<Result<SecretText>(const std::string& path)>;

// Move-only. AES-256-GCM through OpenSSL with a random nonce each time.
class WrappingKey {
 public:
  /// $CREDENTIALS_DIRECTORY/nhisweep-wrapping.key if a unit brought one (LoadCredential=), else
  /// $NHISWEEP_WRAPPING_KEY_FILE, else /etc/nhisweep/wrapping.key for root, else wrapping.key in
  /// the user's folder. Errors: kBadUse if no home folder is known.
  [[nodiscard]] static Result<std::string> usual_path();
  /// Reads the file; makes one with a random key (0600, its folder 0700) if it does not exist.
  /// Errors: kBadUse for a file of another shape, one that others can read, one in the folder of
  /// the journal, a wrong passphrase; kIo, kPermission; those of `ask`.
  [[nodiscard]] static Result<WrappingKey> load_or_create(const std::string& path,
                                                          const std::string& journal,
                                                          const AskPassphrase& ask);
  /// Makes a file with a salt, so that the key is made of it and the passphrase (scrypt).
  /// Errors: kBadUse if the file exists or the passphrase is shorter than 12 bytes; kIo.
  [[nodiscard]] static Result<void> create_with_passphrase(const std::string& path,
                                                           const SecretText& passphrase);

  /// Tells keys apart: 16 hex digits.
  [[nodiscard]] const std::string& id() const { return id_; }
  /// A key for another use, which tells nothing of this one.
  [[nodiscard]] SecretText derived(std::string_view purpose) const;

  /// Nonce, ciphertext and tag. `about` is bound to it: it opens with the same only.
  [[nodiscard]] Result<std::string> wrap(Bytes plain, Bytes about) const;
  /// Errors: kMalformed for what was not wrapped under this key and `about`.
  [[nodiscard]] Result<SecretText> unwrap(Bytes wrapped, Bytes about) const;
  /// A random key, for one value.
  [[nodiscard]] static Result<WrappingKey> random();
  [[nodiscard]] const SecretText& bytes() const { return bytes_; }
  [[nodiscard]] static WrappingKey from_bytes(SecretText bytes);

 private:
  WrappingKey() = default;
  SecretText bytes_;
  std::string id_;
};

}  // namespace nhi
