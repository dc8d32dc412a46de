// value.hpp - from a secret's bytes to what may be stored of it: fingerprint, redaction, length.
#pragma once

#include <optional>
#include <string>

#include "scanner/base/clock.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

/// The bytes that are fingerprinted: a private key by its public key (DER SubjectPublicKeyInfo),
/// other PEM with LF line ends and no outer white space, anything else as it is.
[[nodiscard]] SecretText canonical_value(const SecretText& value);

/// "hmac-sha256:k1:<64 hex>" of the canonical value.
[[nodiscard]] std::string fingerprint(const FingerprintKey& key, const SecretText& canonical);
/// A stable id "c_<24 hex>", "f_…", "i_…", "d_…": HMAC over the fields under the estate key.
[[nodiscard]] std::string keyed_id(const FingerprintKey& key, std::string_view prefix,
                                   const std::string& field_bytes);
/// Of the value with this fingerprint, which is one of the same key.
[[nodiscard]] std::string credential_id(const FingerprintKey& key, const std::string& fingerprint);

/// What may be shown: the public prefix of the format and a fixed mask that tells no length.
[[nodiscard]] std::string redact(const SecretText& value, const Rule* rule);
/// "1-7", "8-15" or "16+".
[[nodiscard]] std::string length_class(std::size_t bytes);
/// The `exp` of a JWT, if it carries one.
[[nodiscard]] std::optional<Instant> token_expiry(const SecretText& value);

}  // namespace nhi
