#include "rotators/openldap/stored_value.hpp"

#include <argon2.h>
#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

namespace nhi {
namespace {

// Of slapd's argon2.so, where nothing is configured.
constexpr std::uint32_t kArgonTime = 3;
constexpr std::uint32_t kArgonMemoryKib = 4096;
constexpr std::size_t kArgonHashBytes = 32;
// What a stored value may ask of us: it could have been put there to keep us busy.
constexpr std::uint32_t kArgonTimeMax = 64;
constexpr std::uint32_t kArgonMemoryKibMax = 256 * 1024;
constexpr std::uint32_t kArgonLanesMax = 16;
constexpr std::uint32_t kCryptRoundsMax = 2'000'000;
constexpr std::size_t kStoredBytesMax = 4096;

struct Sha {
  std::string_view name;
  const EVP_MD* (*digest)();
};
constexpr std::array<Sha, 10> kDigests = {{{"{SSHA}", ::EVP_sha1},
                                           {"{SHA}", ::EVP_sha1},
                                           {"{SMD5}", ::EVP_md5},
                                           {"{MD5}", ::EVP_md5},
                                           {"{SSHA256}", ::EVP_sha256},
                                           {"{SHA256}", ::EVP_sha256},
                                           {"{SSHA384}", ::EVP_sha384},
                                           {"{SHA384}", ::EVP_sha384},
                                           {"{SSHA512}", ::EVP_sha512},
                                           {"{SHA512}", ::EVP_sha512}}};

// Schemes that may be named to people: those of OpenLDAP and its contributed modules.
constexpr std::array<std::string_view, 23> kWords = {
    "{SSHA}",    "{SHA}",    "{SMD5}",       "{MD5}",           "{SSHA256}",     "{SHA256}",
    "{SSHA384}", "{SHA384}", "{SSHA512}",    "{SHA512}",        "{ARGON2}",      "{CRYPT}",
    "{SASL}",    "{UNIX}",   "{KERBEROS}",   "{PBKDF2}",        "{PBKDF2-SHA1}", "{PBKDF2-SHA256}",
    "{TOTP1}",   "{RADIUS}", "{NS-MTA-MD5}", "{PBKDF2-SHA512}", "{CLEARTEXT}"};

using Octets = std::vector<unsigned char>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// "{SSHA}", with its braces; empty if there is none, and the value is the password.
std::string_view scheme_in(std::string_view stored) {
  const std::size_t end = stored.find('}');
  if (!stored.starts_with('{') || end == std::string_view::npos) return {};
  return stored.substr(0, end + 1);
}

bool is_named(std::string_view scheme, std::string_view name) {
  return scheme.size() == name.size() &&
         ::strncasecmp(scheme.data(), name.data(), name.size()) == 0;
}

std::optional<Octets> from_base64(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  Octets bytes(text.size() / 4 * 3);
  const int count = ::EVP_DecodeBlock(bytes.data(), bytes_of(text), static_cast<int>(text.size()));
  if (count < 0) return std::nullopt;
  const auto padding = static_cast<std::size_t>(
      std::count(text.end() - std::min<std::ptrdiff_t>(2, std::ssize(text)), text.end(), '='));
  bytes.resize(static_cast<std::size_t>(count) - padding);
  return bytes;
}

std::string to_base64(const Octets& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                       static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

struct DigestFreer {
  void operator()(EVP_MD_CTX* context) const noexcept { ::EVP_MD_CTX_free(context); }
};

// The digest of value and salt; empty if OpenSSL refuses, as it may MD5.
Octets salted(const EVP_MD* digest, std::string_view value, std::string_view salt) {
  Octets out(static_cast<std::size_t>(::EVP_MD_get_size(digest)));
  const std::unique_ptr<EVP_MD_CTX, DigestFreer> context(::EVP_MD_CTX_new());
  if (context == nullptr || ::EVP_DigestInit_ex(context.get(), digest, nullptr) != 1 ||
      ::EVP_DigestUpdate(context.get(), value.data(), value.size()) != 1 ||
      ::EVP_DigestUpdate(context.get(), salt.data(), salt.size()) != 1 ||
      ::EVP_DigestFinal_ex(context.get(), out.data(), nullptr) != 1) {
    out.clear();
  }
  return out;
}

bool equal(std::string_view one, std::string_view other) {
  return one.size() == other.size() && ::CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Fit fit_of_digest(const Sha& scheme, std::string_view body, std::string_view value) {
  const EVP_MD* const digest = scheme.digest();
  const auto size = static_cast<std::size_t>(::EVP_MD_get_size(digest));
  const auto decoded = from_base64(body);
  const bool has_salt = scheme.name.starts_with("{SS") || scheme.name == "{SMD5}";
  if (!decoded || decoded->size() < size || (!has_salt && decoded->size() != size)) {
    return Fit::kUnknown;
  }
  const std::string_view all(reinterpret_cast<const char*>(decoded->data()), decoded->size());
  const Octets made = salted(digest, value, all.substr(size));
  if (made.empty()) return Fit::kUnknown;
  const std::string_view text(reinterpret_cast<const char*>(made.data()), made.size());
  return equal(text, all.substr(0, size)) ? Fit::kYes : Fit::kNo;
}

// The number behind `name`; nothing where it does not stand or is none.
std::optional<std::uint32_t> number_behind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t number = 0;
  const char* const begin = text.data() + at + name.size();
  const auto [end, failure] = std::from_chars(begin, text.data() + text.size(), number);
  if (failure != std::errc{} || end == begin) return std::nullopt;
  return number;
}

Fit fit_of_argon2(std::string_view body, std::string_view value) {
  const std::string encoded(body);
  const bool is_id = encoded.starts_with("$argon2id$");
  const auto memory = number_behind(body, "$m=");
  const auto time = number_behind(body, ",t=");
  const auto lanes = number_behind(body, ",p=");
  if ((!is_id && !encoded.starts_with("$argon2i$")) || !memory || !time || !lanes ||
      *memory > kArgonMemoryKibMax || *time > kArgonTimeMax || *lanes > kArgonLanesMax) {
    return Fit::kUnknown;
  }
  const int status =
      ::argon2_verify(encoded.c_str(), value.data(), value.size(), is_id ? Argon2_id : Argon2_i);
  if (status == ARGON2_OK) return Fit::kYes;
  return status == ARGON2_VERIFY_MISMATCH ? Fit::kNo : Fit::kUnknown;
}

// Those of crypt(3) whose cost stands in the setting and is one we pay.
bool is_affordable(std::string_view setting) {
  if (setting.starts_with("$1$")) return true;
  if (setting.starts_with("$5$") || setting.starts_with("$6$")) {
    return setting.substr(3, 7) != "rounds=" ||
           number_behind(setting, "$rounds=").value_or(UINT32_MAX) <= kCryptRoundsMax;
  }
  if (setting.starts_with("$2")) {
    return setting.size() > 6 && setting[3] == '$' && setting.substr(4, 2) <= "12";  // 2^12 rounds
  }
  if (setting.starts_with("$y$j")) {
    return setting.size() > 6 && (setting[4] >= '7' && setting[4] <= 'B') && setting[6] == '$';
  }
  return setting.size() == 13 && setting.front() != '$' && setting.front() != '*';
}

Fit fit_of_crypt(std::string_view body, std::string_view value) {
  if (!is_affordable(body)) return Fit::kUnknown;
  if (value.find('\0') != std::string_view::npos) return Fit::kNo;
  const auto data = std::make_unique<crypt_data>();
  std::string phrase(value);
  const std::string setting(body);
  const char* const made = ::crypt_r(phrase.c_str(), setting.c_str(), data.get());
  Fit fit = Fit::kUnknown;
  if (made != nullptr && made[0] != '*') fit = equal(made, body) ? Fit::kYes : Fit::kNo;
  wipe(phrase);
  ::OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return fit;
}

std::optional<SecretText> argon2_form(const SecretText& value, std::string_view salt) {
  std::array<char, 256> encoded{};
  const int status = ::argon2id_hash_encoded(kArgonTime, kArgonMemoryKib, 1, value.reveal().data(),
                                             value.size(), salt.data(), salt.size(),
                                             kArgonHashBytes, encoded.data(), encoded.size());
  if (status != ARGON2_OK) return std::nullopt;
  return SecretText("{ARGON2}" + std::string(encoded.data()));
}

}  // namespace

std::optional<StoreAs> store_as_from(std::string_view word) {
  if (word == "ssha") return StoreAs::kSsha;
  if (word == "ssha256") return StoreAs::kSsha256;
  if (word == "ssha512") return StoreAs::kSsha512;
  if (word == "argon2") return StoreAs::kArgon2;
  return std::nullopt;
}

std::optional<SecretText> stored_form(StoreAs scheme, const SecretText& value,
                                      std::string_view salt) {
  if (scheme == StoreAs::kArgon2) return argon2_form(value, salt);
  const std::string_view name = scheme == StoreAs::kSsha      ? "{SSHA}"
                                : scheme == StoreAs::kSsha256 ? "{SSHA256}"
                                                              : "{SSHA512}";
  const EVP_MD* const digest = scheme == StoreAs::kSsha      ? ::EVP_sha1()
                               : scheme == StoreAs::kSsha256 ? ::EVP_sha256()
                                                             : ::EVP_sha512();
  Octets made = salted(digest, value.reveal(), salt);
  if (made.empty()) return std::nullopt;
  made.insert(made.end(), salt.begin(), salt.end());
  return SecretText(std::string(name) + to_base64(made));
}

std::string salt_for(std::string_view step, std::string_view dn) {
  std::string salt(kSaltBytes, '\0');
  if (step.empty()) {
    ::RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes);
    return salt;
  }
  const Octets digest = salted(::EVP_sha256(), "nhisweep openldap.entry " + std::string(step), dn);
  std::copy_n(digest.begin(), std::min(digest.size(), kSaltBytes), salt.begin());
  return salt;
}

std::optional<SecretText> unknown_value() {
  std::array<char, 32> random{};
  if (::RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), random.size()) != 1) {
    return std::nullopt;
  }
  const SecretText value{std::string_view(random.data(), random.size())};
  ::OPENSSL_cleanse(random.data(), random.size());
  return stored_form(StoreAs::kSsha, value, salt_for({}, {}));
}

