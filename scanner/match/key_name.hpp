// key_name.hpp - what does the name of a setting say about its value?
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi {

enum class KeyKind : std::uint8_t {
  kOther,     // names something else: primary_key, token_url, password_policy, keyboard
  kDigest,    // names a digest: password_hash, key_fingerprint
  kPassword,  // people choose the value
  kMachine,   // programs make the value
};

/// Splits `key` into words (separators, `aB`, `ABc`) and compares whole words.
[[nodiscard]] KeyKind judge_key(Bytes key);

/// One of its words says that the value is for everybody: a public key, an id of a request.
[[nodiscard]] bool is_public_name(Bytes key);

/// True if words follow the one that speaks of a secret, other than those that only say which one:
/// `password_encryption`, not `password_prod`.
[[nodiscard]] bool names_something_else(Bytes key);

/// The first words of `key`, in order; returns how many.
inline constexpr std::size_t kKeyWordsMax = 24;
std::size_t split_key(Bytes key, std::array<Bytes, kKeyWordsMax>& words);

/// Letters and digits of `text`, small.
[[nodiscard]] std::string folded_letters(Bytes text);

/// True if `word` (lower case) is one of the words of `key`.
[[nodiscard]] bool has_key_word(Bytes key, std::string_view word);

}  // namespace nhi
