// foreign_pattern.hpp - patterns written for other engines, as RE2 over bytes.
//
// Go's regexp reads text as code points, RE2 here reads bytes. Where both agree the pattern stays
// as it is; a character above ASCII becomes the bytes that UTF-8 writes it with; what cannot be
// said in bytes is refused by name. Rust's regex, as Kingfisher sets it, reads bytes too, but has
// free spacing, sets of characters within each other, and counts above RE2's thousand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

/// The pattern of a Gitleaks rule (Go's regexp/syntax, Perl flags) in our terms. Names of groups
/// are dropped: other programs count groups, and ours mean something. Errors: kBadRule with what is
/// wrong in `what`, and a hint; no subject.
[[nodiscard]] Result<std::string> from_go_pattern(std::string_view pattern);

/// The pattern of a Kingfisher rule (Rust's regex over bytes, without Unicode) in our terms:
/// without free spacing and comments. Names of groups stay: checksums speak of them. Errors: as
/// above.
[[nodiscard]] Result<std::string> from_rust_pattern(std::string_view pattern);

/// `\xNN` for each byte.
[[nodiscard]] std::string escaped_bytes(std::string_view bytes);
[[nodiscard]] std::string utf8_of(std::uint32_t code_point);

/// Groups that capture, in a pattern that RE2 takes.
[[nodiscard]] Result<std::uint32_t> count_groups(std::string_view pattern);

/// Says whether RE2 takes the pattern over bytes, within kRegexMemoryBytes.
/// Errors: kBadRule if RE2 refuses the pattern.
[[nodiscard]] Result<void> check_foreign_pattern(std::string_view pattern);

}  // namespace nhi
