// Templates of examples: text with parts that are made up from a seed, so that nothing that looks
// like a live secret is ever stored. docs/rules.md lists the parts.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/rules/nearest_name.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kMarks = "!-_.";  // harmless in URLs, quotes, shells and XML

struct Alphabet {
  std::string_view name;
  std::string_view characters;
};
constexpr Alphabet kAlphabets[] = {
    {"base62", kBase62},
    {"hex", "0123456789abcdef"},
    {"HEX", "0123456789ABCDEF"},
    {"base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    {"base58", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
    {"base64", kBase64},
    {"base64url", kBase64Url},
    {"digits", kDigits},
    {"lower", kLower},
    {"upper", kUpper},
    {"lower-alnum", "abcdefghijklmnopqrstuvwxyz0123456789"},
    {"upper-alnum", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
};
constexpr std::array<std::string_view, 21> kPartNames = {
    "base62", "hex",       "HEX",         "base32",      "base64",   "base64url", "digits",
    "lower",  "upper",     "lower-alnum", "upper-alnum", "password", "uuid",      "jwt",
    "pem",    "to-base64", "to-hex",      "repeat",      "base58",   "crc32-hex", "crc32-base62"};

constexpr std::size_t kCountMax = 64 * 1024;  // characters of one part
constexpr std::size_t kTextMax = 256 * 1024;  // bytes of one expansion
constexpr std::size_t kDepthMax = 8;          // parts within each other

// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }
  char from(std::string_view characters) { return characters[next() % characters.size()]; }
  std::string text(std::string_view characters, std::size_t count) {
    std::string made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(from(characters));
    return made;
  }
  std::string bytes(std::size_t count) {
    std::string made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(static_cast<char>(next() & 0xff));
    return made;
  }

 private:
  std::uint64_t state_;
};

std::string base62_of(std::uint32_t value, std::size_t width) {
  std::string text(width, '0');
  for (std::size_t i = width; i-- > 0; value /= 62) text[i] = kBase62[value % 62];
  return text;
}

std::string hex_of(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return to_hex(bytes);
}

std::string base64url_of(Bytes bytes) {
  std::string text = to_base64(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string make_uuid(Random& random) {
  std::string text = to_hex(random.bytes(16));
  text[12] = '4';
  text[16] = "89ab"[random.next() % 4];
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

std::string make_jwt(Random& random) {
  const std::string claims =
      R"({"sub":")" + random.text(kDigits, 10) + R"(","iat":15162)" + random.text(kDigits, 5) + "}";
  return base64url_of(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url_of(claims) + "." +
         base64url_of(random.bytes(32));
}

// What a private key begins with: the magic word of OpenSSH, or a DER SEQUENCE with version 0 and
// one INTEGER of random bytes. Nothing in it is a key.
std::string key_bytes(Random& random, std::string_view label) {
  if (label == "OPENSSH PRIVATE KEY") {
    return std::string("openssh-key-v1\0", 15) + random.bytes(240);
  }
  std::string body = random.bytes(256);
  body[0] = static_cast<char>(body[0] & 0x7f);
  return std::string("\x30\x82\x01\x07\x02\x01\x00\x02\x82\x01\x00", 11) + body;
}

std::string make_pem(Random& random, std::string_view label) {
  const std::string text = to_base64(key_bytes(random, label));
  std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
  return pem + "-----END " + std::string(label) + "-----";
}

// Looks like a person's: all four kinds of characters, first a letter.
std::string make_password(Random& random, std::size_t count) {
  std::string text = random.text(kBase62, count);
  const std::string_view kinds[] = {kUpper, kLower, kDigits, kMarks};
  for (std::size_t i = 0; i < std::size(kinds) && i < count; ++i) {
    text[i * count / std::size(kinds)] = random.from(kinds[i]);
  }
  return text;
}

// Expands inside out: each closing brace turns the innermost open part into text.
class Expander {
 public:
  Expander(std::string_view text, std::uint64_t seed) : text_(text), random_(seed) {}

  Result<std::string> run() {
    open_.emplace_back();
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      const bool twice = at + 1 < text_.size() && text_[at + 1] == c;
      if ((c == '{' || c == '}') && twice && at_top()) {
        open_.back() += c;
        ++at;
      } else if (c == '{') {
        if (open_.size() > kDepthMax) return refuse("parts are nested too deeply");
        open_.emplace_back();
      } else if (c == '}') {
        if (open_.size() == 1) return refuse("a '}' has no '{'", "write '}}' for a brace");
        const std::string part = std::move(open_.back());
        open_.pop_back();
        NHI_TRY(const std::string made, expand(part));
        open_.back() += made;
      } else {
        open_.back() += c;
      }
      if (open_.back().size() > kTextMax) return refuse("the text is over 256 KiB");
    }
    if (open_.size() != 1) return refuse("a '{' has no '}'", "write '{{' for a brace");
    return std::move(open_.back());
  }

 private:
  static Unexpected<Error> refuse(const std::string& what, std::string hint = {}) {
    return fail(ErrorCode::kBadRule, "template: " + what, {}, std::move(hint));
  }

  // Two closing braces end two parts where two are open; doubled braces are text outside of parts.
  [[nodiscard]] bool at_top() const { return open_.size() == 1; }

  static std::optional<std::size_t> count_of(std::string_view text) {
    std::size_t count = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, count);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    if (count == 0 || count > kCountMax) return std::nullopt;
    return count;
  }

  Result<std::string> expand(std::string_view part) {
    const std::size_t colon = part.find(':');
    const std::string_view name = part.substr(0, colon);
    const bool has_rest = colon != std::string_view::npos;
    const std::string_view rest = has_rest ? part.substr(colon + 1) : std::string_view();
    if (name == "uuid" && !has_rest) return make_uuid(random_);
    if (name == "jwt" && !has_rest) return make_jwt(random_);
    if (name == "pem" && !rest.empty()) return make_pem(random_, rest);
    if (name == "to-base64") return to_base64(rest);
    if (name == "to-hex") return to_hex(rest);
    if (name == "crc32-base62") return std::string(rest) + base62_of(crc32(rest), 6);
    if (name == "crc32-hex") return std::string(rest) + hex_of(crc32(rest));
    const auto count = count_of(rest.substr(0, rest.find(':')));
    if (name == "repeat") return repeated(rest, count);
    if (name == "password" && count) return make_password(random_, *count);
    for (const Alphabet& alphabet : kAlphabets) {
      if (alphabet.name != name) continue;
      if (!count) return refuse("'" + std::string(name) + "' needs a count from 1 to 65536");
      return random_.text(alphabet.characters, *count);
    }
    if (std::find(kPartNames.begin(), kPartNames.end(), name) != kPartNames.end()) {
      return refuse("part '" + std::string(name) + "' is not complete");
    }
    const std::string_view near = nearest_name(name, kPartNames);
    return refuse(
        "unknown part '" + std::string(name.substr(0, 40)) + "'",
        near.empty() ? "write '{{' for a brace" : "did you mean '" + std::string(near) + "'?");
  }

  // {repeat:COUNT:TEXT}
  static Result<std::string> repeated(std::string_view rest, std::optional<std::size_t> count) {
    const std::size_t colon = rest.find(':');
    if (!count || colon == std::string_view::npos) return refuse("'repeat' needs COUNT:TEXT");
    const std::string_view unit = rest.substr(colon + 1);
    if (unit.size() * *count > kTextMax) return refuse("the text is over 256 KiB");
    std::string text;
    for (std::size_t i = 0; i < *count; ++i) text += unit;
    return text;
  }

  std::string_view text_;
  Random random_;
  std::vector<std::string> open_;  // texts in the making; the first is the result
};

}  // namespace

Result<std::string> expand_template(std::string_view text, std::uint64_t seed) {
  return Expander(text, seed).run();
}

}  // namespace nhi
