// account.hpp - what a server keeps of an account, and how its passwords are told apart.
//
// An account has one authentication method or several, any of which lets it in: rows of
// mysql.global_priv, in JSON. A value is a method of mysql_native_password or ed25519. What MariaDB
// keeps of either is the same for the same password everywhere, so that no piece of it stands in an
// id: an id has six digits of PBKDF2 over it, ten thousand rounds with the account as salt. Of
// sixteen million wrong guesses one agrees. Two values of an account that share an id are told
// apart by the value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/rotator.hpp"
#include "rotators/mariadb/origin.hpp"

namespace nhi {

struct AuthMethod {
  std::string plugin;  // "mysql_native_password", "ed25519", "unix_socket", …
  std::string text;    // what the plugin keeps
  /// One that a password opens which we can tell: a hash that is none is no value.
  [[nodiscard]] bool is_value() const;
  /// Lets in whoever sends no password.
  [[nodiscard]] bool is_open() const;
  friend bool operator==(const AuthMethod&, const AuthMethod&) = default;
};

/// One that no password opens. Source: set_native_salt() in sql/sql_acl.cc.
[[nodiscard]] AuthMethod dead_method();

struct MariaAccount {
  AccountName name;
  std::vector<AuthMethod> methods;  // in the order in which they are tried
  bool locked = false;
  bool expired = false;  // has to be changed at the next login
  std::string digest;    // of the row, SHA-256 as the server counts it

  [[nodiscard]] std::vector<AuthMethod> values() const;
};
/// A row of mysql.global_priv; none for a role. Errors: kUnsupported for what cannot be read, or
/// not be written again.
[[nodiscard]] Answer<std::optional<MariaAccount>> account_from(AccountName name,
                                                               std::string_view priv);

/// "IDENTIFIED VIA ed25519 USING '…' OR unix_socket".
[[nodiscard]] std::string clause_of(const std::vector<AuthMethod>& methods,
                                    const std::function<std::string(std::string_view)>& quoted);

/// The methods that `value` opens: one of each plugin. Errors: kInternal.
[[nodiscard]] Answer<std::vector<AuthMethod>> methods_of(const SecretText& value);

/// {"user":"app","host":"%"}: the account as a whole.
[[nodiscard]] CredentialId id_of_account(const AccountName& name);
/// {"user":"app","host":"%","password":"3fa4c1"}: one of its values.
[[nodiscard]] CredentialId id_of_value(const AccountName& name, const AuthMethod& method);
[[nodiscard]] bool names_password(const CredentialId& id);
/// The account that it names; none for what is no id of `user`.
[[nodiscard]] std::optional<AccountName> account_in(const CredentialId& id,
                                                    const std::string& user);

}  // namespace nhi
