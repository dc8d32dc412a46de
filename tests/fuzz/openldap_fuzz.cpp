// What a server says of an entry: stored values, times and names. An own value fits itself; what is
// read is written in one form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rotators/openldap/dn.hpp"
#include "rotators/openldap/policy.hpp"
#include "rotators/openldap/stored_value.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const nhi::SecretText stored(text);
  const nhi::SecretText other("a value that nobody stored");
  static_cast<void>(nhi::fit_of(stored, other));
  static_cast<void>(nhi::scheme_shown(stored));
  static_cast<void>(nhi::parse_ldap_time(text));
  if (const auto name = nhi::canonical_dn(text); name && nhi::canonical_dn(*name) != name) {
    std::abort();
  }
  if (size > 0 && text.find('\0') == std::string_view::npos) {
    const auto made = nhi::stored_form(nhi::StoreAs::kSsha, stored, nhi::salt_for("1", "dn"));
    if (!made || nhi::fit_of(*made, stored) != nhi::Fit::kYes) std::abort();
  }
  return 0;
}