Fit fit_of(const SecretText& stored, const SecretText& value) {
  const std::string_view all = stored.reveal();
  if (all.size() > kStoredBytesMax || value.empty()) return Fit::kUnknown;
  const std::string_view scheme = scheme_in(all);
  const std::string_view body = all.substr(scheme.size());
  if (scheme.empty() || is_named(scheme, "{CLEARTEXT}")) {
    return equal(body, value.reveal()) ? Fit::kYes : Fit::kNo;
  }
  for (const Sha& known : kDigests) {
    if (is_named(scheme, known.name)) return fit_of_digest(known, body, value.reveal());
  }
  if (is_named(scheme, "{ARGON2}")) return fit_of_argon2(body, value.reveal());
  if (is_named(scheme, "{CRYPT}")) return fit_of_crypt(body, value.reveal());
  return Fit::kUnknown;
}

std::string scheme_shown(const SecretText& stored) {
  const std::string_view scheme = scheme_in(stored.reveal());
  if (scheme.empty()) return "no scheme";
  // Of others even the name is not shown: it may be a piece of a password that begins with a brace.
  const bool is_word = std::any_of(kWords.begin(), kWords.end(),
                                   [&](std::string_view word) { return is_named(scheme, word); });
  return is_word ? std::string(scheme) : "{?}";
}

}  // namespace nhi
