#include "rotators/openldap/dn.hpp"

#include <ldap.h>
#include <strings.h>

#include <memory>

namespace nhi {
namespace {

constexpr std::size_t kTextBytesMax = 2048;  // before it is read

struct TextFreer {
  void operator()(char* text) const noexcept { ::ldap_memfree(text); }
};

}  // namespace

std::optional<std::string> canonical_dn(std::string_view text) {
  if (text.empty() || text.size() > kTextBytesMax || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string ended(text);
  LDAPDN parts = nullptr;
  if (::ldap_str2dn(ended.c_str(), &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS) {
    return std::nullopt;
  }
  char* written = nullptr;
  const int status = ::ldap_dn2str(parts, &written, LDAP_DN_FORMAT_LDAPV3);
  ::ldap_dnfree(parts);
  const std::unique_ptr<char, TextFreer> owner(written);
  if (status != LDAP_SUCCESS || written == nullptr) return std::nullopt;
  std::string canonical(written);
  if (canonical.empty() || canonical.size() > kDnBytesMax) return std::nullopt;
  return canonical;
}

bool is_same_dn(std::string_view one, std::string_view other) {
  return one.size() == other.size() && ::strncasecmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace nhi
