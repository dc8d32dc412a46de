#include "rotators/mariadb/verifier.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

namespace nhi {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyChars = 43;

template <std::size_t kSize>
struct Wiped {
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { ::OPENSSL_cleanse(bytes.data(), bytes.size()); }
  std::array<unsigned char, kSize> bytes{};
};

struct BnCloser {
  void operator()(BIGNUM* number) const noexcept { ::BN_clear_free(number); }
};
struct BnContextCloser {
  void operator()(BN_CTX* context) const noexcept { ::BN_CTX_free(context); }
};
using Bn = std::unique_ptr<BIGNUM, BnCloser>;

Bn bn_of(const char* hex) {
  BIGNUM* number = nullptr;
  ::BN_hex2bn(&number, hex);
  return Bn(number);
}

// Points of edwards25519 in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
struct Point {
  Bn x, y, z, t;
};

class Curve {
 public:
  Curve() = default;
  [[nodiscard]] Point base() {
    Point point{bn_of("216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A"),
                bn_of("6666666666666666666666666666666666666666666666666666666666666658"),
                bn_of("1"), nullptr};
    point.t = times(point.x, point.y);
    return point;
  }
  [[nodiscard]] static Point neutral() { return {bn_of("0"), bn_of("1"), bn_of("1"), bn_of("0")}; }
  // RFC 8032, section 5.1.4: holds for a point and itself as well.
  [[nodiscard]] Point sum(const Point& one, const Point& two) {
    const Bn a = times(minus(one.y, one.x), minus(two.y, two.x));
    const Bn b = times(plus(one.y, one.x), plus(two.y, two.x));
    const Bn c = times(times(one.t, twice_d_), two.t);
    const Bn zz = times(one.z, two.z);
    const Bn d = plus(zz, zz);
    const Bn e = minus(b, a);
    const Bn f = minus(d, c);
    const Bn g = plus(d, c);
    const Bn h = plus(b, a);
    return {times(e, f), times(g, h), times(f, g), times(e, h)};
  }
  // Little endian, with the lowest bit of x as the highest one.
  [[nodiscard]] bool encode(const Point& point, std::array<unsigned char, kKeyBytes>& out) {
    const Bn inverse(::BN_mod_inverse(nullptr, point.z.get(), p_.get(), context_.get()));
    if (inverse == nullptr) return false;
    const Bn x = times(point.x, inverse);
    const Bn y = times(point.y, inverse);
    if (::BN_bn2lebinpad(y.get(), out.data(), static_cast<int>(out.size())) < 0) return false;
    if (::BN_is_odd(x.get()) != 0) out.back() |= 0x80U;
    return !failed_;
  }

 private:
  using Operation = int (*)(BIGNUM*, const BIGNUM*, const BIGNUM*, const BIGNUM*, BN_CTX*);
  Bn apply(Operation operation, const Bn& one, const Bn& two) {
    Bn made(::BN_new());
    failed_ = failed_ || made == nullptr ||
              operation(made.get(), one.get(), two.get(), p_.get(), context_.get()) != 1;
    return made;
  }
  Bn times(const Bn& one, const Bn& two) { return apply(::BN_mod_mul, one, two); }
  Bn plus(const Bn& one, const Bn& two) { return apply(::BN_mod_add, one, two); }
  Bn minus(const Bn& one, const Bn& two) { return apply(::BN_mod_sub, one, two); }

  std::unique_ptr<BN_CTX, BnContextCloser> context_{::BN_CTX_new()};
  Bn p_ = bn_of("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED");
  Bn twice_d_ = bn_of("2406D9DC56DFFCE7198E80F2EEF3D13000E0149A8283B156EBD69B9426B2F159");
  bool failed_ = false;
};

}  // namespace

std::optional<std::string> native_verifier(const SecretText& password) {
  Wiped<20> once;
  std::array<unsigned char, 20> twice{};
  const std::string_view text = password.reveal();
  if (::EVP_Digest(text.data(), text.size(), once.bytes.data(), nullptr, ::EVP_sha1(), nullptr) !=
          1 ||
      ::EVP_Digest(once.bytes.data(), once.bytes.size(), twice.data(), nullptr, ::EVP_sha1(),
                   nullptr) != 1) {
    return std::nullopt;
  }
  std::string verifier = "*";
  for (const unsigned char byte : twice) verifier += fmt::format("{:02X}", byte);
  return verifier;
}

std::optional<std::string> ed25519_verifier(const SecretText& password) {
  Wiped<64> scalar;
  const std::string_view text = password.reveal();
  if (::EVP_Digest(text.data(), text.size(), scalar.bytes.data(), nullptr, ::EVP_sha512(),
                   nullptr) != 1) {
    return std::nullopt;
  }
  scalar.bytes[0] &= 0xF8U;
  scalar.bytes[kKeyBytes - 1] &= 0x7FU;
  scalar.bytes[kKeyBytes - 1] |= 0x40U;
  Curve curve;
  Point power = curve.base();
  Point sum = Curve::neutral();
  for (std::size_t bit = 0; bit < kKeyBytes * 8; ++bit) {
    Point with = curve.sum(sum, power);  // made for each bit, so that the time tells little
    if (((scalar.bytes[bit / 8] >> (bit % 8)) & 1U) != 0) sum = std::move(with);
    power = curve.sum(power, power);
  }
  std::array<unsigned char, kKeyBytes> key{};
  if (!curve.encode(sum, key)) return std::nullopt;
  std::array<unsigned char, 48> encoded{};
  ::EVP_EncodeBlock(encoded.data(), key.data(), static_cast<int>(key.size()));
  return std::string(reinterpret_cast<const char*>(encoded.data()), kKeyChars);
}

}  // namespace nhi
