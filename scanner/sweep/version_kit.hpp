// version_kit.hpp - made texts of what stands in repositories, and changes of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "scanner/base/hash.hpp"

namespace nhi {

using Random = std::mt19937;

// NHISWEEP_ROUNDS asks for more of the same.
inline unsigned rounds() {
  const char* const wanted = std::getenv("NHISWEEP_ROUNDS");
  return wanted == nullptr ? 1 : static_cast<unsigned>(std::stoul(wanted));
}

inline std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

inline std::string letters(Random& random, std::size_t count) {
  static constexpr std::string_view kLetters =
      "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
  std::string text;
  while (text.size() < count) text += kLetters[below(random, kLetters.size())];
  return text;
}

inline std::string base64_of(std::string_view text, std::size_t wrap) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t digits = 0;
  for (std::size_t i = 0; i + 2 < text.size(); i += 3) {
    const auto at = [&](std::size_t j) {
      return static_cast<unsigned>(static_cast<unsigned char>(text[i + j]));
    };
    const unsigned bits = at(0) << 16U | at(1) << 8U | at(2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) out += kDigits[bits >> shift & 63U];
    digits += 4;
    if (wrap != 0 && digits % wrap == 0) out += '\n';
  }
  return out;
}

// A line or a few of what stands in repositories.
inline std::string passage(Random& random, unsigned kinds) {
  const std::string word = letters(random, 4 + below(random, 9));
  // Most texts hold few secrets, and some nothing but what looks a little like one.
  static constexpr std::array<std::size_t, 6> kHarmless = {2, 3, 12, 14, 15, 17};
  std::size_t kind = below(random, 24);
  if (kinds != 0 && (kinds == 2 || below(random, 100) >= 3)) {
    kind = below(random, 2) == 0 ? 23 : kHarmless.at(below(random, kHarmless.size()));
  }
  switch (kind) {
    case 0:
      return "db.password=" + letters(random, 12 + below(random, 8)) + "\n";
    case 1:
      return "password = \"" + word + "\"  # of " + word + "\n";
    case 2:
      return "  key: " + word + ", token: null, secret: ${" + word + "}\n";
    case 3:
      return "\tprintf(\"" + word + "\\n\\tkey %s\\\\ \\\"x\\\"\\n\", token);\n";
    case 4:
      return "AWS_ACCESS_KEY_ID=AKIA" + letters(random, 16) + "\n";
    case 5:
      return base64_of("user: svc\npassword: " + letters(random, 15) + "\n" + word, 0) + "\n";
    case 6:
      return base64_of("-- " + letters(random, 150) + " password=" + letters(random, 14), 64) +
             "\n";
    case 7:
      return "<a href='x?y=1&amp;password=" + word + "&#10;'>" + word + "&lt;</a>\n";
    case 8:
      return "https://svc:" + letters(random, 10) + "@" + word + ".example.org/%2Fpath%20x\n";
    case 9:
      return "| user | password |\n|---|---|\n| a | " + letters(random, 9) + " |\n";
    case 10:
      return "INSERT INTO users (login, password) VALUES ('" + word + "', '" + word + "');\n";
    case 11:
      return "-----BEGIN RSA PRIVATE KEY-----\n" + base64_of(letters(random, 240), 64) +
             "\n-----END RSA PRIVATE KEY-----\n";
    case 12:
      return "<![CDATA[ <p>" + word + "</p> ]]>\n";
    case 13:
      return "x = '" + word + "\\x70\\x61ssword=" + word + "' \\\n    + y\n";
    case 14:
      return std::string(40 + below(random, 200), 'a') + " " + word + "\n";
    case 15:
      return "if (api_key == NULL || auth(token, &secret)) { return key_of(" + word + "); }\n";
    case 16:
      return "login,password,role\nadmin," + letters(random, 8) + ",x\n";
    case 17:
      return to_hex(sha256(word)) + "  " + word + "\n";
    case 18:
      return below(random, 8) == 0 ? "pwd=" + word + " # gitleaks:allow\n" : "\n";
    case 19:
      return "{\\\"client_secret\\\": \\\"" + letters(random, 20) + "\\\"}\n";
    default:
      return "The " + word + " of the " + letters(random, 6) + ", and more of the same: " + word +
             "; so it goes on.\n";
  }
}

inline std::string text_of(Random& random, std::size_t size, unsigned kinds) {
  std::string text;
  while (text.size() < size) text += passage(random, kinds);
  return text;
}

// Deltas, as git writes them.

inline void put_size(std::string& delta, std::size_t size) {
  for (; size >= 0x80; size >>= 7U) delta += static_cast<char>(size | 0x80U);
  delta += static_cast<char>(size);
}

struct Edit {
  std::string text;  // made so far
  std::string ops;
  void copy(const std::string& old, std::size_t from, std::size_t size) {
    text += old.substr(from, size);
    for (; size > 0;) {
      const std::size_t part = std::min<std::size_t>(size, 0xFFFF);
      ops += '\xBF';  // four bytes of an offset, two of a size
      for (unsigned i = 0; i < 4; ++i) ops += static_cast<char>(from >> (8 * i) & 0xFFU);
      for (unsigned i = 0; i < 2; ++i) ops += static_cast<char>(part >> (8 * i) & 0xFFU);
      from += part;
      size -= part;
    }
  }
  void insert(const std::string& fresh) {
    text += fresh;
    for (std::size_t at = 0; at < fresh.size(); at += 127) {
      const std::string part = fresh.substr(at, 127);
      ops += static_cast<char>(part.size());
      ops += part;
    }
  }
  [[nodiscard]] std::string delta(const std::string& old) const {
    std::string out;
    put_size(out, old.size());
    put_size(out, text.size());
    return out + ops;
  }
};

// Cuts and insertions anywhere, in the middle of a secret too; now and then pieces change places or
// come twice.
inline Edit edited(Random& random, const std::string& old, unsigned kinds) {
  Edit edit;
  std::size_t at = 0;
  const std::size_t edits = 1 + below(random, 4);
  for (std::size_t i = 0; i < edits && at < old.size(); ++i) {
    const std::size_t next = at + below(random, old.size() - at + 1);
    edit.copy(old, at, next - at);
    at = next;
    switch (below(random, 7)) {
      case 0:
        at = std::min(old.size(), at + below(random, 30));
        break;
      case 1:
        at = std::min(old.size(), at + below(random, 1500));
        break;
      case 2:
        edit.insert(letters(random, 1 + below(random, 5)));
        break;
      case 3:
        edit.insert(std::string(1, "\"'\\&%=\n \t<|,"[below(random, 12)]));
        break;
      case 4:
        if (!old.empty()) {
          const std::size_t from = below(random, old.size());
          edit.copy(old, from, std::min<std::size_t>(old.size() - from, below(random, 900)));
        }
        break;
      default:
        edit.insert(passage(random, kinds));
        break;
    }
  }
  if (below(random, 10) != 0) edit.copy(old, at, old.size() - at);
  return edit;
}

}  // namespace nhi
