#include "scanner/identity/value.hpp"

#include <charconv>

#include "scanner/base/hash.hpp"
#include "scanner/identity/private_key.hpp"

namespace nhi {
namespace {

std::optional<std::string> public_key_der(std::string_view pem) {
  const auto key = PrivateKey::read(pem);
  if (!key) return std::nullopt;
  auto der = key->public_der();
  return der ? std::optional(*std::move(der)) : std::nullopt;
}

// LF line ends, no blank lines, no white space around lines: the same key pasted anywhere.
std::string normal_pem(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    const auto last = line.find_last_not_of(" \t\r");
    out += line.substr(first, last - first + 1);
    out += '\n';
  }
  return out;
}

}  // namespace

SecretText canonical_value(const SecretText& value) {
  const std::string_view text = value.reveal();
  if (text.find("-----BEGIN ") == std::string_view::npos) return value.clone();
  std::string pem = normal_pem(text);
  auto der = public_key_der(pem);
  SecretText canonical(der ? *der : pem);
  wipe(pem);
  return canonical;
}

std::string fingerprint(const FingerprintKey& key, const SecretText& canonical) {
  FieldBytes fields;
  fields.add("nhisweep.fingerprint/1").add(canonical.reveal());
  std::string bytes = fields.bytes();
  std::string text = "hmac-sha256:" + key.id + ":" + to_hex(hmac_sha256(key.bytes.reveal(), bytes));
  wipe(bytes);
  return text;
}

std::string keyed_id(const FingerprintKey& key, std::string_view prefix,
                     const std::string& field_bytes) {
  FieldBytes fields;
  fields.add("nhisweep.id/1").add(prefix).add(field_bytes);
  // 96 bits: two of a million ids are equal with a chance of one in 10^17.
  return std::string(prefix) +
         to_hex(hmac_sha256(key.bytes.reveal(), fields.bytes())).substr(0, 24);
}

std::string credential_id(const FingerprintKey& key, const std::string& fingerprint) {
  return keyed_id(key, "c_", fingerprint);
}

std::string redact(const SecretText& value, const Rule* rule) {
  constexpr std::string_view kMask = "********";
  if (value.reveal().starts_with("-----BEGIN ")) {
    const std::string_view line = value.reveal().substr(0, value.reveal().find("-----", 11) + 5);
    if (line.size() < 64 && line.find('\n') == std::string_view::npos) {
      return std::string(line) + std::string(kMask);
    }
  }
  if (rule != nullptr && !rule->public_prefix.empty() &&
      value.reveal().starts_with(rule->public_prefix) &&
      value.size() >= rule->public_prefix.size() + 8) {
    return rule->public_prefix + std::string(kMask);
  }
  return std::string(kMask);
}

std::string length_class(std::size_t bytes) {
  return bytes < 8 ? "1-7" : bytes < 16 ? "8-15" : "16+";
}

std::optional<Instant> token_expiry(const SecretText& value) {
  const std::string_view text = value.reveal();
  if (!text.starts_with("eyJ")) return std::nullopt;
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto payload = from_base64(text.substr(first + 1, second - first - 1));
  if (!payload) return std::nullopt;
  std::size_t at = payload->find("\"exp\"");
  if (at == std::string::npos) return std::nullopt;
  at = payload->find_first_not_of(" :\t", at + 5);
  std::int64_t seconds = 0;
  const bool read =
      at != std::string::npos &&
      std::from_chars(payload->data() + at, payload->data() + payload->size(), seconds).ec ==
          std::errc{};
  wipe(*payload);
  // Beyond the year 9999 it is no date.
  if (!read || seconds <= 0 || seconds > 253402300799) return std::nullopt;
  return Instant{seconds};
}

}  // namespace nhi
