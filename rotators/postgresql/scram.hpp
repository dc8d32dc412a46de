// scram.hpp - the verifier that PostgreSQL keeps instead of a password, with a count of iterations
// that libpq 15 does not let us choose.
// Source: RFC 5802, section 3; RFC 7677; the text form is PostgreSQL's (pg_authid.rolpassword).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

/// True if SASLprep leaves `password` as it is without a look into its tables: printable ASCII.
[[nodiscard]] bool is_plain_password(std::string_view password);

/// "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>"; none if OpenSSL refuses.
[[nodiscard]] std::optional<SecretText> scram_verifier(const SecretText& password,
                                                       std::string_view salt,
                                                       std::uint32_t iterations);

/// The same with a random salt of 16 bytes.
[[nodiscard]] std::optional<SecretText> scram_verifier(const SecretText& password,
                                                       std::uint32_t iterations);

}  // namespace nhi
