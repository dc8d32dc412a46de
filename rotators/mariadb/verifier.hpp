// verifier.hpp - what MariaDB keeps instead of a password, made here so that no password is ever
// part of a statement.
// Source: sql/password.c (mysql_native_password) and plugin/auth_ed25519/ref10 (ed25519) of MariaDB
// 10.11; RFC 8032, section 5.1, for the curve. Of both the same password has always the same text.
#pragma once

#include <optional>
#include <string>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

inline constexpr const char* kNativePlugin = "mysql_native_password";
inline constexpr const char* kEd25519Plugin = "ed25519";

/// "*" and SHA-1 of SHA-1, 40 digits in capitals; none if OpenSSL refuses.
[[nodiscard]] std::optional<std::string> native_verifier(const SecretText& password);

/// The public key that the password is the seed of, in base64 without its "=": 43 characters. A
/// seed of any length, where RFC 8032 has 32 bytes, is what OpenSSL does not offer.
[[nodiscard]] std::optional<std::string> ed25519_verifier(const SecretText& password);

}  // namespace nhi
