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
inline constexpr std::array<NameStem, 28> kNameStems = {{
    {"pass", NameFamily::kPassword},
    {"pwd", NameFamily::kPassword},
    {"psw", NameFamily::kPassword},
    {"pword", NameFamily::kPassword},
    {"pw", NameFamily::kPassword},
    {"kennwort", NameFamily::kPassword},
    {"motdepasse", NameFamily::kPassword},
    {"contrasen", NameFamily::kPassword},
    {"contrase\xC3\xB1", NameFamily::kPassword},
    {"wachtwoord", NameFamily::kPassword},   // Dutch
    {"cyfrinair", NameFamily::kPassword},    // Welsh
    {"heslo", NameFamily::kPassword},        // Czech
    {"haslo", NameFamily::kPassword},        // Polish
    {"senha", NameFamily::kPassword},        // Portuguese
    {"salasana", NameFamily::kPassword},     // Finnish
    {"losenord", NameFamily::kPassword},     // Swedish
    {"adgangskode", NameFamily::kPassword},  // Danish
    {"clave", NameFamily::kPassword},        // Spanish
    {"secret", NameFamily::kSecret},
    {"cred", NameFamily::kSecret},
    {"token", NameFamily::kToken},
    {"key", NameFamily::kKey},
    {"schluessel", NameFamily::kKey},
    {"geheim", NameFamily::kSecret},
    {"auth", NameFamily::kAuth},
    {"salt", NameFamily::kSalt},
    {"pepper", NameFamily::kSalt},
    {"nonce", NameFamily::kSalt},
}};

static_assert(kNameStems.size() <= 32);
// By their first letter. Not within the function: there it would be made anew at each call.
inline constexpr std::array<std::uint32_t, 26> kStemsByLetter = [] {
  std::array<std::uint32_t, 26> by_letter{};
  for (std::size_t i = 0; i < kNameStems.size(); ++i) {
    by_letter[static_cast<std::size_t>(kNameStems[i].text.front() - 'a')] |= std::uint32_t{1} << i;
  }
  return by_letter;
}();
/// The stems that begin with this byte, letters in any case: bit i is set for kNameStems[i].
[[nodiscard]] constexpr std::uint32_t stems_from(char c) {
  const auto letter = static_cast<unsigned>((static_cast<unsigned char>(c) | 0x20U) - 'a');
  return letter < 26 ? kStemsByLetter[letter] : 0;
}

/// False: no stem begins with this byte.
[[nodiscard]] constexpr bool may_begin_stem(char c) { return stems_from(c) != 0; }

/// The family whose stem begins at the start of `text`, letters in any case; kNone without one.
[[nodiscard]] NameFamily stem_at(Bytes text);

}  // namespace nhi
