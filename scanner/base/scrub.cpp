#include "scanner/base/scrub.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/secret_forms.hpp"

namespace nhi {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kMask = "***";
constexpr std::size_t kMaskedBytesMin = 4;

using namespace chars;

// Finds the first byte of a set at or after an ascending position. The answer is remembered, so
// that any number of look-ups over one text costs one pass: scrubbing stays linear.
class NextOf {
 public:
  NextOf(std::string_view text, std::string_view set) : text_(text), set_(set) {}
  std::size_t from(std::size_t at) {
    if (at < asked_ || at > found_) found_ = std::min(text_.find_first_of(set_, at), text_.size());
    asked_ = at;
    return found_;
  }

 private:
  std::string_view text_;
  std::string_view set_;
  std::size_t asked_ = kNone;
  std::size_t found_ = 0;
};

// True if `authority` may end before a `?`, `#`, `/` or `;` that follows it: what stands behind its
// last colon is a port. "u:p" is not, so its password goes on.
bool ends_as_host(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == kNone || authority.find(']', colon) != kNone) return true;
  const std::string_view port = authority.substr(colon + 1);
  return std::all_of(port.begin(), port.end(), is_digit);
}

// Copies `text` without the user-info of every authority behind "://" (or a leading "//").
class UserInfoScrubber {
 public:
  explicit UserInfoScrubber(std::string_view text)
      : text_(text),
        token_end_(text, " \t\r\n\"'<>\\"),
        part_end_(text, " \t\r\n\"'<>\\/;?#"),
        at_(text, "@") {}

  std::string run() {
    std::string out;
    std::size_t copied = 0;
    std::size_t from = 0;
    while (true) {
      const std::size_t slashes = text_.find("//", from);
      if (slashes == kNone) break;
      from = slashes + 2;
      if (slashes != 0 && text_[slashes - 1] != ':') continue;
      const std::size_t host = host_start(from);
      out.append(text_, copied, from - copied);
      copied = from = host;
    }
    return out.append(text_, copied);
  }

 private:
  // Where the host begins. Each turn moves on behind an `@` and reads the bytes up to it once, so
  // that a second scrub of the result finds nothing more to take away.
  std::size_t host_start(std::size_t start) {
    while (true) {
      const std::size_t token_end = token_end_.from(start);
      const std::size_t end = part_end_.from(start);
      const std::string_view authority = text_.substr(start, end - start);
      const std::size_t last = authority.rfind('@');
      if (last != kNone) {
        start += last + 1;
        continue;
      }
      // `u:p/q@host`, `u:p#q@host`: a password with a raw delimiter, or no user-info at all.
      const std::size_t at = at_.from(start);
      if (end == token_end || ends_as_host(authority) || at >= token_end) return start;
      start = at + 1;
    }
  }

  std::string_view text_;
  NextOf token_end_;
  NextOf part_end_;
  NextOf at_;
};

// jdbc:oracle:thin:user/password@host keeps its password in front of the first `@`.
std::string scrub_oracle(std::string text) {
  for (const std::string_view driver :
       {"jdbc:oracle:thin:", "jdbc:oracle:oci:", "jdbc:oracle:oci8:"}) {
    std::string out;
    std::size_t copied = 0;
    NextOf token_end(text, " \t\r\n\"'<>");
    NextOf next_at(text, "@");
    for (std::size_t hit = text.find(driver); hit != std::string::npos;
         hit = text.find(driver, hit + driver.size())) {
      const std::size_t start = hit + driver.size();
      const std::size_t at = next_at.from(start);
      if (start < copied || at >= token_end.from(start)) continue;
      out.append(text, copied, start - copied);
      copied = at;
    }
    if (copied != 0) text = out.append(text, copied);
  }
  return text;
}

// Names whose value is never shown, compared without case, `-`, `_`, `.` and blanks.
constexpr std::string_view kSecretParts[] = {
    "password",   "passwd",        "passphrase", "passcode",   "pwd",           "secret",
    "token",      "apikey",        "accesskey",  "accountkey", "privatekey",    "sharedkey",
    "signingkey", "encryptionkey", "signature",  "credential", "authorization",
};
constexpr std::string_view kSecretNames[] = {"pass", "pw", "key", "sig", "auth", "sas", "jwt"};

