#include "scanner/decode/based.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "scanner/decode/based_rows.hpp"
#include "scanner/decode/byte_rows.hpp"
#include "scanner/decode/hex.hpp"
#include "scanner/decode/plausible.hpp"
#include "scanner/decode/telling_rows.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi {
namespace {

// A longer row that decodes to nothing is no path with an encoded part, just other people's bytes.
constexpr std::size_t kPathBytesMax = 1024;

// Six bits, or 64 for bytes outside both alphabets.
constexpr std::array<std::uint8_t, 256> kSextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(64);
  for (std::uint8_t i = 0; i < 26; ++i) {
    table[static_cast<std::size_t>('A') + i] = i;
    table[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(26 + i);
  }
  for (std::uint8_t i = 0; i < 10; ++i) {
    table[static_cast<std::size_t>('0') + i] = static_cast<std::uint8_t>(52 + i);
  }
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  return table;
}();

// The two digits in which the alphabets differ.
constexpr std::uint8_t kStandardMark = 1;
constexpr std::uint8_t kUrlMark = 2;
constexpr std::array<std::uint8_t, 256> kMarks = [] {
  std::array<std::uint8_t, 256> table{};
  table['+'] = table['/'] = kStandardMark;
  table['-'] = table['_'] = kUrlMark;
  return table;
}();

// Turns lines of digits into bytes, appended to `out`.
class Base64Decoder {
 public:
  void feed(Bytes digits, std::string& out) {
    std::size_t i = 0;
    while (held_ != 0 && i < digits.size()) take(digits[i++], out);
    const std::size_t groups = (digits.size() - i) / 4;
    std::size_t at = out.size();
    out.resize(at + groups * 3);
    for (const std::size_t end = i + groups * 4; i < end; i += 4, at += 3) {
      const std::uint32_t bits = (sextet(digits[i]) << 18) | (sextet(digits[i + 1]) << 12) |
                                 (sextet(digits[i + 2]) << 6) | sextet(digits[i + 3]);
      out[at] = octet(bits >> 16);
      out[at + 1] = octet(bits >> 8);
      out[at + 2] = octet(bits);
    }
    while (i < digits.size()) take(digits[i++], out);
  }
  void finish(std::string& out) {
    if (held_ >= 2) out.push_back(octet(bits_ >> (held_ == 3 ? 10 : 4)));
    if (held_ == 3) out.push_back(octet(bits_ >> 2));
    held_ = 0;
  }

