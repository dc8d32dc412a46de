#include "scanner/match/column_names.hpp"

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/rules/name_family.hpp"

namespace nhi {

using namespace chars;

bool is_account_column(Bytes name) {
  static constexpr WordList kNames({"user", "username", "user name", "user_name", "login",
                                    "account", "userid", "user id", "user_id", "service account",
                                    "upn", "samaccountname", "logon", "account name", "client_id",
                                    "client id"});
  return kNames.holds(name);
}

bool names_secret_column(Bytes view, Span cell, Span stem) {
  // Columns of these names alone hold anything in tables: of a credential mostly its name.
  static constexpr WordList kVague(
      {"key", "keys", "token", "tokens", "auth", "salt", "nonce", "credential", "credentials"});
  if (!cell.contains(stem)) return false;
  for (auto at = static_cast<std::size_t>(stem.start) + 1; at < cell.end; ++at) {
    const bool begins = !is_letter(view[at - 1]) || is_upper(view[at]);
    if (begins &&
        stem_at(view.substr(at, static_cast<std::size_t>(cell.end) - at)) != NameFamily::kNone) {
      return false;
    }
  }
  return !kVague.holds(slice(view, cell));
}

}  // namespace nhi
