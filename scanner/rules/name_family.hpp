// name_family.hpp - the word stems by which people name secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// What the last stem of a name says: `auth_token` is a token, `token_secret` a secret.
enum class NameFamily : std::uint8_t { kNone, kPassword, kSecret, kToken, kKey, kAuth, kSalt };

struct NameStem {
  std::string_view text;  // lower case
  NameFamily family;
};
inline constexpr std::array<NameStem, 14> kNameStems = {{
    {"pass", NameFamily::kPassword},
    {"pwd", NameFamily::kPassword},
    {"psw", NameFamily::kPassword},
    {"pword", NameFamily::kPassword},
    {"pw", NameFamily::kPassword},
    {"kennwort", NameFamily::kPassword},
    {"motdepasse", NameFamily::kPassword},
    {"secret", NameFamily::kSecret},
    {"cred", NameFamily::kSecret},
    {"token", NameFamily::kToken},
    {"key", NameFamily::kKey},
    {"auth", NameFamily::kAuth},
    {"salt", NameFamily::kSalt},
    {"nonce", NameFamily::kSalt},
}};

/// False: no stem begins with this byte.
[[nodiscard]] constexpr bool may_begin_stem(char c) {
  constexpr std::uint32_t kLetters = [] {
    std::uint32_t letters = 0;
    for (const NameStem& stem : kNameStems) letters |= 1U << (stem.text.front() - 'a');
    return letters;
  }();
  const auto letter = static_cast<unsigned>((static_cast<unsigned char>(c) | 0x20U) - 'a');
  return letter < 26 && (kLetters >> letter & 1U) != 0;
}

/// The family whose stem begins at the start of `text`, letters in any case; kNone without one.
[[nodiscard]] NameFamily stem_at(Bytes text);

}  // namespace nhi
