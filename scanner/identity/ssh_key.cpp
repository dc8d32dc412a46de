#include "scanner/identity/ssh_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "scanner/base/secret_buffer.hpp"

namespace nhi {
namespace {

constexpr Bytes kMagic("openssh-key-v1\0", 15);
constexpr std::size_t kPadTo = 8;
constexpr std::size_t kEdBytes = 32;

struct NumberFree {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using Number = std::unique_ptr<BIGNUM, NumberFree>;
struct ContextFree {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct ParamsFree {
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
struct BuildFree {
  void operator()(OSSL_PARAM_BLD* build) const { OSSL_PARAM_BLD_free(build); }
};

struct Curve {
  std::string_view ssh;  // behind "ecdsa-sha2-"
  const char* openssl;
};
constexpr Curve kCurves[] = {
    {"nistp256", "prime256v1"}, {"nistp384", "secp384r1"}, {"nistp521", "secp521r1"}};

Unexpected<Error> malformed(std::string what) {
  return fail(ErrorCode::kMalformed, "not a private key of OpenSSH: " + std::move(what));
}
Unexpected<Error> broken(const char* what) {
  ERR_clear_error();
  return fail(ErrorCode::kInternal, std::string("OpenSSL cannot ") + what);
}

// ---- reading -----------------------------------------------------------------------------------

// RFC 4251, section 5. What runs over the end gives nothing, and so does all that follows.
class WireReader {
 public:
  explicit WireReader(Bytes bytes) : rest_(bytes) {}
  std::uint32_t number() {
    const Bytes four = take(4);
    std::uint32_t value = 0;
    for (const char c : four) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  Bytes string() {
    const std::uint32_t size = number();
    return take(size);
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] Bytes rest() const { return rest_; }

 private:
  Bytes take(std::size_t size) {
    failed_ = failed_ || size > rest_.size();
    if (failed_) return {};
    const Bytes taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  Bytes rest_;
  bool failed_ = false;
};

Number number_of(Bytes big_endian) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                          static_cast<int>(big_endian.size()), nullptr));
}

// d modulo p - 1: what PROTOCOL.agent leaves to be computed.
Number reduced(const BIGNUM* exponent, const BIGNUM* prime) {
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_secure_new(), BN_CTX_free);
  Number less(BN_dup(prime));
  Number result(BN_secure_new());
  const bool done = context && less && result && BN_sub_word(less.get(), 1) == 1 &&
                    BN_is_zero(less.get()) == 0 &&
                    BN_mod(result.get(), exponent, less.get(), context.get()) == 1;
  return done ? std::move(result) : Number();
}

Result<KeyHandle> key_of(const char* kind, OSSL_PARAM_BLD* build) {
  const std::unique_ptr<OSSL_PARAM, ParamsFree> params(OSSL_PARAM_BLD_to_param(build));
  const std::unique_ptr<EVP_PKEY_CTX, ContextFree> context(
      EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  const bool done = params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) == 1;
  KeyHandle key(made);
  ERR_clear_error();
  if (done) return key;
  return malformed("its numbers are no key");
}

Result<KeyHandle> read_ed25519(WireReader& wire) {
  const Bytes open = wire.string();
  const Bytes both = wire.string();  // the seed, and the public key again
  if (wire.failed() || open.size() != kEdBytes || both.size() != 2 * kEdBytes ||
      both.substr(kEdBytes) != open) {
    return malformed("its two halves do not fit");
  }
  KeyHandle key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(both.data()), kEdBytes));
  if (!key) return broken("read an Ed25519 key");
  return key;
}

Result<KeyHandle> read_ecdsa(WireReader& wire) {
  const Bytes name = wire.string();
  const Bytes point = wire.string();
  const Number secret = number_of(wire.string());
  const std::unique_ptr<OSSL_PARAM_BLD, BuildFree> build(OSSL_PARAM_BLD_new());
  for (const Curve& curve : kCurves) {
    if (curve.ssh != name || wire.failed() || !secret || !build) continue;
    const bool put =
        OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl,
                                        0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) == 1 &&
        OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) == 1;
    if (!put) return broken("take the parts of a key");
    return key_of("EC", build.get());
  }
  return malformed("a curve that nobody here knows, or cut off");
}

