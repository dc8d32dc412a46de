#include "rotators/postgresql/scram.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string>

namespace nhi {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;

struct Key {
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { ::OPENSSL_cleanse(bytes.data(), bytes.size()); }
  std::array<unsigned char, kKeyBytes> bytes{};
};

bool hmac(const Key& key, std::string_view text, Key& out) {
  unsigned length = kKeyBytes;
  return ::HMAC(::EVP_sha256(), key.bytes.data(), kKeyBytes,
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.bytes.data(),
                &length) != nullptr;
}

std::string base64(const unsigned char* bytes, std::size_t count) {
  std::string text((count + 2) / 3 * 4 + 1, '\0');
  const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                                       static_cast<int>(count));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

bool is_plain_password(std::string_view password) {
  return std::all_of(password.begin(), password.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<SecretText> scram_verifier(const SecretText& password, std::string_view salt,
                                         std::uint32_t iterations) {
  const auto* const salt_bytes = reinterpret_cast<const unsigned char*>(salt.data());
  Key salted;
  Key client;
  Key stored;
  Key server;
  if (::PKCS5_PBKDF2_HMAC(password.reveal().data(), static_cast<int>(password.size()), salt_bytes,
                          static_cast<int>(salt.size()), static_cast<int>(iterations),
                          ::EVP_sha256(), kKeyBytes, salted.bytes.data()) != 1 ||
      !hmac(salted, "Client Key", client) || !hmac(salted, "Server Key", server) ||
      ::EVP_Digest(client.bytes.data(), kKeyBytes, stored.bytes.data(), nullptr, ::EVP_sha256(),
                   nullptr) != 1) {
    return std::nullopt;
  }
  std::string text =
      fmt::format("SCRAM-SHA-256${}:{}${}:{}", iterations, base64(salt_bytes, salt.size()),
                  base64(stored.bytes.data(), kKeyBytes), base64(server.bytes.data(), kKeyBytes));
  SecretText verifier(text);
  wipe(text);
  return verifier;
}

std::optional<SecretText> scram_verifier(const SecretText& password, std::uint32_t iterations) {
  std::array<unsigned char, kSaltBytes> salt{};
  if (::RAND_bytes(salt.data(), kSaltBytes) != 1) return std::nullopt;
  return scram_verifier(password,
                        std::string_view(reinterpret_cast<const char*>(salt.data()), salt.size()),
                        iterations);
}

}  // namespace nhi
