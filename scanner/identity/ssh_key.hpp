// ssh_key.hpp - the container of OpenSSH's own for private keys (PROTOCOL.key), without a
// passphrase. For private_key.cpp.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, KeyFree>;

struct SshKey {
  KeyHandle key;
  std::string comment;
};

/// `blob`: what the base64 between the lines holds. Errors: as PrivateKey::read().
[[nodiscard]] Result<SshKey> read_ssh_key(Bytes blob);
/// Errors: kBadUse for a kind of key that OpenSSH does not know; kInternal.
[[nodiscard]] Result<SecretText> write_ssh_key(const EVP_PKEY* key, const std::string& comment);
/// Of the public key: what base64 hides in "ssh-ed25519 AAAA…". Errors: as write_ssh_key().
[[nodiscard]] Result<std::string> ssh_public_blob(const EVP_PKEY* key);

}  // namespace nhi
