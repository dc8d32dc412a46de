#include "scanner/decode/sequences.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "scanner/decode/entities.hpp"

namespace nhi {
namespace {

// Digits of one number; leading zeros are allowed, but not without end.
constexpr std::size_t kDigitsMax = 16;
// Indentation that goes with an escaped line end.
constexpr std::size_t kIndentMax = 256;

constexpr bool all_names_fit() {
  for (std::size_t i = 0; i < kNamedEntities.size(); ++i) {
    if (kNamedEntities[i].name.size() > kEntityNameMax) return false;
    if (i > 0 && kNamedEntities[i - 1].name >= kNamedEntities[i].name) return false;
  }
  return true;
}
static_assert(all_names_fit(), "the table is sorted and kEntityNameMax holds");

bool is_character(std::uint32_t code) {
  return code != 0 && code <= 0x10FFFF && !is_surrogate(code);
}

// A sequence that starts at some place: its length and its meaning. Length 0: there is none.
struct Sequence {
  std::size_t length = 0;
  ShortText text;
  bool opens = true;
};

Sequence none() { return {}; }
Sequence character(std::size_t length, std::uint32_t code) { return {length, to_utf8(code), true}; }
Sequence raw_byte(std::size_t length, std::uint32_t value) {
  Sequence sequence{length, {}, true};
  sequence.text.bytes[0] = static_cast<char>(static_cast<unsigned char>(value));
  sequence.text.length = 1;
  return sequence;
}

// Number of exactly `count` hexadecimal digits at `at`.
std::optional<std::uint32_t> fixed_hex(Bytes bytes, std::size_t at, std::size_t count) {
  if (at + count > bytes.size()) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = hex_value(bytes[at + i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

// Digits from `at` up to `end_mark`; saturates far above every code point.
Sequence numbered(Bytes bytes, std::size_t start, std::size_t at, std::uint32_t base,
                  char end_mark) {
  std::uint32_t value = 0;
  const std::size_t first = at;
  for (; at < bytes.size() && at - first < kDigitsMax; ++at) {
    const int digit = hex_value(bytes[at]);
    if (digit < 0 || static_cast<std::uint32_t>(digit) >= base) break;
    value = std::min<std::uint32_t>(value * base + static_cast<std::uint32_t>(digit), 0x1000000);
  }
  if (at == first || at >= bytes.size() || bytes[at] != end_mark) return none();
  return is_character(value) ? character(at + 1 - start, value) : none();
}

Sequence entity_at(Bytes bytes, std::size_t at) {
  if (at + 3 > bytes.size()) return none();
  if (bytes[at + 1] == '#') {
    const bool hex = bytes[at + 2] == 'x' || bytes[at + 2] == 'X';
    return numbered(bytes, at, at + (hex ? 3 : 2), hex ? 16 : 10, ';');
  }
  const Bytes rest = bytes.substr(at + 1, kEntityNameMax + 1);
  const std::size_t end = rest.find(';');
  if (end == Bytes::npos) return none();
  const std::string_view name = rest.substr(0, end);
  const auto* found = std::lower_bound(
      kNamedEntities.begin(), kNamedEntities.end(), name,
      [](const NamedEntity& entity, std::string_view wanted) { return entity.name < wanted; });
  if (found == kNamedEntities.end() || found->name != name) return none();
  return character(end + 2, found->code);
}

// `%CARDIOLOGY_PASSWORD%` begins with two hexadecimal digits and is a variable of Windows.
bool is_variable_at(Bytes bytes, std::size_t at) {
  constexpr std::size_t kNameMax = 64;
  std::size_t end = at + 1;
  while (end < bytes.size() && end - at <= kNameMax &&
         ((bytes[end] >= 'A' && bytes[end] <= 'Z') || (bytes[end] >= '0' && bytes[end] <= '9') ||
          bytes[end] == '_')) {
    ++end;
  }
  const bool named = end - at > 3 && bytes[at + 1] >= 'A' && end < bytes.size();
  return named && bytes[end] == '%' && !fixed_hex(bytes, end + 1, 2);
}

Sequence percent_at(Bytes bytes, std::size_t at) {
  if (is_variable_at(bytes, at)) return none();
  if (const auto value = fixed_hex(bytes, at + 1, 2)) return raw_byte(3, *value);
  if (at + 1 < bytes.size() && (bytes[at + 1] == 'u' || bytes[at + 1] == 'U')) {
    const auto code = fixed_hex(bytes, at + 2, 4);
    if (code && !is_surrogate(*code)) return character(6, *code);
  }
  return none();
}

Sequence unicode_escape_at(Bytes bytes, std::size_t at) {
  if (at + 2 < bytes.size() && bytes[at + 2] == '{') return numbered(bytes, at, at + 3, 16, '}');
  const auto code = fixed_hex(bytes, at + 2, 4);
  if (!code) return none();
  if (!is_surrogate(*code)) return character(6, *code);
  if (!is_high_surrogate(*code) || bytes.substr(at + 6, 2) != "\\u") return none();
  const auto low = fixed_hex(bytes, at + 8, 4);
  if (!low || !is_low_surrogate(*low)) return none();
  return character(12, join_surrogates(*code, *low));
}

Sequence line_join_at(Bytes bytes, std::size_t at) {
  std::size_t end = at + 1;
  if (bytes[end] == '\r') ++end;
  if (end >= bytes.size() || bytes[end] != '\n') return none();
  ++end;
  const std::size_t last = std::min(bytes.size(), end + kIndentMax);
  while (end < last && (bytes[end] == ' ' || bytes[end] == '\t')) ++end;
  return {end - at, {}, true};
}

// `\n`, `\t` and the like: a letter that stands for a control character, or 0.
char control_of(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    default:
      return 0;
  }
}

Sequence escape_at(Bytes bytes, std::size_t at) {
  if (at + 1 >= bytes.size()) return none();
  const char letter = bytes[at + 1];
  if (letter == 'u') return unicode_escape_at(bytes, at);
  if (letter == 'U') {
    const auto code = fixed_hex(bytes, at + 2, 8);
    return code && is_character(*code) ? character(10, *code) : none();
  }
  if (letter == 'x') {
    const auto value = fixed_hex(bytes, at + 2, 2);
    return value ? raw_byte(4, *value) : none();
  }
  if (letter == '\n' || letter == '\r') return line_join_at(bytes, at);
  if (const char control = control_of(letter); control != 0) {
    Sequence sequence = raw_byte(2, static_cast<unsigned char>(control));
    // The `\n"` that ends every other message of a program is no reason to look again.
    const char next = at + 2 < bytes.size() ? bytes[at + 2] : '\0';
    sequence.opens = next != '"' && next != '\'';
    return sequence;
  }
  const auto byte = static_cast<unsigned char>(letter);
  const bool punctuation = byte > 0x20 && byte < 0x7F && !(byte >= '0' && byte <= '9') &&
                           !(byte >= 'A' && byte <= 'Z') && !(byte >= 'a' && byte <= 'z');
  return punctuation ? raw_byte(2, byte) : none();
}

template <class SequenceAt>
std::optional<Hit> next_of(Bytes bytes, char mark, SequenceAt sequence_at, std::size_t from,
                           std::size_t limit) {
  while (from < limit) {
    const void* found = std::memchr(bytes.data() + from, mark, limit - from);
    if (found == nullptr) return std::nullopt;
    from = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    const Sequence sequence = sequence_at(bytes, from);
    if (sequence.length != 0) {
      return Hit{{from, from + sequence.length}, sequence.text, sequence.opens};
    }
    ++from;
  }
  return std::nullopt;
}

template <class SequenceAt>
void find_all(Bytes bytes, char mark, SequenceAt sequence_at, const HitVisitor& visit) {
  std::size_t at = 0;
  while (const auto hit = next_of(bytes, mark, sequence_at, at, bytes.size())) {
    visit(*hit);
    at = static_cast<std::size_t>(hit->span.end);
  }
}

}  // namespace

void find_entities(Bytes bytes, const HitVisitor& visit) { find_all(bytes, '&', entity_at, visit); }

void find_percent(Bytes bytes, const HitVisitor& visit) { find_all(bytes, '%', percent_at, visit); }

void find_escapes(Bytes bytes, const HitVisitor& visit) { find_all(bytes, '\\', escape_at, visit); }

std::optional<Hit> next_sequence(Bytes bytes, SequenceKind kind, std::size_t from,
                                 std::size_t limit) {
  limit = std::min(limit, bytes.size());
  switch (kind) {
    case SequenceKind::kEntity:
      return next_of(bytes, '&', entity_at, from, limit);
    case SequenceKind::kPercent:
      return next_of(bytes, '%', percent_at, from, limit);
    case SequenceKind::kEscape:
      break;
  }
  return next_of(bytes, '\\', escape_at, from, limit);
}

void find_cdata_frames(Bytes bytes, const HitVisitor& visit) {
  constexpr Bytes kClose = "]]>";
  std::size_t at = 0;
  for (;;) {
    const std::size_t open = bytes.find(kCdataOpen, at);
    if (open == Bytes::npos) return;
    visit({{open, open + kCdataOpen.size()}, {}, true});
    at = open + kCdataOpen.size();
    const std::size_t close = bytes.find(kClose, at);
    if (close == Bytes::npos) return;
    visit({{close, close + kClose.size()}, {}, true});
    at = close + kClose.size();
  }
}

}  // namespace nhi
