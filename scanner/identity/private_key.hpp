// private_key.hpp - private keys as OpenSSL and OpenSSH write them: which key it is, another of its
// kind, and the same in another container.
//
// Formats: RFC 5208, 5915 and 8017 through OpenSSL; OpenSSH's PROTOCOL.key with the private parts
// of PROTOCOL.agent.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// A private key of RSA with 16384 bits takes 13 KiB.
inline constexpr std::size_t kPrivateKeyBytesMax = std::size_t{64} << 10;

enum class KeyContainer : std::uint8_t {
  kPkcs8,        // BEGIN PRIVATE KEY
  kTraditional,  // BEGIN RSA PRIVATE KEY, BEGIN EC PRIVATE KEY
  kOpenSsh,      // BEGIN OPENSSH PRIVATE KEY
};

// RSA, EC on the curves P-256, P-384 and P-521, Ed25519; others that OpenSSL reads have no form for
// OpenSSH. Move-only; thread-compatible.
class PrivateKey {
 public:
  /// `pem`: one block, with white space around at most. Never asks for a passphrase.
  /// Errors: kBadUse for a key behind a passphrase, or one that lies in a device; kMalformed;
  /// kTooLarge.
  [[nodiscard]] static Result<PrivateKey> read(Bytes pem);
  /// A new key of the same kind, size, container and comment. Errors: kInternal.
  [[nodiscard]] Result<PrivateKey> another() const;
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  [[nodiscard]] KeyContainer container() const;
  /// In its own container, with a line end at the end. Errors: kBadUse if the container cannot hold
  /// such a key.
  [[nodiscard]] Result<SecretText> pem() const { return pem_as(container()); }
  [[nodiscard]] Result<SecretText> pem_as(KeyContainer container) const;
  /// SubjectPublicKeyInfo in DER. Errors: kInternal.
  [[nodiscard]] Result<std::string> public_der() const;
  /// "ssh-ed25519 AAAA…", without a comment. Errors: kBadUse for a kind that SSH does not know.
  [[nodiscard]] Result<std::string> ssh_public() const;

 private:
  struct Parts;
  explicit PrivateKey(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace nhi
