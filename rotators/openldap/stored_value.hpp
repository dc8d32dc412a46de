// stored_value.hpp - what OpenLDAP keeps in userPassword: made here, so that the password itself
// never goes to the server by a change, and compared here, since an entry may have several values
// and only the one that is meant may go.
// Source: RFC 2307, section 5.3; slapd.conf(5); slapd-pw-sha2(5); slappw-argon2(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

enum class StoreAs : std::uint8_t { kSsha, kSsha256, kSsha512, kArgon2 };
[[nodiscard]] std::optional<StoreAs> store_as_from(std::string_view word);

inline constexpr std::size_t kSaltBytes = 16;

/// "{SSHA}…" of `value`, which has no NUL; none if the library refuses. `salt`: kSaltBytes.
[[nodiscard]] std::optional<SecretText> stored_form(StoreAs scheme, const SecretText& value,
                                                    std::string_view salt);
/// The same for a step of a run and an entry each time, so that a repeat makes no second one;
/// random without a step. It need not be secret.
[[nodiscard]] std::string salt_for(std::string_view step, std::string_view dn);
/// A value that nobody knows, for a class that wants one.
[[nodiscard]] std::optional<SecretText> unknown_value();

enum class Fit : std::uint8_t { kYes, kNo, kUnknown };
/// Whether the server would let `value` in by this one of the entry's values. kUnknown: it is
/// stored in a scheme that cannot be computed here, asks for more work than we do, or is damaged.
[[nodiscard]] Fit fit_of(const SecretText& stored, const SecretText& value);

/// "{SSHA}", fit to be shown; "no scheme" for one that is the password itself.
[[nodiscard]] std::string scheme_shown(const SecretText& stored);

}  // namespace nhi
