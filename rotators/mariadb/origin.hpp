// origin.hpp - which account of several a login from a host is for.
//
// An account is a user and a pattern of hosts. Of those that fit, the server takes the one whose
// pattern is the most specific, and there one with a name before an anonymous one; it asks that
// one's password and no other's. A refusal is of that account only.
// Source: find_user_or_anon(), compare_hostname() and get_magic_sort() in sql/sql_acl.cc of
// MariaDB 10.11.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nhi {

struct AccountName {
  std::string user;  // empty: anonymous
  std::string host;  // "10.%", "10.0.0.0/255.0.0.0", "db.example", "" and "%" for all
  friend bool operator==(const AccountName&, const AccountName&) = default;
};

enum class Fit : std::uint8_t { kNo, kMaybe, kYes };

/// Does `pattern` fit a client that the server shows as `client`? It shows the name where it found
/// one, else the address; a pattern for the other one may fit as well: kMaybe.
[[nodiscard]] Fit fits(std::string_view pattern, std::string_view client);

enum class Origin : std::uint8_t {
  kTarget,   // the account that is asked about, surely
  kOther,    // another one: `taken` says which
  kNone,     // no account is for this host
  kUnclear,  // several could be
};
struct OriginAnswer {
  Origin origin = Origin::kNone;
  AccountName taken{};
};

/// `names`: those of the user and the anonymous ones.
[[nodiscard]] OriginAnswer account_of_login(const std::vector<AccountName>& names,
                                            const AccountName& target, std::string_view client);

}  // namespace nhi
