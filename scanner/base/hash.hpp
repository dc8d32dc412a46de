// hash.hpp - SHA-256, SHA-1 and HMAC-SHA-256 through OpenSSL, and text forms of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "scanner/base/bytes.hpp"

namespace nhi {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(Bytes data);
/// Of the pieces one after the other; git names things by it.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::initializer_list<Bytes> pieces);
[[nodiscard]] Digest hmac_sha256(Bytes key, Bytes data);

// A hash of bytes that come piece by piece; its length says which.
template <std::size_t kDigestBytes>
class StreamHash {
 public:
  StreamHash();
  StreamHash(StreamHash&&) noexcept;
  StreamHash& operator=(StreamHash&&) noexcept;
  ~StreamHash();
  /// One that has seen the same.
  [[nodiscard]] StreamHash copy() const;
  void add(Bytes data);
  /// Of everything added since it was made or finished.
  [[nodiscard]] std::array<std::uint8_t, kDigestBytes> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
using Sha1 = StreamHash<20>;
using Sha256 = StreamHash<32>;

// HMAC-SHA-256 of bytes that come piece by piece.
class HmacSha256 {
 public:
  explicit HmacSha256(Bytes key);
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();
  void add(Bytes data);
  /// Of everything added; nothing can be added after it.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string to_hex(Bytes data);  // lower case
[[nodiscard]] std::string to_hex(const Digest& digest);
[[nodiscard]] std::string to_base64(Bytes data);
/// Accepts the standard and the URL alphabet, padding present or missing; none on anything else.
[[nodiscard]] std::optional<std::string> from_base64(Bytes text);
[[nodiscard]] std::optional<std::string> from_hex(Bytes text);
[[nodiscard]] std::uint32_t crc32(Bytes data);  // ISO 3309, as zlib and GitHub tokens use it

/// Builds one byte string out of fields so that no two lists of fields give the same string:
/// each field is preceded by its length as 8 bytes, most significant first.
class FieldBytes {
 public:
  FieldBytes& add(Bytes field);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace nhi