Result<KeyHandle> read_rsa(WireReader& wire) {
  const Number n = number_of(wire.string());
  const Number e = number_of(wire.string());
  const Number d = number_of(wire.string());
  const Number inverse = number_of(wire.string());
  const Number p = number_of(wire.string());
  const Number q = number_of(wire.string());
  if (wire.failed() || !n || !e || !d || !inverse || !p || !q) return malformed("it is cut off");
  const Number d_p = reduced(d.get(), p.get());
  const Number d_q = reduced(d.get(), q.get());
  const std::unique_ptr<OSSL_PARAM_BLD, BuildFree> build(OSSL_PARAM_BLD_new());
  if (!d_p || !d_q || !build) return malformed("its numbers are no key");
  const std::pair<const char*, const BIGNUM*> parts[] = {
      {OSSL_PKEY_PARAM_RSA_N, n.get()},           {OSSL_PKEY_PARAM_RSA_E, e.get()},
      {OSSL_PKEY_PARAM_RSA_D, d.get()},           {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},     {OSSL_PKEY_PARAM_RSA_EXPONENT1, d_p.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, d_q.get()}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get()},
  };
  for (const auto& [name, number] : parts) {
    if (OSSL_PARAM_BLD_push_BN(build.get(), name, number) != 1) {
      return broken("take the parts of a key");
    }
  }
  return key_of("RSA", build.get());
}

Result<KeyHandle> read_kind(Bytes kind, WireReader& wire) {
  if (kind == "ssh-ed25519") return read_ed25519(wire);
  if (kind == "ssh-rsa") return read_rsa(wire);
  if (kind.starts_with("ecdsa-sha2-")) return read_ecdsa(wire);
  if (kind.starts_with("sk-")) {
    return fail(ErrorCode::kBadUse, "the private half of this key lies in a device");
  }
  return fail(ErrorCode::kBadUse, "a kind of key that is not read here (DSA, XMSS)");
}

// ---- writing -----------------------------------------------------------------------------------

class WireWriter {
 public:
  void number(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      const char byte = static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
      raw(Bytes(&byte, 1));
    }
  }
  void string(Bytes bytes) {
    number(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }
  void raw(Bytes bytes) { buffer_.add(bytes); }
  // An mpint: a zero before a byte that would make it negative.
  void integer(const BIGNUM* number) {
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    const bool negative = !bytes.empty() && static_cast<unsigned char>(bytes[0]) > 0x7F;
    this->number(static_cast<std::uint32_t>(bytes.size() + (negative ? 1 : 0)));
    if (negative) raw(Bytes("\0", 1));
    raw(bytes);
    wipe(bytes);
  }
  [[nodiscard]] Bytes bytes() const { return buffer_.view(); }

 private:
  SecretBuffer buffer_;
};

std::optional<std::string> text_param(const EVP_PKEY* key, const char* name) {
  std::array<char, 64> text{};
  std::size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, name, text.data(), text.size(), &size) != 1) return {};
  return std::string(text.data(), size);
}

Number number_param(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  return EVP_PKEY_get_bn_param(key, name, &number) == 1 ? Number(number) : Number();
}

// One way to write each kind: the public part as it stands in authorized_keys, the private one as
// PROTOCOL.agent has it. Either may be left out.
struct KeyWriter {
  const EVP_PKEY* key;
  WireWriter* open;
  WireWriter* secret;

  [[nodiscard]] bool ed25519() const {
    std::array<unsigned char, kEdBytes> half{};
    std::size_t size = half.size();
    if (EVP_PKEY_get_raw_public_key(key, half.data(), &size) != 1 || size != kEdBytes) return false;
    const Bytes public_half(reinterpret_cast<const char*>(half.data()), size);
    if (open != nullptr) {
      open->string("ssh-ed25519");
      open->string(public_half);
    }
    if (secret == nullptr) return true;
    std::string both(kEdBytes, '\0');
    const bool read = EVP_PKEY_get_raw_private_key(
                          key, reinterpret_cast<unsigned char*>(both.data()), &size) == 1;
    both.append(public_half);
    secret->string("ssh-ed25519");
    secret->string(public_half);
    secret->string(both);
    wipe(both);
    return read;
  }

