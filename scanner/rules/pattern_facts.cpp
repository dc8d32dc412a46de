#include "scanner/rules/pattern_facts.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "scanner/base/commonness.hpp"

namespace nhi {
namespace {

using Texts = std::vector<std::string>;  // sorted, unique, ASCII letters in lower case

constexpr std::size_t kTextsMax = 64;       // texts followed side by side
constexpr std::size_t kTextBytesMax = 64;   // length to which one is followed
constexpr std::size_t kRequiredMax = 1024;  // alternatives kept; more count as not known
constexpr std::size_t kOffersMax = 32;      // lists of required texts remembered
constexpr std::size_t kClassCharsMax = 8;   // a class of more characters says too little
constexpr std::size_t kDepthMax = 1000;     // RE2's own
constexpr std::size_t kRepeatMax = 1000;    // RE2's own
constexpr std::size_t kBytesMax = std::size_t{1} << 40;  // stands for "more than anybody reads"

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_ascii(unsigned value) { return value < 0x80; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char folded = lower(c);
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

// What a part of a pattern can match. Either all texts are known, or some are required.
struct Piece {
  bool exact = true;
  Texts texts;     // exact: every match, folded, is one of these
  Texts required;  // not exact: every match, folded, holds one of these; empty = not known
  std::optional<std::size_t> before = 0;  // not exact: most bytes in front of such a text
  ByteSet next = ByteSet().set();         // not exact: bytes of which one is right behind it
  std::vector<RequiredTexts> lists;       // not exact: every list known, `required` among them
  std::optional<std::size_t> max_bytes = 0;
  MatchShape shape;
};

// One byte of `bytes`.
Piece byte_piece(const ByteSet& bytes) {
  Piece piece;
  piece.exact = false;
  piece.max_bytes = 1;
  piece.shape = shape_of_byte(bytes);
  return piece;
}

Piece literal_piece(unsigned value) {
  // A character beyond a byte stands for nothing that a byte can match.
  Piece piece = byte_piece(ByteSet().set(std::min(value, 0xFFU)));
  piece.exact = is_ascii(value);
  // Outside ASCII folding follows Unicode tables; such a byte is left out of every text.
  if (piece.exact) piece.texts = {std::string(1, lower(static_cast<char>(value)))};
  return piece;
}

Piece any_byte_piece() { return byte_piece(ByteSet().set()); }

Piece empty_piece() {
  Piece piece;
  piece.texts = {std::string()};
  return piece;
}

void tidy(Texts& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

// Every text of `left` followed by every text of `right`; none if that grows too large.
std::optional<Texts> join(const Texts& left, const Texts& right) {
  if (left.size() * right.size() > kTextsMax) return std::nullopt;
  Texts joined;
  joined.reserve(left.size() * right.size());
  for (const std::string& head : left) {
    for (const std::string& tail : right) {
      if (head.size() + tail.size() > kTextBytesMax) return std::nullopt;
      joined.push_back(head + tail);
    }
  }
  tidy(joined);
  return joined;
}

// A text that holds another of the list asks for nothing more than that one does.
Texts without_redundant(const Texts& texts) {
  Texts kept;
  for (const std::string& text : texts) {
    const auto covers = [&](const std::string& other) {
      return other != text && text.find(other) != std::string::npos;
    };
    if (std::none_of(texts.begin(), texts.end(), covers)) kept.push_back(text);
  }
  return kept;
}

std::size_t longest(const Texts& texts) {
  std::size_t most = 0;
  for (const std::string& text : texts) most = std::max(most, text.size());
  return most;
}

std::size_t shortest(const Texts& texts) {
  std::size_t least = texts.empty() ? 0 : texts.front().size();
  for (const std::string& text : texts) least = std::min(least, text.size());
  return least;
}

// Whether `texts` are better to look for than `others`: long enough to be literals, and rarer.
bool is_better(const Texts& texts, const Texts& others) {
  if (texts.empty() || others.empty()) return others.empty() && !texts.empty();
  const auto size = [](const Texts& of) { return std::min(shortest(of), kDerivedLiteralBytesMin); };
  if (size(texts) != size(others)) return size(texts) > size(others);
  return commonness(texts) < commonness(others);
}

std::optional<std::size_t> add(std::optional<std::size_t> a, std::optional<std::size_t> b) {
  if (!a || !b || *a + *b > kBytesMax) return std::nullopt;
  return *a + *b;
}

// A sequence of pieces in the making.
class Sequence {
 public:
  void append(const Piece& piece) {
    const auto start = std::exchange(max_bytes_, add(max_bytes_, piece.max_bytes));
    shape_ = sequence(shape_, piece.shape);
    if (!piece.exact) {
      offer(run_, before_run_, next_of(piece));
      offer(piece.required, add(start, piece.before), piece.next);
      for (const RequiredTexts& list : piece.lists) {
        remember({list.texts, add(start, list.before), list.next});
      }
      exact_ = false;
      run_ = {std::string()};
      before_run_ = max_bytes_;
      return;
    }
    if (auto joined = join(run_, piece.texts)) {
      run_ = std::move(*joined);
      return;
    }
    offer(run_, before_run_, next_of(piece));
    exact_ = false;
    run_ = piece.texts;
    before_run_ = start;
  }

  [[nodiscard]] Piece finish() {
    Piece piece;
    piece.max_bytes = max_bytes_;
    piece.shape = shape_;
    piece.exact = exact_;
    if (exact_) {
      piece.texts = std::move(run_);
    } else {
      offer(run_, before_run_, ByteSet().set());
      piece.required = std::move(best_.texts);
      piece.before = best_.before;
      piece.next = best_.next;
      piece.lists = offers_;
    }
    std::vector<RequiredTexts> offers = std::move(offers_);
    *this = Sequence();
    offers_ = std::move(offers);
    return piece;
  }

  /// All that was known of the sequence last finished.
  [[nodiscard]] const std::vector<RequiredTexts>& offers() const { return offers_; }

 private:
  // What may stand right behind the texts so far; a piece that may be empty says nothing.
  static ByteSet next_of(const Piece& piece) {
    return piece.shape.least == 0 ? ByteSet().set() : piece.shape.first;
  }

  void offer(const Texts& texts, std::optional<std::size_t> before, const ByteSet& next) {
    RequiredTexts least{without_redundant(texts), before, next};
    if (shortest(least.texts) == 0) return;
    // A text that stands for a longer one may stand further inside.
    if (least.texts.size() != texts.size()) {
      least.before = add(before, longest(texts));
      least.next.set();
    }
    remember(least);
    if (is_better(least.texts, best_.texts)) best_ = std::move(least);
  }

  void remember(RequiredTexts list) {
    const auto same = [&](const RequiredTexts& other) { return other.texts == list.texts; };
    if (offers_.size() >= kOffersMax) return;
    if (std::none_of(offers_.begin(), offers_.end(), same)) offers_.push_back(std::move(list));
  }

  Texts run_ = {std::string()};  // every way to match the pieces since the last unknown one
  std::optional<std::size_t> before_run_ = 0;  // most bytes in front of it
  RequiredTexts best_;
  std::vector<RequiredTexts> offers_;
  MatchShape shape_;
  bool exact_ = true;
  std::optional<std::size_t> max_bytes_ = 0;
};

// One of several branches.
Piece either(std::vector<Piece> branches) {
  if (branches.size() == 1) return std::move(branches.front());
  Piece piece;
  std::size_t texts = 0;
  piece.shape = branches.front().shape;
  piece.next.reset();
  for (const Piece& branch : branches) {
    piece.shape = either(piece.shape, branch.shape);
    piece.exact = piece.exact && branch.exact;
    texts += branch.texts.size();
    const auto before = branch.exact ? std::size_t{0} : branch.before;
    piece.before =
        piece.before && before ? std::optional(std::max(*piece.before, *before)) : std::nullopt;
    piece.next |= branch.exact ? ByteSet().set() : branch.next;
    if (!branch.max_bytes) piece.max_bytes.reset();
    if (piece.max_bytes) piece.max_bytes = std::max(*piece.max_bytes, *branch.max_bytes);
  }
  piece.exact = piece.exact && texts <= kTextsMax;
  Texts all;
  for (Piece& branch : branches) {
    Texts& some = branch.exact ? branch.texts : branch.required;
    // A branch that may do without any text leaves nothing that all branches require.
    if (!piece.exact && shortest(some) == 0) return piece;
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  tidy(all);
  if (all.size() > kRequiredMax) all.clear();
  if (!piece.exact) {
    const std::size_t most = longest(all);
    const std::size_t count = all.size();
    all = without_redundant(all);
    if (all.size() != count) {
      piece.before = add(piece.before, most);
      piece.next.set();
    }
  }
  (piece.exact ? piece.texts : piece.required) = std::move(all);
  return piece;
}

std::optional<Texts> power(const Texts& texts, std::size_t times) {
  Texts result = {std::string()};
  for (std::size_t i = 0; i < times; ++i) {
    auto joined = join(result, texts);
    if (!joined) return std::nullopt;
    result = std::move(*joined);
  }
  return result;
}

// All texts of `least` to `most` repeats; none if that grows too large.
std::optional<Texts> powers(const Texts& texts, std::size_t least, std::size_t most) {
  auto one = power(texts, least);
  if (!one) return std::nullopt;
  Texts all = *one;
  for (std::size_t times = least; times < most; ++times) {
    one = join(*one, texts);
    if (!one || all.size() + one->size() > kTextsMax) return std::nullopt;
    all.insert(all.end(), one->begin(), one->end());
  }
  tidy(all);
  return all;
}

Piece repeat(const Piece& piece, std::size_t least, std::optional<std::size_t> most) {
  Piece result;
  const bool empty = piece.max_bytes == std::size_t{0};
  if (empty) {
    result.max_bytes = 0;
  } else if (!most || !piece.max_bytes || *piece.max_bytes > kBytesMax / kRepeatMax) {
    result.max_bytes.reset();
  } else {
    result.max_bytes = *piece.max_bytes * *most;
  }
  result.shape = repeated(piece.shape, least, most);
  if (piece.exact && most) {
    if (auto texts = powers(piece.texts, least, *most)) {
      result.texts = std::move(*texts);
      return result;
    }
  }
  result.exact = false;
  if (least == 0) return result;
  if (!piece.exact) {
    result.required = piece.required;
    result.before = piece.before;
    result.next = piece.next;
    result.lists = piece.lists;
  } else {
    result.required = power(piece.texts, least).value_or(piece.texts);
  }
  if (shortest(result.required) == 0) result.required.clear();
  return result;
}

class Walker {
 public:
  explicit Walker(std::string_view pattern) : text_(pattern) { frames_.emplace_back(); }

  std::optional<PatternFacts> walk() {
    while (at_ < text_.size() && known_) step();
    if (!known_ || frames_.size() != 1) return std::nullopt;
    end_branch();
    Frame& outer = frames_.front();
    PatternFacts facts;
    if (outer.branches.size() == 1) facts.required = outer.sequence.offers();
    const Piece whole = either(std::move(outer.branches));
    facts.max_bytes = whole.max_bytes;
    facts.shape = whole.shape;
    const Texts& texts = whole.exact ? whole.texts : whole.required;
    facts.literals = without_redundant(texts);
    facts.literals_before = whole.exact ? std::size_t{0} : whole.before;
    if (!whole.exact) facts.literals_next = whole.next;
    if (facts.literals.size() != texts.size()) {
      facts.literals_next.set();
      facts.literals_before = add(facts.literals_before, longest(texts));
    }
    if (shortest(facts.literals) < kDerivedLiteralBytesMin) facts.literals.clear();
    if (!facts.literals.empty()) {
      facts.required.push_back({facts.literals, facts.literals_before, facts.literals_next});
    }
    facts.groups = std::move(groups_);
    return facts;
  }

 private:
  // One open group, or the whole pattern.
  struct Frame {
    Sequence sequence;
    std::optional<Piece> last;    // what a repeat operator here would repeat
    std::vector<Piece> branches;  // those before this one
  };

  // What stands between the brackets of a class.
  struct ClassItems {
    ByteSet members;
    bool listed = true;  // false once a member is not known one by one
    bool known = true;   // false once there are members of which nothing is known
  };

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool starts(std::string_view word) const {
    return text_.substr(at_, word.size()) == word;
  }
  void give_up() { known_ = false; }

  void push(Piece piece) {
    flush();
    frames_.back().last = std::move(piece);
  }
  void flush() {
    Frame& frame = frames_.back();
    if (frame.last) frame.sequence.append(*frame.last);
    frame.last.reset();
  }
  void end_branch() {
    flush();
    Frame& frame = frames_.back();
    frame.branches.push_back(frame.sequence.finish());
  }
  Piece close_frame() {
    end_branch();
    Piece piece = either(std::move(frames_.back().branches));
    frames_.pop_back();
    return piece;
  }

  void step() {
    const char c = text_[at_];
    switch (c) {
      case '(':
        return open_group();
      case ')':
        if (frames_.size() == 1) return give_up();
        ++at_;
        return push(close_frame());
      case '|':
        ++at_;
        return end_branch();
      case '[':
        return take_class();
      case '\\':
        return take_escape();
      case '.':
        ++at_;
        return push(any_byte_piece());
      case '^':
      case '$':
        ++at_;
        return push(empty_piece());
      case '*':
        ++at_;
        return apply_repeat(0, std::nullopt);
      case '+':
        ++at_;
        return apply_repeat(1, std::nullopt);
      case '?':
        ++at_;
        return apply_repeat(0, std::size_t{1});
      case '{':
        if (take_counted_repeat()) return;
        [[fallthrough]];
      default:
        ++at_;
        return push(literal_piece(static_cast<unsigned char>(c)));
    }
  }

  void apply_repeat(std::size_t least, std::optional<std::size_t> most) {
    if (peek() == '?') ++at_;  // lazy: which match is taken changes, not which can be
    Frame& frame = frames_.back();
    if (!frame.last) return give_up();
    Piece whole = repeat(*frame.last, least, most);
    if (frame.last->exact && !whole.exact && least > 0) {
      // x{n,m} is x{n}x{0,m-n}: the first part goes on with the text before it.
      frame.sequence.append(repeat(*frame.last, least, least));
      if (most) *most -= least;
      whole = repeat(*frame.last, 0, most);
    }
    frame.last = std::move(whole);
  }

  // {n}, {n,} or {n,m}; anything else is an ordinary brace.
  bool take_counted_repeat() {
    std::size_t at = at_ + 1;
    const auto least = take_number(at);
    if (!least) return false;
    std::optional<std::size_t> most = least;
    if (at < text_.size() && text_[at] == ',') {
      ++at;
      most = take_number(at);
    }
    if (at >= text_.size() || text_[at] != '}') return false;
    at_ = at + 1;
    if (*least > kRepeatMax || (most && (*most > kRepeatMax || *most < *least))) {
      give_up();
    } else {
      apply_repeat(*least, most);
    }
    return true;
  }

  std::optional<std::size_t> take_number(std::size_t& at) const {
    const std::size_t start = at;
    std::size_t value = 0;
    while (at < text_.size() && is_digit(text_[at])) {
      if (value <= kRepeatMax) value = value * 10 + static_cast<std::size_t>(text_[at] - '0');
      ++at;
    }
    const bool padded = at - start > 1 && text_[start] == '0';
    if (at == start || padded) return std::nullopt;
    return value;
  }

  void open_group() {
    if (frames_.size() >= kDepthMax) return give_up();
    if (peek(1) != '?') {
      ++captures_;
      ++at_;
      flush();
      frames_.emplace_back();
      return;
    }
    if (starts("(?P<")) return open_named_group();
    at_ += 2;
    while (at_ < text_.size() && std::string_view("imsU-").find(peek()) != std::string_view::npos) {
      ++at_;
    }
    const char end = peek();
    ++at_;
    flush();
    if (end == ':') frames_.emplace_back();
    if (end != ':' && end != ')') give_up();
  }

  void open_named_group() {
    at_ += 4;
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return give_up();
    groups_.push_back({std::string(text_.substr(at_, end - at_)), ++captures_});
    at_ = end + 1;
    flush();
    frames_.emplace_back();
  }

  void take_escape() {
    const char c = peek(1);
    if (at_ + 1 >= text_.size()) return give_up();
    if (c == 'Q') return take_quoted();
    if (std::string_view("bBAz").find(c) != std::string_view::npos) {
      at_ += 2;
      return push(empty_piece());
    }
    if (std::string_view("dDsSwWC").find(c) != std::string_view::npos) {
      at_ += 2;
      return push(byte_piece(perl_class(c)));
    }
    if (c == 'p' || c == 'P') {
      if (!skip_property()) return give_up();
      return push(any_byte_piece());
    }
    const auto value = take_character_escape();
    if (!value) return give_up();
    push(literal_piece(*value));
  }

  void take_quoted() {
    at_ += 2;
    const std::size_t end = std::min(text_.find("\\E", at_), text_.size());
    for (; at_ < end; ++at_) push(literal_piece(static_cast<unsigned char>(text_[at_])));
    at_ = std::min(end + 2, text_.size());
  }

  bool skip_property() {
    if (peek(2) != '{') {
      at_ += 3;
      return at_ <= text_.size();
    }
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  // `\n`, `\x41`, `\x{41}`, `\101`, `\.`; at_ stands at the backslash and is moved past it.
  std::optional<unsigned> take_character_escape() {
    constexpr std::string_view kLetters = "aftnrv";
    constexpr std::array<char, 6> kValues = {'\a', '\f', '\t', '\n', '\r', '\v'};
    if (at_ + 1 >= text_.size()) return std::nullopt;
    const char c = peek(1);
    at_ += 2;
    if (const auto letter = kLetters.find(c); letter != std::string_view::npos) {
      return static_cast<unsigned char>(kValues[letter]);
    }
    if (c == 'x') return take_hex_escape(text_, at_);
    if (is_digit(c)) return take_octal(c);
    const bool word = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
    if (word || !is_ascii(static_cast<unsigned char>(c))) return std::nullopt;
    return static_cast<unsigned char>(c);
  }

  std::optional<unsigned> take_octal(char first) {
    if (!is_octal(first) || (first != '0' && !is_octal(peek()))) return std::nullopt;
    unsigned value = static_cast<unsigned>(first - '0');
    for (int i = 0; i < 2 && is_octal(peek()); ++i) {
      value = value * 8 + static_cast<unsigned>(peek() - '0');
      ++at_;
    }
    return value;
  }

  // The bytes of `\d` and its kin; `\C` is every byte.
  static ByteSet perl_class(char letter) {
    constexpr std::string_view kSpaces = "\t\n\f\r ";
    ByteSet bytes;
    const char kind = lower(letter);
    for (unsigned i = 0; i < 0x80; ++i) {
      const char c = static_cast<char>(i);
      const bool word = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
      const bool space = kSpaces.find(c) != std::string_view::npos;
      bytes.set(i, kind == 'd' ? is_digit(c) : kind == 's' ? space : kind == 'w' && word);
    }
    return kind == letter ? bytes : ~bytes;
  }

  void take_class() {
    ++at_;
    const bool negated = peek() == '^';
    if (negated) ++at_;
    ClassItems items;
    items.listed = !negated;
    for (bool first = true; first || peek() != ']'; first = false) {
      if (at_ >= text_.size()) return give_up();
      if (!take_class_item(items)) return give_up();
    }
    ++at_;
    if (!items.known) return push(any_byte_piece());
    // `(?i)` folds before it negates: the class then takes less than this.
    push(items.listed ? class_piece(items.members)
                      : byte_piece(negated ? ~items.members : items.members));
  }

  bool take_class_item(ClassItems& items) {
    if (starts("[:")) {
      const std::size_t end = text_.find(":]", at_ + 2);
      if (end != std::string_view::npos) {
        at_ = end + 2;
        items.known = false;
        return true;
      }
    }
    const char next = peek(1);
    if (peek() == '\\' && std::string_view("dDsSwW").find(next) != std::string_view::npos) {
      at_ += 2;
      items.members |= perl_class(next);
      items.listed = false;
      return true;
    }
    if (peek() == '\\' && (next == 'p' || next == 'P')) {
      items.known = false;
      return skip_property();
    }
    const auto low = take_class_character();
    if (!low) return false;
    unsigned high = *low;
    if (peek() == '-' && peek(1) != ']') {
      ++at_;
      const auto end = take_class_character();
      if (!end || *end < *low) return false;
      high = *end;
    }
    for (unsigned value = *low; value <= std::min(high, 255U); ++value) items.members.set(value);
    return true;
  }

  std::optional<unsigned> take_class_character() {
    if (at_ >= text_.size()) return std::nullopt;
    if (peek() == '\\') return take_character_escape();
    return static_cast<unsigned char>(text_[at_++]);
  }

  static Piece class_piece(const ByteSet& members) {
    Piece piece = byte_piece(members);
    for (unsigned value = 0; value < 256; ++value) {
      if (!members.test(value)) continue;
      if (!is_ascii(value)) return byte_piece(members);
      piece.texts.push_back(std::string(1, lower(static_cast<char>(value))));
    }
    tidy(piece.texts);
    piece.exact = !piece.texts.empty() && piece.texts.size() <= kClassCharsMax;
    return piece.exact ? piece : byte_piece(members);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool known_ = true;
  int captures_ = 0;
  std::vector<Frame> frames_;
  std::vector<PatternGroup> groups_;
};

}  // namespace

std::optional<std::uint32_t> take_hex_escape(std::string_view pattern, std::size_t& at) {
  const auto peek = [&] { return at < pattern.size() ? pattern[at] : '\0'; };
  const bool braces = peek() == '{';
  if (braces) ++at;
  std::uint32_t value = 0;
  std::size_t digits = 0;
  while (hex_value(peek()) >= 0 && digits < (braces ? 8U : 2U)) {
    value = value * 16 + static_cast<std::uint32_t>(hex_value(peek()));
    ++digits;
    ++at;
  }
  if (digits == 0 || (!braces && digits != 2)) return std::nullopt;
  if (braces && peek() != '}') return std::nullopt;
  if (braces) ++at;
  return value;
}

std::optional<PatternFacts> analyse_pattern(std::string_view pattern) {
  return Walker(pattern).walk();
}

}  // namespace nhi
