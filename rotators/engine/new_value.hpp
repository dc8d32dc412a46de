// new_value.hpp - values that we choose: passwords, private keys, and names of runs.
#pragma once

#include <string>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// 32 letters and digits, of each kind at least one: 190 bits, and no byte that a file, a URL or a
/// connection string would have to escape. With `symbols` 4 of them are of "-_.": for servers that
/// refuse a value without.
[[nodiscard]] Result<SecretText> new_password(bool symbols = false);
/// A private key of the kind of `old`, in the same container, without a line end behind it.
/// Errors: as PrivateKey::read().
[[nodiscard]] Result<SecretText> new_private_key(const SecretText& old);
/// The same key as rotators take it: PKCS#8 in PEM. Errors: as PrivateKey::read().
[[nodiscard]] Result<SecretText> pkcs8_of(const SecretText& key);
/// A value of the same shape as `like` that is not it, a private key for a private key: for the
/// control of a probe.
[[nodiscard]] Result<SecretText> control_value(const SecretText& like);

/// "r_" and 20 hex digits.
[[nodiscard]] Result<std::string> new_run_id();

}  // namespace nhi
