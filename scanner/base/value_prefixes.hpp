// value_prefixes.hpp - what the first bytes of a value say about it. Internal to value_form.cpp.
#pragma once

#include <cstddef>
#include <string_view>

#include "scanner/base/value_form.hpp"

namespace nhi {

struct ValuePrefix {
  std::string_view text;  // lower case when folded
  Form form;
  std::string_view reason;
  bool folded = false;
  std::size_t more = 1;  // bytes that must follow
};

// First hit wins: longer prefixes stand before shorter ones.
constexpr ValuePrefix kValuePrefixes[] = {
    // Verifiers. Sources: crypt(5), RFC 2307, passlib, false-positives.md section 7.
    {"$2a$", Form::kHashed, "bcrypt", false, 20},
    {"$2b$", Form::kHashed, "bcrypt", false, 20},
    {"$2x$", Form::kHashed, "bcrypt", false, 20},
    {"$2y$", Form::kHashed, "bcrypt", false, 20},
    {"$1$", Form::kHashed, "md5-crypt", false, 20},
    {"$5$", Form::kHashed, "sha256-crypt", false, 20},
    {"$6$", Form::kHashed, "sha512-crypt", false, 20},
    {"$y$", Form::kHashed, "yescrypt", false, 20},
    {"$gy$", Form::kHashed, "yescrypt", false, 20},
    {"$7$", Form::kHashed, "scrypt", false, 20},
    {"$apr1$", Form::kHashed, "apr1", false, 20},
    {"$argon2", Form::kHashed, "argon2", false, 20},
    {"$pbkdf2", Form::kHashed, "pbkdf2", false, 20},
    {"$scrypt$", Form::kHashed, "scrypt", false, 20},
    {"$s$", Form::kHashed, "drupal", true, 20},
    {"$p$", Form::kHashed, "phpass", true, 20},
    {"$h$", Form::kHashed, "phpass", true, 20},
    {"$shiro1$", Form::kHashed, "shiro", false, 20},
    {"argon2$argon2", Form::kHashed, "argon2"},
    {"pbkdf2_sha", Form::kHashed, "pbkdf2", false, 20},
    {"pbkdf2:sha", Form::kHashed, "pbkdf2", false, 20},
    {"bcrypt_sha256$", Form::kHashed, "bcrypt"},
    {"bcrypt$", Form::kHashed, "bcrypt", false, 20},
    {"scrypt:", Form::kHashed, "scrypt", false, 20},
    {"scram-sha-", Form::kHashed, "scram", true, 20},
    {"sha1$", Form::kHashed, "sha1", false, 20},
    {"{ssha", Form::kHashed, "ldap-hash", true, 16},
    {"{sha", Form::kHashed, "ldap-hash", true, 16},
    {"{smd5}", Form::kHashed, "ldap-hash", true, 16},
    {"{md5}", Form::kHashed, "ldap-hash", true, 16},
    {"{crypt}", Form::kHashed, "ldap-hash", true},
    {"{pbkdf2", Form::kHashed, "ldap-hash", true, 16},
    {"{bcrypt}", Form::kHashed, "bcrypt", true},
    {"{scrypt}", Form::kHashed, "scrypt", true},
    {"{argon2", Form::kHashed, "argon2", true},
    {"{x-sha", Form::kHashed, "ldap-hash", true},
    {"crypt:", Form::kHashed, "crypt", true, 8},
    {"md5:", Form::kHashed, "md5", true, 32},
    // Encodings with a public key or none. Source: interface-engines.md section 13.
    {"{xor}", Form::kReversible, "websphere-xor", true},
    {"obf:", Form::kReversible, "jetty-obf", true},
    {"]]]", Form::kReversible, "iris-csp"},
    {"base64:", Form::kBase64, "base64", true, 4},
    // Public keys. Source: false-positives.md section 4.
    {"ssh-rsa ", Form::kNone, "public-key"},
    {"ssh-ed25519 ", Form::kNone, "public-key"},
    {"ssh-dss ", Form::kNone, "public-key"},
    {"ecdsa-sha2-", Form::kNone, "public-key"},
    {"sk-ssh-ed25519", Form::kNone, "public-key"},
    {"age1", Form::kNone, "public-key", false, 50},
    {"-----begin public key", Form::kNone, "public-key", true},
    {"-----begin certificate", Form::kNone, "certificate", true},
    // Fingerprints of keys, as OpenSSH prints them.
    {"SHA256:", Form::kNone, "fingerprint", false, 43},
    {"MD5:", Form::kNone, "fingerprint", false, 47},
    // The next setting of libpq, behind an empty password.
    {"dbname=", Form::kNone, "empty", true},
    {"sslmode=", Form::kNone, "empty", true},
    {"connect_timeout=", Form::kNone, "empty", true},
    // Values whose key is elsewhere.
    {"$ansible_vault;", Form::kEncrypted, "ansible-vault", true},
    {"enc[aes256_gcm", Form::kEncrypted, "sops", true, 0},
    {"enc[pkcs7,", Form::kEncrypted, "eyaml", true},
    {"enc[gpg,", Form::kEncrypted, "eyaml", true},
    {"[enc:", Form::kEncrypted, "iis"},
    {"{enc}", Form::kEncrypted, "mirth-enc", true},
    {"enc{", Form::kEncrypted, "nifi", false},
    {"{aes", Form::kEncrypted, "weblogic", true, 8},
    {"{3des}", Form::kEncrypted, "weblogic", true},
    {"{aqaaabaaaa", Form::kEncrypted, "jenkins", true},
    {"{cipher}", Form::kEncrypted, "spring-cloud", true},
    {"$M$", Form::kEncrypted, "f5", false, 8},
    {"01000000d08c9ddf", Form::kEncrypted, "dpapi", true},
    {"aqaaancmnd8", Form::kEncrypted, "dpapi", true},
    {"51:b:", Form::kEncrypted, "dpapi", true, 40},  // password of an .rdp file
    {"EV[1:", Form::kEncrypted, "ejson", false, 40},
    {"EJ[1:", Form::kEncrypted, "ejson", false, 40},
    {"enc[kms,", Form::kEncrypted, "aws-kms", true},
    {"encrypted:", Form::kEncrypted, "dotenvx", false, 40},
    {"enc:", Form::kEncrypted, "talend", true, 16},
    {"enc\\:", Form::kEncrypted, "talend", true, 16},  // as .properties write it
    // Base64 of OpenPGP's packet "encrypted session key", with a key of RSA or of a curve.
    {"wcFMA", Form::kEncrypted, "pgp", false, 100},
    {"hQIMA", Form::kEncrypted, "pgp", false, 100},
    {"hQEMA", Form::kEncrypted, "pgp", false, 100},
    {"wV4D", Form::kEncrypted, "pgp", false, 100},
    {"hF4D", Form::kEncrypted, "pgp", false, 100},
    {"-----begin pgp message-----", Form::kEncrypted, "pgp", true},
    {"-----begin age encrypted file-----", Form::kEncrypted, "age", true},
    {"age-encryption.org/", Form::kEncrypted, "age", true},
    {"-----begin encrypted private key-----", Form::kEncrypted, "encrypted-key", true},
    // Names of a value kept elsewhere. Source: false-positives.md section 5.
    {"vault::", Form::kReference, "vault-reference", true},
    {"vault:", Form::kReference, "vault-reference", true},
    {"ssm:/", Form::kReference, "parameter-store"},
    {"awssm:", Form::kReference, "secrets-manager"},
    {"gcpsm:", Form::kReference, "secret-manager"},
    {"keyvault:", Form::kReference, "key-vault", true},
    {"op://", Form::kReference, "1password"},
    {"ref+", Form::kReference, "vals-reference"},
    {"arn:aws:secretsmanager:", Form::kReference, "secrets-manager", true},
    {"arn:aws:ssm:", Form::kReference, "parameter-store", true},
    {"arn:aws:kms:", Form::kReference, "kms-key", true},
    {"@microsoft.keyvault(", Form::kReference, "key-vault", true},
    {"keyvault://", Form::kReference, "key-vault", true},
    {"akvs://", Form::kReference, "key-vault", true},
    {"awssm://", Form::kReference, "secrets-manager", true},
    {"gcpsm://", Form::kReference, "secret-manager", true},
    {"sm://", Form::kReference, "secret-manager"},
    {"secretsmanager:", Form::kReference, "secrets-manager", true},
    {"secretmanager:", Form::kReference, "secret-manager", true},
    {"keeper://", Form::kReference, "keeper", true},
    {"bws://", Form::kReference, "bitwarden", true},
    {"bws:", Form::kReference, "bitwarden", true, 8},
    {"#[p(", Form::kReference, "mule-expression"},
    {"$bw(", Form::kReference, "bitwarden"},
    {"classpath:", Form::kReference, "path", true},
    {"file:", Form::kReference, "path", true},
    {"env:", Form::kReference, "environment", true},
    {"$env:", Form::kReference, "environment", true},
    {"credhub:", Form::kReference, "credhub", true},
    {"credentialsjson:", Form::kReference, "teamcity", true},
    {"gcp:secretmanager:", Form::kReference, "secret-manager", true},
    {"azure:keyvault:", Form::kReference, "key-vault", true},
    {"aws:secretsmanager:", Form::kReference, "secrets-manager", true},
    {"aws:ssm:", Form::kReference, "parameter-store", true},
    {"hklm/", Form::kReference, "path", true},
    {"hklm\\", Form::kReference, "path", true},
    {"hkcu\\", Form::kReference, "path", true},
    {"hkey_", Form::kReference, "path", true},
    {"file(/", Form::kReference, "path"},
    {"$ENV{", Form::kReference, "environment"},
    {"TF_VAR_", Form::kReference, "environment"},
    {"env[", Form::kReference, "environment", true},
    {"exec:", Form::kReference, "command", true},  // httpd's AuthLDAPBindPassword
    {"cyberark:", Form::kReference, "cyberark", true},
    {"conjur:", Form::kReference, "conjur", true},
    {"delinea:", Form::kReference, "delinea", true},
    {"thycotic:", Form::kReference, "delinea", true},
    {"keepass:", Form::kReference, "keepass", true},
    {"bitwarden:", Form::kReference, "bitwarden", true},
    {"infisical:", Form::kReference, "infisical", true},
    {"akeyless:", Form::kReference, "akeyless", true},
    {"secretref:", Form::kReference, "secret-store", true},
    {"$__env{", Form::kReference, "environment"},  // Grafana
    {"$__file{", Form::kReference, "path"},
    {"$__vault{", Form::kReference, "vault-reference"},
};

}  // namespace nhi
