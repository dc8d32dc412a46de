// dn.hpp - names of entries, read and written by libldap: no name is put together from text here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nhi {

inline constexpr std::size_t kDnBytesMax = 480;  // written out; an id of the protocol has 512

/// The name as RFC 4514 writes it, escapes and spaces in one form. Nothing if it is no name, empty,
/// or too long.
[[nodiscard]] std::optional<std::string> canonical_dn(std::string_view text);

/// Two canonical names of one entry, as far as can be told without the server's schema: upper and
/// lower case are the same. Wrongly true for attributes that tell them apart.
[[nodiscard]] bool is_same_dn(std::string_view one, std::string_view other);

}  // namespace nhi