  [[nodiscard]] bool rsa() const {
    const Number n = number_param(key, OSSL_PKEY_PARAM_RSA_N);
    const Number e = number_param(key, OSSL_PKEY_PARAM_RSA_E);
    if (!n || !e) return false;
    if (open != nullptr) {
      open->string("ssh-rsa");
      open->integer(e.get());
      open->integer(n.get());
    }
    if (secret == nullptr) return true;
    const Number d = number_param(key, OSSL_PKEY_PARAM_RSA_D);
    const Number inverse = number_param(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    const Number p = number_param(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
    const Number q = number_param(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
    if (!d || !inverse || !p || !q) return false;
    secret->string("ssh-rsa");
    for (const Number* part : {&n, &e, &d, &inverse, &p, &q}) secret->integer(part->get());
    return true;
  }

  [[nodiscard]] bool ecdsa(std::string_view curve) const {
    std::array<unsigned char, 200> point{};
    std::size_t size = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                        &size) != 1) {
      return false;
    }
    const Bytes public_point(reinterpret_cast<const char*>(point.data()), size);
    const std::string kind = "ecdsa-sha2-" + std::string(curve);
    for (WireWriter* out : {open, secret}) {
      if (out == nullptr) continue;
      out->string(kind);
      out->string(curve);
      out->string(public_point);
    }
    if (secret == nullptr) return true;
    const Number number = number_param(key, OSSL_PKEY_PARAM_PRIV_KEY);
    if (!number) return false;
    secret->integer(number.get());
    return true;
  }

  [[nodiscard]] Result<void> write() const {
    bool written = false;
    if (EVP_PKEY_is_a(key, "ED25519") == 1) {
      written = ed25519();
    } else if (EVP_PKEY_is_a(key, "RSA") == 1) {
      written = rsa();
    } else {
      const auto group = text_param(key, OSSL_PKEY_PARAM_GROUP_NAME);
      const Curve* known = nullptr;
      for (const Curve& curve : kCurves) {
        if (group && *group == curve.openssl) known = &curve;
      }
      if (EVP_PKEY_is_a(key, "EC") != 1 || known == nullptr) {
        ERR_clear_error();
        return fail(ErrorCode::kBadUse, "SSH has no keys of this kind");
      }
      written = ecdsa(known->ssh);
    }
    if (!written) return broken("tell the parts of a key");
    return {};
  }
};

}  // namespace

Result<SshKey> read_ssh_key(Bytes blob) {
  if (!blob.starts_with(kMagic)) return malformed("it begins with something else");
  WireReader wire(blob.substr(kMagic.size()));
  const Bytes cipher = wire.string();
  const Bytes derivation = wire.string();
  static_cast<void>(wire.string());  // options of the derivation
  const std::uint32_t count = wire.number();
  static_cast<void>(wire.string());  // the public key, which the private part repeats
  WireReader secret(wire.string());
  if (wire.failed() || count != 1) return malformed("it is cut off, or holds several");
  if (cipher != "none" || derivation != "none") {
    return fail(ErrorCode::kBadUse, "the key is locked with a passphrase");
  }
  const std::uint32_t check = secret.number();
  if (secret.number() != check) return malformed("its check numbers differ");
  const Bytes kind = secret.string();
  SshKey read;
  NHI_TRY(read.key, read_kind(kind, secret));
  read.comment = secret.string();
  if (secret.failed() || secret.rest().size() >= kPadTo * 32) return malformed("it is cut off");
  return read;
}

Result<SecretText> write_ssh_key(const EVP_PKEY* key, const std::string& comment) {
  WireWriter open;
  WireWriter secret;
  std::array<unsigned char, 4> check{};
  if (RAND_bytes(check.data(), static_cast<int>(check.size())) != 1) {
    return broken("give random bytes");
  }
  const Bytes word(reinterpret_cast<const char*>(check.data()), check.size());
  secret.raw(word);
  secret.raw(word);
  NHI_CHECK_OK((KeyWriter{key, &open, &secret}.write()));
  secret.string(comment);
  for (char pad = 1; secret.bytes().size() % kPadTo != 0; ++pad) secret.raw(Bytes(&pad, 1));
  WireWriter whole;
  whole.raw(kMagic);
  whole.string("none");
  whole.string("none");
  whole.string("");
  whole.number(1);
  whole.string(open.bytes());
  whole.string(secret.bytes());
  return SecretText(whole.bytes());
}

Result<std::string> ssh_public_blob(const EVP_PKEY* key) {
  WireWriter open;
  NHI_CHECK_OK((KeyWriter{key, &open, nullptr}.write()));
  return std::string(open.bytes());
}

}  // namespace nhi
