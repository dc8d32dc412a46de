#include "rotators/journal/signing_key.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/own_file.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct AuditPublicKey::Held {
  explicit Held(EVP_PKEY* given) : key(given) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { EVP_PKEY_free(key); }
  EVP_PKEY* key;
};

namespace {

constexpr OwnPlace kPlace = {
    "audit key", "NHISWEEP_AUDIT_KEY_FILE", "/etc/nhisweep/audit.key", "XDG_CONFIG_HOME",
    ".config",   "nhisweep/audit.key"};
constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr std::size_t kSignatureBytes = 64;  // RFC 8032, 5.1.6

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Bio reading(std::string_view text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

// Of a BIO in memory; whoever wrote a secret into it wipes what is returned.
std::string text_in(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// No question is asked on the terminal about a key that is encrypted.
int no_passphrase(char*, int, int, void*) { return 0; }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The PEM of a new private key; empty if OpenSSL fails. The caller wipes it.
std::string new_private_pem() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
  const Bio out(BIO_new(BIO_s_secmem()), BIO_free);
  if (!key || !out) return {};
  if (PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
      1) {
    return {};
  }
  return text_in(out);
}

}  // namespace

AuditPublicKey::AuditPublicKey(std::shared_ptr<const Held> held) : held_(std::move(held)) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(held_->key, &der);
  if (size > 0) {
    const std::string_view spki(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    id_ = to_hex(sha256(spki)).substr(0, 32);
  }
  OPENSSL_free(der);
  const Bio out(BIO_new(BIO_s_mem()), BIO_free);
  if (out && PEM_write_bio_PUBKEY(out.get(), held_->key) == 1) pem_ = text_in(out);
}

Result<AuditPublicKey> AuditPublicKey::from_pem(std::string_view pem, const std::string& subject) {
  const Bio in = reading(pem);
  EVP_PKEY* const key = PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr);
  auto held = std::make_shared<const Held>(key);
  if (key != nullptr && EVP_PKEY_is_a(key, "ED25519") == 1) return AuditPublicKey(std::move(held));
  return fail(ErrorCode::kMalformed, "not a public Ed25519 key in PEM", subject,
              "nhisweep audit head --public-key writes the one in use");
}

bool AuditPublicKey::verifies(std::string_view text, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context != nullptr && signature.size() == kSignatureBytes &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, held_->key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

Result<std::string> AuditSigningKey::usual_path() { return own_path(kPlace); }

Result<AuditSigningKey> AuditSigningKey::load(const std::string& path) {
  NHI_TRY(std::string text, read_key_file(path, kPlace.noun, kKeyFileBytesMax));
  const Bio in = reading(text);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr);
  wipe(text);
  auto held = std::make_shared<const AuditPublicKey::Held>(key);
  if (key != nullptr && EVP_PKEY_is_a(key, "ED25519") == 1) {
    return AuditSigningKey(AuditPublicKey(std::move(held)));
  }
  return fail(ErrorCode::kBadUse, "not an Ed25519 key in PEM", path,
              "restore it from a backup, or name another file in NHISWEEP_AUDIT_KEY_FILE");
}

Result<AuditSigningKey> AuditSigningKey::load_or_create(const std::string& path) {
  auto loaded = load(path);
  if (loaded || loaded.error().code != ErrorCode::kNotFound) return loaded;
  NHI_CHECK_OK(make_folders_of(path, kPlace.noun));
  std::string pem = new_private_pem();
  if (pem.empty()) return fail(ErrorCode::kInternal, "OpenSSL made no Ed25519 key");
  // Never over another: of first commands started together one makes the key, and all read it.
  auto made = write_new_file(path, pem);
  wipe(pem);
  if (!made && made.error().code != ErrorCode::kBadUse) {
    made.error().what.insert(0, "cannot make the audit key: ");
    made.error().hint = "name a file that can be made in NHISWEEP_AUDIT_KEY_FILE";
    return fail(std::move(made.error()));
  }
  return load(path);
}

Result<std::string> AuditSigningKey::sign(std::string_view text) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  const bool done =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, public_.held_->key) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(text), text.size()) == 1 &&
      size == kSignatureBytes;
  if (!done) return fail(ErrorCode::kInternal, "OpenSSL could not sign the head of the audit");
  return signature;
}

}  // namespace nhi
