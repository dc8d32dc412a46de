// signing_key.hpp - the Ed25519 key that signs the heads of the audit.
//
// Whoever can write the journal can write another one. What makes that show is the key: it lies
// elsewhere, as PEM (PKCS#8) that openssl reads too, and its public half is kept where the journal
// is checked.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

// The public half. Copies share it.
class AuditPublicKey {
 public:
  /// Of "-----BEGIN PUBLIC KEY-----" with an Ed25519 key; `subject` is for messages.
  /// Errors: kMalformed.
  [[nodiscard]] static Result<AuditPublicKey> from_pem(std::string_view pem,
                                                       const std::string& subject);
  [[nodiscard]] const std::string& pem() const { return pem_; }
  /// SHA-256 of the key's SubjectPublicKeyInfo, the first 32 of its hex digits.
  [[nodiscard]] const std::string& id() const { return id_; }
  /// `signature`: 64 bytes.
  [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

 private:
  friend class AuditSigningKey;
  struct Held;
  explicit AuditPublicKey(std::shared_ptr<const Held> held);
  std::shared_ptr<const Held> held_;
  std::string pem_;
  std::string id_;
};

class AuditSigningKey {
 public:
  /// $NHISWEEP_AUDIT_KEY_FILE, else /etc/nhisweep/audit.key for root, else audit.key beside the
  /// user's fingerprint key. Errors: kBadUse if no home folder is known.
  [[nodiscard]] static Result<std::string> usual_path();
  /// Reads the key; makes one (0600, its folder 0700) if the file does not exist. Errors: kBadUse
  /// for a file of another shape or one that others can read; kIo, kPermission.
  [[nodiscard]] static Result<AuditSigningKey> load_or_create(const std::string& path);

  [[nodiscard]] const AuditPublicKey& public_key() const { return public_; }
  /// 64 bytes. Errors: kInternal.
  [[nodiscard]] Result<std::string> sign(std::string_view text) const;

 private:
  explicit AuditSigningKey(AuditPublicKey key) : public_(std::move(key)) {}
  [[nodiscard]] static Result<AuditSigningKey> load(const std::string& path);
  AuditPublicKey public_;  // holds the private half too
};

}  // namespace nhi
