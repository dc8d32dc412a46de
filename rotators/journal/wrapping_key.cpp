#include "rotators/journal/wrapping_key.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/own_file.hpp"

namespace nhi {
namespace {

constexpr OwnPlace kPlace = {
    "wrapping key", "NHISWEEP_WRAPPING_KEY_FILE", "/etc/nhisweep/wrapping.key", "XDG_CONFIG_HOME",
    ".config",      "nhisweep/wrapping.key"};
constexpr std::string_view kCredential = "nhisweep-wrapping.key";
constexpr std::string_view kMark = "nhisweep-wrapping-key/1";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kFileBytesMax = 4096;
constexpr std::size_t kPassphraseBytesMin = 12;
// 128 MiB and about half a second: RFC 7914, for keys that guard files.
constexpr std::uint64_t kScryptN = std::uint64_t{1} << 17;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptMemory = std::uint64_t{256} << 20;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Result<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(bytes_of(bytes), static_cast<int>(count)) == 1) return bytes;
  return fail(ErrorCode::kInternal, "the system gave no random bytes");
}

Result<SecretText> stretched(const SecretText& passphrase, const std::string& salt) {
  std::string key(kKeyBytes, '\0');
  const std::string_view words = passphrase.reveal();
  const bool done =
      EVP_PBE_scrypt(words.data(), words.size(), bytes_of(std::string_view(salt)), salt.size(),
                     kScryptN, kScryptR, kScryptP, kScryptMemory, bytes_of(key), key.size()) == 1;
  SecretText made{key};
  wipe(key);
  if (!done) return fail(ErrorCode::kInternal, "OpenSSL made no key of the passphrase");
  return made;
}

std::string id_of(const SecretText& bytes) {
  return to_hex(hmac_sha256(bytes.reveal(), "nhisweep wrapping key")).substr(0, 16);
}

// "MARK raw BASE64" or "MARK scrypt SALT ID".
struct KeyFile {
  std::string mark;
  std::string kind;
  std::string first;
  std::string second;
};

Error bad_file(const std::string& path) {
  return {ErrorCode::kBadUse, "not a wrapping key", path,
          "restore it from a backup, or name another file in NHISWEEP_WRAPPING_KEY_FILE"};
}

// Whoever takes the folder takes both, and then the values are not encrypted at all.
Result<void> check_apart(const std::string& path, const std::string& journal) {
  std::error_code error;
  const auto folder = [&](const std::string& file) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(file, error).parent_path(),
                                             error);
  };
  if (journal.empty() || folder(path) != folder(journal)) return {};
  return fail(ErrorCode::kBadUse, "the wrapping key lies beside the journal that it guards", path,
              "keep it elsewhere: name it in NHISWEEP_WRAPPING_KEY_FILE, or bring it as the "
              "systemd credential nhisweep-wrapping.key");
}

}  // namespace

Result<std::string> WrappingKey::usual_path() {
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) {
    std::string path = fmt::format("{}/{}", folder, kCredential);
    std::error_code error;
    if (std::filesystem::exists(path, error)) return path;
  }
  return own_path(kPlace);
}

WrappingKey WrappingKey::from_bytes(SecretText bytes) {
  WrappingKey key;
  key.bytes_ = std::move(bytes);
  key.id_ = id_of(key.bytes_);
  return key;
}

Result<WrappingKey> WrappingKey::random() {
  NHI_TRY(std::string bytes, random_bytes(kKeyBytes));
  WrappingKey key = from_bytes(SecretText(bytes));
  wipe(bytes);
  return key;
}

