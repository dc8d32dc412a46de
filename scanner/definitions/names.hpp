// names.hpp - what people call a password, a user and a place, in settings of any engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi::definitions {

enum class NameRole : std::uint8_t { kOther, kSecret, kAccount, kTarget, kPort };

struct NameParts {
  NameRole role = NameRole::kOther;
  /// The words without those that gave the role: `cds.db` of CDS_DB_Password. Joined by dots.
  std::string stem;
};

/// Lower-case words of a name: `cdsDbURL`, `CDS_DB_URL` and `cds.db-url` give cds, db, url.
[[nodiscard]] std::vector<std::string> name_words(Bytes name);
/// `password.minlength` and `token_url` are no secrets: the words around decide too.
[[nodiscard]] NameParts name_parts(Bytes name);
[[nodiscard]] bool is_secret_name(Bytes name);
/// True for HTTP headers whose value logs in: Authorization, X-Api-Key, …
[[nodiscard]] bool is_login_header(Bytes name);

}  // namespace nhi::definitions