bool is_secret_name(std::string_view name) {
  std::string plain;
  std::string last_word;
  for (const char c : name) {
    if (is_letter(c) || is_digit(c)) {
      plain += lower(c);
      last_word += lower(c);
    } else {
      last_word.clear();
    }
  }
  for (const std::string_view part : kSecretParts) {
    if (plain.find(part) != std::string::npos) return true;
  }
  const auto is_one = [](std::string_view word) {
    return std::find(std::begin(kSecretNames), std::end(kSecretNames), word) !=
           std::end(kSecretNames);
  };
  return is_one(plain) || is_one(last_word);
}

// Replaces the values of password-like parameters.
class ParameterScrubber {
 public:
  explicit ParameterScrubber(std::string_view text)
      : text_(text),
        semicolon_(text, ";\r\n"),
        blank_(text, " \t\r\n\"'<>"),
        query_end_(text, "& \t\r\n\"'<>"),
        line_end_(text, "\r\n"),
        field_end_(text, ";\r\n\"'<>") {}

  std::string run() {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t sign = text_.find('='); sign != kNone; sign = text_.find('=', sign + 1)) {
      if (sign < copied) continue;
      const std::string_view name = name_before(sign, copied);
      if (name.empty() || !is_secret_name(name)) continue;
      const auto before = static_cast<std::size_t>(name.data() - text_.data());
      std::size_t start = sign + 1;
      while (start < text_.size() && (text_[start] == ' ' || text_[start] == '\t')) ++start;
      std::size_t end = value_end(start, before);
      // Quotes stay: without them a second scrub would read on behind the mask.
      if (start < end && closing_mark(text_[start]) != '\0') {
        if (text_[end - 1] == closing_mark(text_[start]) && end - start > 1) --end;
        ++start;
      }
      if (end <= start) continue;
      out.append(text_, copied, start - copied).append(kMask);
      copied = end;
    }
    return out.append(text_, copied);
  }

 private:
  static constexpr std::size_t kNameBytesMax = 64;

  static char closing_mark(char open) {
    if (open == '{') return '}';
    return open == '"' || open == '\'' ? open : '\0';
  }

  // "Shared Access Key", "api_key", "X-Amz-Signature": the words right before the sign.
  [[nodiscard]] std::string_view name_before(std::size_t sign, std::size_t floor) const {
    std::size_t end = sign;
    while (end > floor && text_[end - 1] == ' ') --end;
    std::size_t start = end;
    const auto belongs = [](char c) {
      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ' ' ||
             c == '%';
    };
    while (start > floor && end - start < kNameBytesMax && belongs(text_[start - 1])) --start;
    while (start < end && text_[start] == ' ') ++start;
    return text_.substr(start, end - start);
  }

  std::size_t value_end(std::size_t start, std::size_t name_start) {
    if (start >= text_.size()) return start;
    if (const char close = closing_mark(text_[start]); close != '\0') {
      return quoted_end(start, close);
    }
    std::size_t back = name_start;
    while (back > 0 && text_[back - 1] == ' ') --back;
    const char before = back == 0 ? '\0' : text_[back - 1];
    const bool entity = back >= 5 && text_.substr(back - 5, 5) == "&amp;";
    if (before == '?' || before == '&' || entity) return query_end_.from(start);
    // Connection strings: the value runs to the next `;`, blanks and `&` included.
    if (before == ';') return semicolon_.from(start);
    const std::size_t field = next_field(start);
    return field < text_.size() && text_[field] == ';' ? field : blank_.from(start);
  }

  // The next `;` that a field follows, or the quote or line end that comes first. Remembered for
  // the same reason as in NextOf.
  std::size_t next_field(std::size_t from) {
    if (from >= field_asked_ && from <= field_found_) return field_found_;
    field_asked_ = from;
    for (std::size_t at = from;; ++at) {
      at = field_end_.from(at);
      if (at >= text_.size() || text_[at] != ';' || names_a_field(at + 1)) {
        return field_found_ = at;
      }
    }
  }

  // A doubled closing mark stands for itself; without a closing one the line is the value.
  std::size_t quoted_end(std::size_t start, char close) {
    const std::size_t line_end = line_end_.from(start);
    for (std::size_t i = start + 1; i < line_end; ++i) {
      if (text_[i] != close) continue;
      if (i + 1 < line_end && text_[i + 1] == close) {
        ++i;
        continue;
      }
      return i + 1;
    }
    return line_end;
  }

  // True if "name=" or the end of the line stands at `at`.
  [[nodiscard]] bool names_a_field(std::size_t at) const {
    const std::size_t limit = std::min(text_.size(), at + kNameBytesMax);
    for (; at < limit; ++at) {
      const char c = text_[at];
      if (c == '=') return true;
      if (!is_letter(c) && !is_digit(c) && c != ' ' && c != '_' && c != '-') break;
    }
    return at == text_.size() || text_[at] == '\n' || text_[at] == '\r' || text_[at] == '"';
  }

  std::string_view text_;
  NextOf semicolon_;
  NextOf blank_;
  NextOf query_end_;
  NextOf line_end_;
  NextOf field_end_;
  std::size_t field_asked_ = kNone;
  std::size_t field_found_ = 0;
};

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

