#include "scanner/match/structure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/match/coded_value.hpp"
#include "scanner/match/letter_model.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;
// An Ed25519 key in PKCS #8 is 64 characters; nothing useful is shorter.
constexpr std::size_t kPemBodyMin = 60;
constexpr std::size_t kPemBodyMax = 64 * 1024;
constexpr std::size_t kJwtHeaderMax = 4096;

std::string to_base62(std::uint32_t number, std::size_t width) {
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (; number != 0; number /= 62) text.push_back(kDigits[number % 62]);
  while (text.size() < width) text.push_back('0');
  std::reverse(text.begin(), text.end());
  return text;
}

// The header must be one JSON object that names its algorithm as a string.
bool is_jwt_header(const std::string& json) {
  const Bytes text = trim(json);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  if (!all_are(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 || is_space(c); })) {
    return false;
  }
  for (std::size_t at = text.find("\"alg\""); at != kNone; at = text.find("\"alg\"", at + 1)) {
    std::size_t i = at + 5;
    while (i < text.size() && is_space(text[i])) ++i;
    if (i >= text.size() || text[i] != ':') continue;
    ++i;
    while (i < text.size() && is_space(text[i])) ++i;
    if (i + 1 < text.size() && text[i] == '"') return true;
  }
  return false;
}

Proof check_jwt(Bytes secret) {
  const std::size_t dot = secret.find('.');
  if (dot == kNone || dot == 0 || dot > kJwtHeaderMax) return Proof::kBroken;
  const auto header = from_base64(secret.substr(0, dot));
  if (!header || !is_jwt_header(*header)) return Proof::kBroken;
  return Proof::kProven;
}

// What is left of a PEM body once line ends, escapes, quotes, joins and comment marks are gone.
// Keys are found in string literals of every language, so all of these are normal.
std::string pem_body(Bytes text) {
  std::string body;
  for (std::size_t i = 0; i < text.size() && body.size() < kPemBodyMax;) {
    std::size_t end = text.find('\n', i);
    if (end == kNone) end = text.size();
    const Bytes line = text.substr(i, end - i);
    i = end + 1;
    // RFC 1421 headers: Proc-Type, DEK-Info, Comment.
    if (line.find(": ") != kNone && line.find("\\n") == kNone) continue;
    for (std::size_t j = 0; j < line.size(); ++j) {
      if (line[j] == '\\' && j + 1 < line.size()) {
        if (std::string_view("nrt\"'\\").find(line[j + 1]) != kNone) ++j;
        continue;
      }
      const bool joins = line[j] == '+' && (j == 0 || is_space(line[j - 1]) ||
                                            is_quote(line[j - 1]));  // `"..." + "..."`
      if (!joins && is_base64(line[j]) && line[j] != '-' && line[j] != '_') {
        body.push_back(line[j]);
      } else if (line[j] == ' ' && j > 0 && is_letter(line[j - 1]) && j + 1 < line.size() &&
                 is_letter(line[j + 1])) {
        body.push_back('!');  // words; a key has at most one such gap in 60 characters
      } else if (std::string_view(" \t\r\"'`,.;#*|>&()[]{}-_").find(line[j]) == kNone) {
        body.push_back('!');  // no base64 and no decoration: counts against it
      }
    }
  }
  return body;
}

Proof check_pem(Bytes secret) {
  const std::size_t begin = secret.find("-----BEGIN");
  Bytes text = secret;
  if (begin != kNone) {
    const std::size_t frame = secret.find("-----", begin + 10);
    if (frame == kNone) return Proof::kBroken;
    text = secret.substr(frame + 5);
  }
  text = text.substr(0, text.find("-----END"));
  std::string body = pem_body(text);
  const auto foreign = static_cast<std::size_t>(std::count(body.begin(), body.end(), '!'));
  std::erase(body, '!');
  const bool broken =
      body.size() < kPemBodyMin || foreign * 20 > body.size() || shannon_bits_per_byte(body) < 3.5;
  // PKCS #1, PKCS #8, SEC 1 begin with an ASN.1 SEQUENCE, OpenSSH with its magic word.
  const bool known = body.starts_with("M") || body.starts_with("b3BlbnNzaC1rZXk");
  const Proof proof = broken ? Proof::kBroken : known ? Proof::kProven : Proof::kPlausible;
  wipe(body);
  return proof;
}

bool is_uuid(Bytes v) {
  if (v.size() != 36) return false;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? v[i] != '-' : !is_hex(v[i])) return false;
  }
  return std::count(v.begin(), v.end(), '0') < 24;  // the nil UUID and counters name nothing
}

Proof check_base64(Bytes v) {
  if (v.size() < 4) return Proof::kBroken;
  // `Basic authentication` decodes, too.
  if (all_are(v, is_letter) && letter_bits(v) <= kWordBitsMax) return Proof::kBroken;
  auto decoded = from_base64(v);
  if (!decoded) return Proof::kBroken;
  wipe(*decoded);
  return Proof::kPlausible;
}

// What is typed by people in documents (`user:password`) decodes, too.
Proof check_basic_credentials(Bytes v) {
  const auto value = read_coded_value(Structure::kBasicCredentials, v);
  if (!value) return Proof::kBroken;
  const Bytes secret = value->secret.reveal();
  if (!dummy_reason(secret).empty()) return Proof::kBroken;
  return holds_secret(classify_value(secret).form) ? Proof::kPlausible : Proof::kBroken;
}

}  // namespace

bool checksum_holds(const Checksum& checksum, Bytes secret) {
  if (secret.size() <= checksum.last) return false;
  const Bytes tail = secret.substr(secret.size() - checksum.last);
  Bytes body = secret.substr(0, secret.size() - checksum.last);
  if (!checksum.over_prefix) {
    const std::size_t mark = body.rfind('_');
    if (mark != kNone) body.remove_prefix(mark + 1);
  }
  const std::uint32_t sum = crc32(body);
  if (checksum.kind == ChecksumKind::kCrc32Base62) return tail == to_base62(sum, checksum.last);
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sum, 16).ptr;
  std::string hex(digits.data(), end);
  if (hex.size() < checksum.last) hex.insert(0, checksum.last - hex.size(), '0');
  return std::equal(tail.begin(), tail.end(), hex.begin(), hex.end(),
                    [](char a, char b) { return lower(a) == b; });
}

Proof check_structure(Structure structure, Bytes secret) {
  switch (structure) {
    case Structure::kJwt:
      return check_jwt(secret);
    case Structure::kPrivateKeyPem:
      return check_pem(secret);
    case Structure::kUuid:
      return is_uuid(secret) ? Proof::kPlausible : Proof::kBroken;
    case Structure::kBase64:
      return check_base64(secret);
    case Structure::kBasicCredentials:
      return check_basic_credentials(secret);
    case Structure::kNone:
    case Structure::kUrlUserInfo:
      return Proof::kPlausible;
  }
  return Proof::kPlausible;
}

}  // namespace nhi
