#include "scanner/identity/private_key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/secret_buffer.hpp"
#include "scanner/identity/ssh_key.hpp"

namespace nhi {
namespace {

constexpr Bytes kSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr Bytes kSshEnd = "-----END OPENSSH PRIVATE KEY-----";
constexpr Bytes kPkcs8Begin = "-----BEGIN PRIVATE KEY-----";
constexpr std::size_t kSshLineBytes = 70;  // as ssh-keygen breaks them

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

// A locked key must not make OpenSSL ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Unexpected<Error> broken(const char* what) {
  ERR_clear_error();
  return fail(ErrorCode::kInternal, std::string("OpenSSL cannot ") + what);
}

Result<SshKey> read_ssh_pem(Bytes pem) {
  const std::size_t end = pem.find(kSshEnd);
  if (end == Bytes::npos) return fail(ErrorCode::kMalformed, "the key has no last line");
  std::string body;
  body.reserve(end);
  for (const char c : pem.substr(kSshBegin.size(), end - kSshBegin.size())) {
    if (!chars::is_space(c)) body += c;
  }
  auto blob = from_base64(body);
  wipe(body);
  if (!blob) return fail(ErrorCode::kMalformed, "the key is no base64");
  auto read = read_ssh_key(*blob);
  wipe(*blob);
  return read;
}

Result<SshKey> read_openssl_pem(Bytes pem) {
  if (pem.substr(0, 512).find("ENCRYPTED") != Bytes::npos) {
    return fail(ErrorCode::kBadUse, "the key is locked with a passphrase");
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  SshKey read;
  if (bio) read.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (read.key) return read;
  return fail(ErrorCode::kMalformed, "not a private key that OpenSSL reads");
}

Result<SecretText> written(const Bio& bio, bool done) {
  char* text = nullptr;
  const long size = done ? BIO_get_mem_data(bio.get(), &text) : 0;
  if (size <= 0) return broken("write the key");
  return SecretText({text, static_cast<std::size_t>(size)});
}

Result<SecretText> ssh_pem(const EVP_PKEY* key, const std::string& comment) {
  NHI_TRY(const SecretText blob, write_ssh_key(key, comment));
  std::string body = to_base64(blob.reveal());
  SecretBuffer text(body.size() + body.size() / kSshLineBytes + 128);
  text.add(kSshBegin).add('\n');
  for (std::size_t at = 0; at < body.size(); at += kSshLineBytes) {
    text.add(std::string_view(body).substr(at, kSshLineBytes)).add('\n');
  }
  wipe(body);
  return text.add(kSshEnd).add('\n').secret();
}

std::string group_of(const EVP_PKEY* key) {
  std::array<char, 64> text{};
  std::size_t size = 0;
  const bool told = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, text.data(),
                                                   text.size(), &size) == 1;
  return told ? std::string(text.data(), size) : std::string();
}

}  // namespace

struct PrivateKey::Parts {
  KeyHandle key;
  KeyContainer container = KeyContainer::kPkcs8;
  std::string comment;  // OpenSSH only
};

PrivateKey::PrivateKey(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::read(Bytes pem) {
  if (pem.size() > kPrivateKeyBytesMax) return fail(ErrorCode::kTooLarge, "a key is not that long");
  const Bytes text = chars::trim(pem);
  const bool ssh = text.starts_with(kSshBegin);
  NHI_TRY(SshKey read, ssh ? read_ssh_pem(text) : read_openssl_pem(text));
  auto parts = std::make_unique<Parts>();
  parts->key = std::move(read.key);
  parts->comment = std::move(read.comment);
  parts->container = ssh                             ? KeyContainer::kOpenSsh
                     : text.starts_with(kPkcs8Begin) ? KeyContainer::kPkcs8
                                                     : KeyContainer::kTraditional;
  return PrivateKey(std::move(parts));
}

Result<PrivateKey> PrivateKey::another() const {
  const EVP_PKEY* const key = parts_->key.get();
  auto parts = std::make_unique<Parts>();
  parts->container = parts_->container;
  parts->comment = parts_->comment;
  const char* const kind = EVP_PKEY_get0_type_name(key);
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    // Never weaker than what is made today.
    const auto bits = static_cast<std::size_t>(std::max(EVP_PKEY_get_bits(key), 3072));
    parts->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  } else if (EVP_PKEY_is_a(key, "EC") == 1) {
    parts->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group_of(key).c_str()));
  } else if (kind != nullptr) {
    parts->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, kind));
  }
  if (!parts->key) return broken("make a key of this kind");
  return PrivateKey(std::move(parts));
}

KeyContainer PrivateKey::container() const { return parts_->container; }

Result<SecretText> PrivateKey::pem_as(KeyContainer container) const {
  const EVP_PKEY* const key = parts_->key.get();
  if (container == KeyContainer::kOpenSsh) return ssh_pem(key, parts_->comment);
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (container == KeyContainer::kPkcs8) {
    return written(bio, bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0,
                                                             nullptr, nullptr) == 1);
  }
  if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "EC") != 1) {
    return fail(ErrorCode::kBadUse, "keys of this kind have no traditional form");
  }
  return written(bio, bio && PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr,
                                                                  0, nullptr, nullptr) == 1);
}

Result<std::string> PrivateKey::public_der() const {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(parts_->key.get(), &der);
  if (length <= 0) return broken("write the public key");
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

Result<std::string> PrivateKey::ssh_public() const {
  NHI_TRY(const std::string blob, ssh_public_blob(parts_->key.get()));
  // The blob begins with its own name.
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(blob[3]));
  return blob.substr(4, size) + " " + to_base64(blob);
}

}  // namespace nhi