Result<WrappingKey> WrappingKey::load_or_create(const std::string& path, const std::string& journal,
                                                const AskPassphrase& ask) {
  NHI_CHECK_OK(check_apart(path, journal));
  auto text = read_key_file(path, kPlace.noun, kFileBytesMax);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    NHI_CHECK_OK(make_folders_of(path, kPlace.noun));
    NHI_TRY(const WrappingKey fresh, random());
    std::string line = fmt::format("{} raw {}\n", kMark, to_base64(fresh.bytes_.reveal()));
    auto made = write_new_file(path, line);
    wipe(line);
    // Of first commands started together one makes the key, and all read it.
    if (!made && made.error().code != ErrorCode::kBadUse) return fail(std::move(made.error()));
    text = read_key_file(path, kPlace.noun, kFileBytesMax);
  }
  if (!text) return fail(std::move(text.error()));
  KeyFile file;
  std::istringstream words(*text);
  words >> file.mark >> file.kind >> file.first >> file.second;
  wipe(*text);
  auto first = from_base64(file.first);
  wipe(file.first);
  if (file.mark != kMark || !first) return fail(bad_file(path));
  if (file.kind == "raw" && first->size() == kKeyBytes) {
    WrappingKey key = from_bytes(SecretText(*first));
    wipe(*first);
    return key;
  }
  if (file.kind != "scrypt" || first->size() != kSaltBytes) return fail(bad_file(path));
  if (!ask) return fail(ErrorCode::kBadUse, "the wrapping key needs its passphrase", path);
  NHI_TRY(const SecretText passphrase, ask(path));
  NHI_TRY(SecretText bytes, stretched(passphrase, *first));
  WrappingKey key = from_bytes(std::move(bytes));
  if (key.id_ == file.second) return key;
  return fail(ErrorCode::kBadUse, "that is not the passphrase of the wrapping key", path);
}

Result<void> WrappingKey::create_with_passphrase(const std::string& path,
                                                 const SecretText& passphrase) {
  if (passphrase.size() < kPassphraseBytesMin) {
    return fail(ErrorCode::kBadUse,
                fmt::format("a passphrase has at least {} bytes", kPassphraseBytesMin), path);
  }
  NHI_TRY(const std::string salt, random_bytes(kSaltBytes));
  NHI_TRY(const SecretText bytes, stretched(passphrase, salt));
  NHI_CHECK_OK(make_folders_of(path, kPlace.noun));
  return write_new_file(path,
                        fmt::format("{} scrypt {} {}\n", kMark, to_base64(salt), id_of(bytes)));
}

SecretText WrappingKey::derived(std::string_view purpose) const {
  const Digest made =
      hmac_sha256(bytes_.reveal(), FieldBytes().add("derived").add(purpose).bytes());
  return SecretText({reinterpret_cast<const char*>(made.data()), made.size()});
}

Result<std::string> WrappingKey::wrap(Bytes plain, Bytes about) const {
  NHI_TRY(const std::string nonce, random_bytes(kNonceBytes));
  std::string text(plain.size(), '\0');
  std::array<unsigned char, kTagBytes> tag{};
  int count = 0;
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(bytes_.reveal()),
                         bytes_of(std::string_view(nonce))) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &count, bytes_of(about),
                        static_cast<int>(about.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes_of(text), &count, bytes_of(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), bytes_of(text) + count, &count) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!done) return fail(ErrorCode::kInternal, "OpenSSL could not encrypt a value");
  return nonce + text + std::string(tag.begin(), tag.end());
}

Result<SecretText> WrappingKey::unwrap(Bytes wrapped, Bytes about) const {
  const Error bad{ErrorCode::kMalformed,
                  "a sealed value does not open with this key",
                  {},
                  "is it the wrapping key of the time when the rotation began?"};
  if (wrapped.size() < kNonceBytes + kTagBytes) return fail(bad);
  const Bytes body = wrapped.substr(kNonceBytes, wrapped.size() - kNonceBytes - kTagBytes);
  std::string tag(wrapped.substr(wrapped.size() - kTagBytes));
  std::string text(body.size(), '\0');
  int count = 0;
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool done =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(bytes_.reveal()),
                         bytes_of(wrapped)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &count, bytes_of(about),
                        static_cast<int>(about.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes_of(text), &count, bytes_of(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes_of(text) + count, &count) == 1;
  SecretText value(done ? std::string_view(text) : std::string_view());
  wipe(text);
  if (!done) return fail(bad);
  return value;
}

}  // namespace nhi
