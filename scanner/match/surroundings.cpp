#include "scanner/match/surroundings.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"
#include "scanner/match/checks.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

bool is_key_char(char c) { return is_word(c) || c == '-' || c == '.' || c == '$'; }

bool names_secret(Bytes token) {
  static constexpr std::string_view kStems[] = {
      "pass", "pwd",  "psw",  "pword", "kennwort", "motdepasse", "pw",    "secret", "token",
      "key",  "cred", "auth", "login", "user",     "salt",       "nonce", "pin"};
  return std::any_of(std::begin(kStems), std::end(kStems),
                     [&](std::string_view stem) { return contains_folded(token, stem); });
}

// The last name between the start of the match and the value that speaks of a secret. A match may
// begin in the middle of a name, so the name is completed to the left.
Bytes find_key(Bytes view, std::size_t from, std::size_t to) {
  std::size_t end = to;
  while (end > from) {
    while (end > from && !is_key_char(view[end - 1])) --end;
    std::size_t start = end;
    while (start > from && is_key_char(view[start - 1])) --start;
    if (start == end) return {};
    if (start == from) {
      const std::size_t floor = from > 128 ? from - 128 : 0;
      while (start > floor && is_key_char(view[start - 1])) --start;
    }
    const Bytes token = view.substr(start, end - start);
    if (names_secret(token)) return token;
    end = start < from ? from : start;
  }
  return {};
}

// An odd number of quotes in front means inside a literal. A quote behind a backslash counts too:
// "{\"a\":1}" has pairs of them.
bool stands_in_string(Bytes before) {
  std::size_t doubles = 0;
  std::size_t singles = 0;
  std::size_t ticks = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool in_word =
        i > 0 && is_word(before[i - 1]) && i + 1 < before.size() && is_letter(before[i + 1]);
    if (before[i] == '"') ++doubles;
    if (before[i] == '\'' && !in_word) ++singles;  // not the one of `don't`
    if (before[i] == '`') ++ticks;
  }
  return doubles % 2 == 1 || singles % 2 == 1 || ticks % 2 == 1;
}

bool begins_comment(Bytes line) {
  const Bytes text = trim(line);
  // A star needs a space behind it: `*token = x` is a pointer.
  static constexpr std::string_view kMarks[] = {"//",   "#",    "* ",     "/*",  "--", ";",
                                                "<!--", "rem ", "\"\"\"", "'''", "%"};
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return starts_folded(text, mark); });
}

}  // namespace

Surroundings look_around(Bytes view, Span whole, Span secret, Bytes key) {
  Surroundings out;
  out.key = key;
  const auto start = static_cast<std::size_t>(secret.start);
  const auto end = static_cast<std::size_t>(secret.end);
  const std::size_t low = start > kLookAround ? start - kLookAround : 0;
  const Bytes left = view.substr(low, start - low);
  const std::size_t line = find_last(left, kLineEnds);
  out.before = line == kNone ? left : left.substr(line + 1);
  const Bytes right = view.substr(end, kLookAround);
  out.after = right.substr(0, find_first(right, kLineEnds));
  out.long_line = out.before.size() + out.after.size() >= kMinifiedLineBytes;
  if (!out.before.empty() && !out.after.empty()) {
    const char open = out.before.back();
    const bool escaped = out.after[0] == '\\' && out.after.size() > 1;
    const char close = escaped ? out.after[1] : out.after[0];
    if (is_quote(open) && close == open) {
      out.quote = open;
      out.escaped = escaped;
      out.before.remove_suffix(1);
      out.after.remove_prefix(escaped ? 2 : 1);
      if (escaped && out.before.ends_with('\\')) out.before.remove_suffix(1);
    }
    out.in_element = open == '>' && close == '<';
  }
  out.in_comment = begins_comment(out.before);
  out.in_string = out.quote == '\0' && stands_in_string(out.before);
  if (!key.empty()) return out;
  const auto from = std::max(static_cast<std::size_t>(whole.start), low);
  out.key = find_key(view, std::min(from, start), start);
  return out;
}

}  // namespace nhi
