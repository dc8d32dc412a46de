#include "rotators/openldap/account.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "rotators/openldap/dn.hpp"

namespace nhi {
namespace {

constexpr int kIdRounds = 10'000;
constexpr std::size_t kIdBytes = 3;

std::vector<LdapTime> times_of(const LdapEntry& entry, const char* name) {
  std::vector<LdapTime> times;
  const LdapAttribute* const attribute = entry.find(name);
  if (attribute == nullptr) return times;
  for (const SecretText& value : attribute->values) {
    if (const auto time = parse_ldap_time(value.reveal())) times.push_back(*time);
  }
  return times;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

bool LdapAccount::stores(const SecretText& stored) const {
  return std::any_of(values.begin(), values.end(),
                     [&](const SecretText& one) { return one.reveal() == stored.reveal(); });
}

std::vector<std::string> account_attributes() {
  return {kPassword,        kLockedTime,     kReset,           "pwdAccountTmpLockoutEnd",
          "pwdFailureTime", "pwdStartTime",  "pwdEndTime",     "pwdPolicySubentry",
          "pwdLastSuccess", "authTimestamp", "modifyTimestamp"};
}

LdapAccount account_from(const LdapEntry& entry) {
  LdapAccount account;
  account.exists = true;
  if (const LdapAttribute* const passwords = entry.find(kPassword)) {
    for (const SecretText& value : passwords->values) account.values.push_back(value.clone());
  }
  account.lock.locked_at = entry.text(kLockedTime);
  account.lock.waits_until = entry.text("pwdAccountTmpLockoutEnd");
  account.lock.begins = entry.text("pwdStartTime");
  account.lock.ends = entry.text("pwdEndTime");
  account.lock.failures = times_of(entry, "pwdFailureTime");
  account.must_reset = entry.text(kReset) == "TRUE";
  account.policy_dn = entry.text("pwdPolicySubentry");
  account.changed = parse_ldap_time(entry.text("modifyTimestamp"));
  for (const char* const name : {"pwdLastSuccess", "authTimestamp"}) {
    if (const auto when = parse_ldap_time(entry.text(name))) account.last_used = time_text(*when);
  }
  return account;
}

CredentialId id_of_entry(const std::string& dn) { return {{"dn", dn}}; }

CredentialId id_of_value(const std::string& dn, const SecretText& stored) {
  const std::string salt = "nhisweep openldap.entry " + dn;
  std::array<unsigned char, kIdBytes> made{};
  ::PKCS5_PBKDF2_HMAC(stored.reveal().data(), static_cast<int>(stored.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), kIdRounds, ::EVP_sha256(),
                      static_cast<int>(made.size()), made.data());
  return {{"dn", dn}, {"password", fmt::format("{:02x}{:02x}{:02x}", made[0], made[1], made[2])}};
}

bool names_password(const CredentialId& id) { return id.count("password") != 0; }

bool is_id_of(const CredentialId& id, const std::string& dn) {
  const auto name = id.find("dn");
  if (name == id.end()) return false;
  const auto canonical = canonical_dn(name->second);
  if (!canonical || !is_same_dn(*canonical, dn)) return false;
  const auto password = id.find("password");
  if (password == id.end()) return id.size() == 1;
  return id.size() == 2 && password->second.size() == 2 * kIdBytes && is_hex(password->second);
}

}  // namespace nhi