// Characters that change what a terminal or a reader sees: C0, DEL, C1 and text direction.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  const auto second = static_cast<unsigned char>(sequence[1]);
  if (sequence.size() == 2) return first == 0xC2 && second < 0xA0;
  if (sequence.size() != 3 || first != 0xE2) return false;
  const auto third = static_cast<unsigned char>(sequence[2]);
  return (second == 0x80 && third >= 0xA8 && third <= 0xAE) ||
         (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

constexpr char kHexLower[] = "0123456789abcdef";

}  // namespace

std::string scrub_url(std::string_view text) {
  // A mask may take away the quote that ended the text of an earlier step, so the steps are run
  // again until nothing changes. One turn is the rule; the bound keeps hostile text linear.
  constexpr int kTurnsMax = 8;
  std::string out(text);
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    std::string oracle = scrub_oracle(out);
    std::string plain = UserInfoScrubber(oracle).run();
    std::string next = ParameterScrubber(plain).run();
    const bool same = next == out;
    wipe(oracle);
    wipe(plain);
    wipe(out);
    out = std::move(next);
    if (same) break;
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    const std::string_view sequence = text.substr(0, length);
    if (is_control(sequence)) {
      for (const char c : sequence) {
        const auto byte = static_cast<unsigned char>(c);
        (out += "\\x") += kHexLower[byte >> 4];
        out += kHexLower[byte & 15];
      }
    } else {
      out += sequence;
    }
    text.remove_prefix(length);
  }
  return out;
}

void Masker::add(const SecretText& secret) {
  if (secret.size() < kMaskedBytesMin) return;
  each_written_form(secret.reveal(), [&](std::string form, const char*) {
    const bool known = std::any_of(secrets_.begin(), secrets_.end(),
                                   [&](const SecretText& one) { return one.reveal() == form; });
    if (!known) secrets_.emplace_back(form);
    wipe(form);
  });
}

std::string Masker::mask(std::string_view text) const {
  // All hits are found in the text as it came and then merged: masking one secret after another
  // would leave the tail of a secret that overlaps the one before.
  std::vector<std::pair<std::size_t, std::size_t>> hits;
  for (const SecretText& secret : secrets_) {
    const std::string_view value = secret.reveal();
    for (std::size_t at = text.find(value); at != kNone; at = text.find(value, at + 1)) {
      hits.emplace_back(at, at + value.size());
    }
  }
  std::sort(hits.begin(), hits.end());
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < hits.size();) {
    const std::size_t start = hits[i].first;
    std::size_t end = hits[i].second;
    for (++i; i < hits.size() && hits[i].first <= end; ++i) end = std::max(end, hits[i].second);
    out.append(text, copied, start - copied).append(kMask);
    copied = end;
  }
  return out.append(text, copied);
}

}  // namespace nhi
