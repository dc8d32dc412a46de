#include "scanner/base/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "scanner/base/result.hpp"

namespace nhi {
namespace {

const unsigned char* as_unsigned(Bytes data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) ? 0xEDB88320U ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

}  // namespace

Digest sha256(Bytes data) {
  Digest digest{};
  SHA256(as_unsigned(data), data.size(), digest.data());
  return digest;
}

template <std::size_t kDigestBytes>
struct StreamHash<kDigestBytes>::State {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), ::EVP_MD_CTX_free};
  void begin() const {
    const EVP_MD* const kind = kDigestBytes == sizeof(Digest) ? EVP_sha256() : EVP_sha1();
    NHI_ASSERT(context != nullptr && EVP_DigestInit_ex(context.get(), kind, nullptr) == 1);
  }
};

template <std::size_t kDigestBytes>
StreamHash<kDigestBytes>::StreamHash() : state_(std::make_unique<State>()) {
  state_->begin();
}
template <std::size_t kDigestBytes>
StreamHash<kDigestBytes>::StreamHash(StreamHash&&) noexcept = default;
template <std::size_t kDigestBytes>
StreamHash<kDigestBytes>& StreamHash<kDigestBytes>::operator=(StreamHash&&) noexcept = default;
template <std::size_t kDigestBytes>
StreamHash<kDigestBytes>::~StreamHash() = default;

template <std::size_t kDigestBytes>
StreamHash<kDigestBytes> StreamHash<kDigestBytes>::copy() const {
  StreamHash other;
  NHI_ASSERT(EVP_MD_CTX_copy_ex(other.state_->context.get(), state_->context.get()) == 1);
  return other;
}

template <std::size_t kDigestBytes>
void StreamHash<kDigestBytes>::add(Bytes data) {
  NHI_ASSERT(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1);
}

template <std::size_t kDigestBytes>
std::array<std::uint8_t, kDigestBytes> StreamHash<kDigestBytes>::finish() {
  std::array<std::uint8_t, kDigestBytes> digest{};
  unsigned size = 0;
  NHI_ASSERT(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1 &&
             size == digest.size());
  state_->begin();
  return digest;
}

template class StreamHash<20>;
template class StreamHash<32>;

std::array<std::uint8_t, 20> sha1(std::initializer_list<Bytes> pieces) {
  // One a thread: a history asks a million times.
  thread_local Sha1 sum;
  for (const Bytes piece : pieces) sum.add(piece);
  return sum.finish();
}

Digest hmac_sha256(Bytes key, Bytes data) {
  Digest digest{};
  unsigned length = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_unsigned(data),
                          data.size(), digest.data(), &length);
  NHI_ASSERT(made != nullptr && length == digest.size());
  return digest;
}

struct HmacSha256::State {
  std::unique_ptr<EVP_MAC_CTX, void (*)(EVP_MAC_CTX*)> context{nullptr, ::EVP_MAC_CTX_free};
};

HmacSha256::HmacSha256(Bytes key) : state_(std::make_unique<State>()) {
  const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> mac(::EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                         ::EVP_MAC_free);
  NHI_ASSERT(mac != nullptr);
  state_->context.reset(::EVP_MAC_CTX_new(mac.get()));
  std::string digest = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  NHI_ASSERT(state_->context != nullptr &&
             ::EVP_MAC_init(state_->context.get(), as_unsigned(key), key.size(), parameters) == 1);
}

HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

void HmacSha256::add(Bytes data) {
  NHI_ASSERT(::EVP_MAC_update(state_->context.get(), as_unsigned(data), data.size()) == 1);
}

Digest HmacSha256::finish() {
  Digest digest{};
  std::size_t length = 0;
  NHI_ASSERT(::EVP_MAC_final(state_->context.get(), digest.data(), &length, digest.size()) == 1 &&
             length == digest.size());
  return digest;
}

std::string to_hex(Bytes data) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_hex(const Digest& digest) {
  return to_hex(Bytes(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string to_base64(Bytes data) {
  std::string text((data.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     as_unsigned(data), static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(Bytes text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return out;
}

std::optional<std::string> from_hex(Bytes text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::uint32_t crc32(Bytes data) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (const char c : data) {
    value = kCrcTable[(value ^ static_cast<unsigned char>(c)) & 0xFF] ^ (value >> 8);
  }
  return value ^ 0xFFFFFFFFU;
}

FieldBytes& FieldBytes::add(Bytes field) {
  const std::uint64_t length = field.size();
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes_ += static_cast<char>(length >> shift & 0xFF);
  }
  bytes_ += field;
  return *this;
}

}  // namespace nhi
