#include "rotators/engine/new_value.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/identity/private_key.hpp"

namespace nhi {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kSymbols = "-_.";
constexpr std::size_t kLength = 32;
constexpr std::size_t kSymbolCount = 4;
constexpr std::size_t kControlMost = 64;

// Bytes above the last whole multiple would make the first letters likelier.
Result<char> random_of(std::string_view alphabet) {
  const std::size_t limit = 256 - 256 % alphabet.size();
  for (;;) {
    unsigned char byte = 0;
    if (RAND_bytes(&byte, 1) != 1) {
      return fail(ErrorCode::kInternal, "the system gave no random bytes");
    }
    if (byte < limit) return alphabet[byte % alphabet.size()];
  }
}

Result<SecretText> random_text(std::size_t length, std::size_t symbols) {
  std::string text(length, ' ');
  const auto make = [&]() -> Result<SecretText> {
    for (std::size_t i = 0; i < text.size(); ++i) {
      // Never first or last: some systems trim or refuse them there.
      const bool symbol = symbols != 0 && i % (length / symbols) == length / symbols / 2;
      NHI_TRY(text[i], random_of(symbol ? kSymbols : kLetters));
    }
    return SecretText(text);
  };
  auto made = make();
  wipe(text);
  return made;
}

bool has_each_kind(std::string_view text) {
  const auto any = [&](auto holds) { return std::any_of(text.begin(), text.end(), holds); };
  return any([](char c) { return c >= 'A' && c <= 'Z'; }) &&
         any([](char c) { return c >= 'a' && c <= 'z'; }) &&
         any([](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<SecretText> new_password(bool symbols) {
  for (;;) {
    NHI_TRY(SecretText made, random_text(kLength, symbols ? kSymbolCount : 0));
    if (has_each_kind(made.reveal())) return made;
  }
}

Result<SecretText> new_private_key(const SecretText& old) {
  NHI_TRY(const PrivateKey key, PrivateKey::read(old.reveal()));
  NHI_TRY(const PrivateKey fresh, key.another());
  NHI_TRY(const SecretText pem, fresh.pem());
  return SecretText(chars::trim(pem.reveal()));
}

Result<SecretText> pkcs8_of(const SecretText& key) {
  NHI_TRY(const PrivateKey read, PrivateKey::read(key.reveal()));
  return read.pem_as(KeyContainer::kPkcs8);
}

Result<std::string> new_run_id() {
  std::array<unsigned char, 10> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorCode::kInternal, "the system gave no random bytes");
  }
  return "r_" + to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<SecretText> control_value(const SecretText& like) {
  if (like.reveal().starts_with("-----BEGIN ")) return new_private_key(like);
  const std::size_t length = std::clamp(like.size(), std::size_t{8}, kControlMost);
  for (;;) {
    NHI_TRY(SecretText made, random_text(length, 0));
    if (made.reveal() != like.reveal()) return made;
  }
}

}  // namespace nhi