 private:
  static std::uint32_t sextet(char digit) { return kSextets[static_cast<unsigned char>(digit)]; }
  static char octet(std::uint32_t bits) {
    return static_cast<char>(static_cast<unsigned char>(bits));
  }
  void take(char digit, std::string& out) {
    bits_ = (bits_ << 6) | sextet(digit);
    if (++held_ < 4) return;
    out.push_back(octet(bits_ >> 16));
    out.push_back(octet(bits_ >> 8));
    out.push_back(octet(bits_));
    held_ = 0;
  }
  std::uint32_t bits_ = 0;
  unsigned held_ = 0;
};

std::size_t digits_of(std::span<const Span> lines) {
  std::size_t digits = 0;
  for (const Span& line : lines) digits += static_cast<std::size_t>(line.size());
  return digits;
}

// `block` is room to decode in.
bool plausible_base64(Bytes bytes, std::span<const Span> lines, std::string& block) {
  TextGauge gauge;
  Base64Decoder decoder;
  if (lines.size() == 1 && lines.front().size() <= kGaugeBlockBytes) {
    block.clear();
    decoder.feed(slice(bytes, lines.front()), block);
    decoder.finish(block);
    return is_plausible(block);
  }
  for (const Span& line : lines) {
    Bytes rest = slice(bytes, line);
    while (!rest.empty()) {
      const Bytes part = rest.substr(0, kGaugeBlockBytes);
      rest.remove_prefix(part.size());
      block.clear();
      decoder.feed(part, block);
      gauge.feed(block);
    }
    // One look is enough once text was seen.
    if (gauge.plausible() && lines.size() > 1) return true;
  }
  block.clear();
  decoder.finish(block);
  gauge.feed(block);
  return gauge.plausible();
}

// A row with what it needs to know about its place.
struct Row {
  Span span;
  std::size_t padding = 0;  // '=' after it
  bool standard = false;    // holds + or /
  bool url = false;         // holds - or _
  [[nodiscard]] std::size_t past() const { return static_cast<std::size_t>(span.end) + padding; }
};

Row make_row(Bytes bytes, Span span) {
  Row row;
  row.span = span;
  unsigned kinds = 0;
  for (const char byte : slice(bytes, span)) kinds |= kMarks[static_cast<unsigned char>(byte)];
  row.standard = (kinds & kStandardMark) != 0;
  row.url = (kinds & kUrlMark) != 0;
  const auto end = static_cast<std::size_t>(span.end);
  while (row.padding < 2 && end + row.padding < bytes.size() && bytes[end + row.padding] == '=') {
    ++row.padding;
  }
  return row;
}

// The same of a short row, with the longest part between two marks but '+', which parts nothing.
struct RowMarks {
  bool standard = false;
  bool url = false;
  std::size_t longest_part = 0;
};

RowMarks row_marks(Bytes digits) {
  RowMarks marks;
  unsigned kinds = 0;
  std::size_t part = 0;
  for (const char byte : digits) {
    const unsigned kind = kMarks[static_cast<unsigned char>(byte)];
    kinds |= kind;
    part = kind != 0 && byte != '+' ? 0 : part + 1;
    marks.longest_part = std::max(marks.longest_part, part);
  }
  marks.standard = (kinds & kStandardMark) != 0;
  marks.url = (kinds & kUrlMark) != 0;
  return marks;
}

// What may follow the last line of a wrapped text; prose goes on with other things.
bool ends_text(Bytes bytes, std::size_t at) {
  if (at >= bytes.size()) return true;
  switch (bytes[at]) {
    case '\r':
    case '\n':
    case '"':
    case '\'':
    case '<':
    case '`':
    case ')':
    case ']':
    case '}':
    case ',':
    case ';':
    case '&':
    case '\\':
      return true;
    default:
      return false;
  }
}

bool starts_line(Bytes bytes, std::size_t at) {
  while (at > 0 && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t')) --at;
  return at == 0 || bytes[at - 1] == '\n' || bytes[at - 1] == '\r';
}

class Base64Finder {
 public:
  Base64Finder(Bytes bytes, std::size_t decoded_min,
               const std::function<void(const EncodedText&)>& visit, HexFinder* hex = nullptr,
               Instructions most = Instructions::kPlain)
      : bytes_(bytes),
        visit_(visit),
        digits_min_((decoded_min * 4 + 2) / 3),
        hex_(hex),
        most_(most) {}

  void run() {
    std::size_t at = 0;
    for (;;) {
      const std::size_t least = std::min(digits_min_, kRowLookMax);
      const Span span = hex_ == nullptr ? next_row(bytes_, at, least, DigitKind::kBase64)
                                        : next_telling_row(bytes_, at, least, most_);
      if (span.empty()) return;
      const bool long_enough = span.size() >= digits_min_;
      // Digits of hexadecimal numbers are digits of base64 too: no row of them is elsewhere.
      if (hex_ != nullptr) hex_->look_in(span);
      at = static_cast<std::size_t>(long_enough ? take(span) : span.end);
    }
  }

 private:
  // Handles the text that begins with this row; returns where to go on.
  std::uint64_t take(Span span) {
    span.start = after_escape(bytes_, static_cast<std::size_t>(span.start));
    if (span.size() < kWrappedLineMin && is_of_words(span)) return span.end;
    const Row first = make_row(bytes_, span);
    if (first.standard && first.url) {
      split(span, '-', '_');
      split(span, '+', '/');
      return first.span.end;
    }
    std::vector<Span>& lines = lines_;
    lines.clear();
    const Row last = gather(first, lines);
    for (std::size_t i = 1; hex_ != nullptr && i < lines.size(); ++i) hex_->look_in(lines[i]);
    const bool whole = lines.size() > 1 ? offer(lines) : offer_row(span);
    const bool in_doubt =
        lines.size() > 1 && std::any_of(lines.begin(), lines.end() - 1,
                                        [](const Span& line) { return line.size() % 4 != 0; });
    if (in_doubt) {
      for (const Span& line : lines) offer_row(line);
    }
    if (!whole && lines.size() <= 1 && span.size() <= kPathBytesMax) {
      if (first.standard) split(span, '/', '/');
      if (first.url) split(span, '-', '_');
    }
    return last.past();
  }

  // Gathers `first` and the lines that continue it; returns the last row. Leaves `lines` empty for
  // a row too short to be continued.
  Row gather(const Row& first, std::vector<Span>& lines) const {
    Row last = first;
    bool standard = first.standard;
    bool url = first.url;
    if (last.padding == 0 && last.span.size() >= kWrappedLineMin) lines.push_back(first.span);
    while (last.padding == 0 && last.span.size() >= kWrappedLineMin) {
      const Span span = row_on_next_line(bytes_, last.past());
      if (span.empty()) break;
      const Row next = make_row(bytes_, span);
      if (!ends_text(bytes_, next.past())) break;
      standard = standard || next.standard;
      url = url || next.url;
      if ((standard && url) || !wraps(lines, next)) break;
      lines.push_back(span);
      last = next;
    }
    return last;
  }

  // Lines of a wrapped text are equally long, but for the last, and for a first one that has a key
  // before it.
  [[nodiscard]] bool wraps(const std::vector<Span>& lines, const Row& next) const {
    const std::uint64_t before = lines.back().size();
    if (next.span.size() <= before && lines.size() > 1) return before == lines[1].size();
    if (lines.size() > 1) return false;
    return next.span.size() <= before || before % 4 == 0 ||
           !starts_line(bytes_, static_cast<std::size_t>(lines.front().start));
  }

  // The parts of a row between two separators, each on its own.
  void split(Span row, char one, char other) {
    std::uint64_t start = row.start;
    for (std::uint64_t at = row.start; at <= row.end; ++at) {
      const char byte = at < row.end ? bytes_[static_cast<std::size_t>(at)] : one;
      if (byte != one && byte != other) continue;
      if (at - start < row.size()) offer_row({start, at});
      start = at + 1;
    }
  }

  // Most rows are words of a program; they end here, before anything is allocated.
  bool offer_row(Span row) {
    if (row.size() < digits_min_ || is_word(slice(bytes_, row))) return false;
    return offer({&row, 1});
  }

  // A row too short to be continued, whose whole is a word and whose parts are too short as well:
  // most names and paths of a program.
  [[nodiscard]] bool is_of_words(Span row) const {
    const Bytes digits = slice(bytes_, row);
    if (digits.size() < digits_min_ || !is_word(digits)) return false;
    const RowMarks marks = row_marks(digits);
    const bool parts = marks.longest_part >= digits_min_ && marks.longest_part < digits.size();
    return !parts && !(marks.standard && marks.url);
  }

  // What decodes to less than kPlausibleTextMin bytes must be text throughout; three bytes tell
  // most words from text.
  static bool is_word(Bytes digits) {
    if (base64_size(digits.size()) >= kPlausibleTextMin) return false;
    const auto sextet = [&](std::size_t i) -> unsigned {
      return kSextets[static_cast<unsigned char>(digits[i])];
    };
    const unsigned bits = (sextet(0) << 18) | (sextet(1) << 12) | (sextet(2) << 6) | sextet(3);
    for (const unsigned shift : {16U, 8U, 0U}) {
      const auto byte = static_cast<unsigned char>(bits >> shift);
      if (byte != 0 && !is_ascii_text(byte)) return true;
    }
    return false;
  }

  bool offer(std::span<const Span> lines) {
    const std::size_t digits = digits_of(lines);
    if (digits < digits_min_ || !plausible_base64(bytes_, lines, block_)) return false;
    std::size_t padding = 0;
    if (digits % 4 >= 2) {
      const Bytes after = bytes_.substr(static_cast<std::size_t>(lines.back().end), 4 - digits % 4);
      while (padding < after.size() && after[padding] == '=') ++padding;
    }
    visit_({Encoding::kBase64, {lines.begin(), lines.end()}, base64_size(digits), padding});
    return true;
  }

  Bytes bytes_;
  const std::function<void(const EncodedText&)>& visit_;
  std::size_t digits_min_;
  std::string block_;        // room to decode in
  std::vector<Span> lines_;  // of the text at hand
  HexFinder* hex_;           // looks at the same rows; null: nobody does
  Instructions most_;
};

Decoded decode_base64(Bytes bytes, const EncodedText& text) {
  const std::vector<Span>& lines = text.lines;
  Decoded out;
  out.bytes.reserve(base64_size(digits_of(lines)));
  Base64Decoder decoder;
  // A quantum that crosses a line end is one indivisible unit of the map.
  std::size_t held = 0;
  std::uint64_t held_start = 0;
  for (const Span& line : lines) {
    decoder.feed(slice(bytes, line), out.bytes);
    std::uint64_t at = line.start;
    if (held > 0) {
      const std::uint64_t more = std::min<std::uint64_t>(4 - held, line.size());
      held += static_cast<std::size_t>(more);
      at += more;
      if (held == 4) {
        out.map.replace({held_start, at}, 3);
        held = 0;
      }
    }
    if (held > 0) continue;
    const std::uint64_t quanta = (line.end - at) / 4;
    out.map.repeat(at, 4, 3, quanta);
    at += quanta * 4;
    held = static_cast<std::size_t>(line.end - at);
    held_start = at;
  }
  decoder.finish(out.bytes);
  if (held >= 2) out.map.replace({held_start, text.hull().end}, held - 1);
  return out;
}

}  // namespace

void find_base64(Bytes bytes, std::size_t decoded_min,
                 const std::function<void(const EncodedText&)>& visit) {
  Base64Finder(bytes, std::max<std::size_t>(decoded_min, 4), visit).run();
}

void find_hex(Bytes bytes, std::size_t decoded_min,
              const std::function<void(const EncodedText&)>& visit) {
  HexFinder(bytes, decoded_min, visit).look_in({0, bytes.size()});
}

void find_based(Bytes bytes, std::size_t decoded_min,
                const std::function<void(const EncodedText&)>& visit, Instructions most) {
  HexFinder hex(bytes, decoded_min, visit);
  Base64Finder(bytes, std::max<std::size_t>(decoded_min, 4), visit, &hex, most).run();
}

Decoded decode_based(Bytes bytes, const EncodedText& text) {
  return text.encoding == Encoding::kHex ? decode_hex(bytes, text.lines.front())
                                         : decode_base64(bytes, text);
}

}  // namespace nhi
