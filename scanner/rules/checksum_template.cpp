#include "scanner/rules/checksum_template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "scanner/base/bytes.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

// A filter that pads to a width, or cuts to a length, may be asked for so many characters.
constexpr std::int64_t kNumberMax = 4096;
constexpr std::size_t kTemplateBytesMax = 4096;

using Value = std::variant<std::string, std::int64_t>;
using Operand = ChecksumTemplate::Operand;

Unexpected<Error> refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), {}, std::move(hint));
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return std::to_string(std::get<std::int64_t>(value));
}

// Where the character that begins at `at` ends.
std::size_t next_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

std::string prefix_of(const std::string& text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at = next_character(text, at);
  return text.substr(0, at);
}

std::string suffix_of(const std::string& text, std::size_t count) {
  std::size_t at = text.size();
  for (; count > 0 && at > 0; --count) {
    --at;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  }
  return text.substr(at);
}

// A number that has no more digits than `width` gets zeros in front.
std::string padded(std::string digits, std::size_t width) {
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::string in_base(std::uint64_t value, std::string_view alphabet) {
  std::string digits;
  do {
    digits += alphabet[value % alphabet.size()];
    value /= alphabet.size();
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// What Kingfisher takes for a number to be written in another base: a whole one, the whole part of
// a broken one, and 0 for all else.
std::uint64_t number_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  }
  std::string_view text = std::get<std::string>(value);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  const auto as_whole = std::from_chars(text.data(), end, whole);
  if (as_whole.ec == std::errc{} && as_whole.ptr == end) {
    return whole < 0 ? 0 : static_cast<std::uint64_t>(whole);
  }
  double broken = 0;
  const auto as_broken = std::from_chars(text.data(), end, broken);
  if (as_broken.ec != std::errc{} || as_broken.ptr != end || !(broken > 0)) return 0;
  constexpr double kTop = 18446744073709551616.0;  // 2^64
  return broken >= kTop ? ~std::uint64_t{0} : static_cast<std::uint64_t>(broken);
}

std::string base32_of(Bytes data) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : data) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (held += 8; held >= 5; held -= 5) text += kAlphabet[bits >> (held - 5) & 31U];
  }
  if (held > 0) text += kAlphabet[bits << (5 - held) & 31U];
  while (text.size() % 8 != 0) text += '=';
  return text;
}

std::string url_base64_of(const std::string& text) {
  std::string encoded = to_base64(text);
  encoded.resize(std::min(encoded.find('='), encoded.size()));
  std::replace(encoded.begin(), encoded.end(), '+', '-');
  std::replace(encoded.begin(), encoded.end(), '/', '_');
  return encoded;
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  std::string made;
  for (std::size_t at = 0;;) {
    const std::size_t found = text.find(from, at);
    made += text.substr(at, found - at);
    if (found == std::string::npos) return made;
    made += to;
    at = found + from.size();
  }
}

std::string left_stripped(const std::string& text, const std::string& characters) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = next_character(text, at);
    if (characters.find(text.substr(at, next - at)) == std::string::npos) break;
    at = next;
  }
  return text.substr(at);
}

struct Arguments {
  std::vector<Value> values;
  [[nodiscard]] bool any() const { return !values.empty(); }
  [[nodiscard]] std::string text(std::size_t at) const { return text_of(values[at]); }
  /// A count; `usual` where none is given.
  [[nodiscard]] std::size_t count(std::size_t usual) const {
    return any() ? static_cast<std::size_t>(std::get<std::int64_t>(values[0])) : usual;
  }
};

Value decimal_crc(const std::string& text, const Arguments& given) {
  constexpr std::size_t kDigitsMost = 38;  // of a number of 128 bits
  const std::size_t digits = std::min(given.count(0), kDigitsMost);
  const std::string whole = std::to_string(crc32(text));
  return digits == 0 ? whole : suffix_of(padded(whole, digits), digits);
}

Value hex_crc(const std::string& text, const Arguments& given) {
  constexpr std::size_t kDigitsMost = 32;
  const std::size_t digits = std::min(given.count(0), kDigitsMost);
  const std::string whole = padded(in_base(crc32(text), "0123456789abcdef"), 8);
  return digits == 0 ? whole : suffix_of(padded(whole, digits), digits);
}

Value little_endian_crc(const std::string& text, const Arguments& given) {
  std::uint32_t sum = crc32(text);
  std::string bytes;
  for (int i = 0; i < 4; ++i, sum >>= 8U) bytes += static_cast<char>(sum & 0xFFU);
  const std::string encoded = to_base64(bytes);
  return encoded.substr(0, given.count(encoded.size()));
}

Value base32_sha256(const std::string& text, const Arguments& given) {
  const Digest digest = sha256(text);
  std::string encoded = base32_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
  encoded.resize(given.count(encoded.size()), '=');
  return encoded;
}

constexpr std::string_view kBase36 = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Filter {
  std::string_view name;
  std::size_t least;  // arguments
  std::size_t most;
  bool counts;  // the argument is a whole number
  Value (*apply)(const Value& input, const Arguments& given);
};

constexpr auto kFilters = std::to_array<Filter>({
    {"append", 1, 1, false,
     [](const Value& in, const Arguments& given) -> Value { return text_of(in) + given.text(0); }},
    {"prepend", 1, 1, false,
     [](const Value& in, const Arguments& given) -> Value { return given.text(0) + text_of(in); }},
    {"prefix", 0, 1, true,
     [](const Value& in, const Arguments& given) -> Value {
       const std::string text = text_of(in);
       return prefix_of(text, given.count(text.size()));
     }},
    {"suffix", 0, 1, true,
     [](const Value& in, const Arguments& given) -> Value {
       const std::string text = text_of(in);
       return suffix_of(text, given.count(text.size()));
     }},
    {"replace", 2, 2, false,
     [](const Value& in, const Arguments& given) -> Value {
       return replaced(text_of(in), given.text(0), given.text(1));
     }},
    {"lstrip_chars", 1, 1, false,
     [](const Value& in, const Arguments& given) -> Value {
       return left_stripped(text_of(in), given.text(0));
     }},
    {"crc32", 0, 0, false,
     [](const Value& in, const Arguments&) -> Value {
       return static_cast<std::int64_t>(crc32(text_of(in)));
     }},
    {"crc32_dec", 0, 1, true,
     [](const Value& in, const Arguments& given) { return decimal_crc(text_of(in), given); }},
    {"crc32_hex", 0, 1, true,
     [](const Value& in, const Arguments& given) { return hex_crc(text_of(in), given); }},
    {"crc32_le_b64", 0, 1, true,
     [](const Value& in, const Arguments& given) { return little_endian_crc(text_of(in), given); }},
    {"base36", 0, 1, true,
     [](const Value& in, const Arguments& given) -> Value {
       return padded(in_base(number_of(in), kBase36), given.count(0));
     }},
    {"base62", 0, 1, true,
     [](const Value& in, const Arguments& given)
         -> Value { return padded(in_base(number_of(in), kBase62), given.count(0)); }},
    {"sha256", 0, 0, false,
     [](const Value& in, const Arguments&) -> Value { return to_hex(sha256(text_of(in))); }},
    {"sha256_b32", 0, 1, true,
     [](const Value& in, const Arguments& given) { return base32_sha256(text_of(in), given); }},
    {"b64enc", 0, 0, false,
     [](const Value& in, const Arguments&) -> Value { return to_base64(text_of(in)); }},
    {"b64url_enc", 0, 0, false,
     [](const Value& in, const Arguments&) -> Value { return url_base64_of(text_of(in)); }},
});

// What stands between `{{` and `}}`.
class PartParser {
 public:
  explicit PartParser(std::string_view text) : text_(text) {}

  Result<void> run(ChecksumTemplate::Part& part) {
    NHI_TRY(Operand value, take_operand());
    part.value = std::move(value);
    while (take('|')) {
      NHI_TRY(ChecksumTemplate::Step step, take_step());
      part.steps.push_back(std::move(step));
    }
    skip_space();
    if (at_ < text_.size()) {
      return refuse("holds '" + std::string(text_.substr(at_, 20)) + "' where a filter should be");
    }
    return {};
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && chars::is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string take_word() {
    skip_space();
    const std::size_t from = at_;
    while (at_ < text_.size() && chars::is_word(text_[at_])) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  Result<Operand> take_operand() {
    skip_space();
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '"' || c == '\'') {
      const std::size_t end = text_.find(c, at_ + 1);
      if (end == std::string_view::npos) return refuse("has a quote that does not end");
      std::string text(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return Operand(std::move(text));
    }
    std::string word = take_word();
    if (word.empty()) return refuse("has no value where one should be");
    if (!chars::all_are(word, chars::is_digit)) {
      if (chars::is_digit(word[0])) return refuse("holds '" + word + "', which is no value");
      return Operand(ChecksumTemplate::Name{std::move(word)});
    }
    std::int64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.size() > 18) return refuse("holds a number of more than 18 digits");
    return Operand(number);
  }

  Result<ChecksumTemplate::Step> take_step() {
    const std::string name = take_word();
    const auto found = std::find_if(kFilters.begin(), kFilters.end(),
                                    [&](const Filter& filter) { return filter.name == name; });
    if (found == kFilters.end()) {
      const auto known = checksum_filters();
      const std::string_view near = nearest_name(name, known);
      return refuse("has the filter '" + name + "', which is not honoured",
                    near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
    }
    ChecksumTemplate::Step step;
    step.filter = static_cast<std::uint8_t>(found - kFilters.begin());
    if (take(':')) {
      do {
        NHI_TRY(Operand argument, take_operand());
        step.arguments.push_back(std::move(argument));
      } while (take(','));
    }
    NHI_CHECK_OK(check(*found, step.arguments));
    return step;
  }

  static Result<void> check(const Filter& filter, const std::vector<Operand>& given) {
    const std::string name = "gives the filter '" + std::string(filter.name) + "' ";
    if (given.size() < filter.least || given.size() > filter.most) {
      return refuse(name + "the wrong number of arguments");
    }
    for (const Operand& argument : given) {
      const auto* number = std::get_if<std::int64_t>(&argument);
      if (filter.counts && (number == nullptr || *number > kNumberMax)) {
        return refuse(name + "something else than a whole number up to 4096");
      }
    }
    if (filter.name == "replace") {
      const auto* from = std::get_if<std::string>(&given[0]);
      if (from == nullptr || from->empty()) return refuse(name + "no text to look for");
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<Value> value_of(const Operand& operand, const TemplateVariables& variables) {
  if (const auto* text = std::get_if<std::string>(&operand)) return Value(*text);
  if (const auto* number = std::get_if<std::int64_t>(&operand)) return Value(*number);
  const std::string& name = std::get<ChecksumTemplate::Name>(operand).text;
  const auto found = std::find_if(variables.rbegin(), variables.rend(),
                                  [&](const auto& variable) { return variable.first == name; });
  if (found == variables.rend()) return std::nullopt;
  return Value(found->second);
}

void note_name(const Operand& operand, std::vector<std::string>& names) {
  const auto* name = std::get_if<ChecksumTemplate::Name>(&operand);
  if (name == nullptr) return;
  if (std::find(names.begin(), names.end(), name->text) == names.end()) {
    names.push_back(name->text);
  }
}

}  // namespace

Result<ChecksumTemplate> ChecksumTemplate::parse(std::string_view text) {
  if (text.size() > kTemplateBytesMax) return refuse("is over 4 KiB");
  ChecksumTemplate made;
  while (!text.empty()) {
    const std::size_t tag = text.find("{%");
    const std::size_t open = text.find("{{");
    if (tag < open) return refuse("holds a tag, which is not honoured", "say it with filters");
    Part part;
    part.text = text.substr(0, open);
    if (open == std::string_view::npos) {
      made.parts_.push_back(std::move(part));
      break;
    }
    const std::size_t end = text.find("}}", open + 2);
    if (end == std::string_view::npos) return refuse("has '{{' without '}}'");
    const std::string_view inside = text.substr(open + 2, end - open - 2);
    if (inside.starts_with('-') || inside.ends_with('-')) {
      return refuse("trims white space, which is not honoured", "write '{{' and '}}' without '-'");
    }
    NHI_CHECK_OK(PartParser(inside).run(part));
    made.parts_.push_back(std::move(part));
    text.remove_prefix(end + 2);
  }
  return made;
}

std::optional<std::string> ChecksumTemplate::render(const TemplateVariables& variables) const {
  std::string made;
  for (const Part& part : parts_) {
    made += part.text;
    if (!part.value) continue;
    auto value = value_of(*part.value, variables);
    if (!value) return std::nullopt;
    for (const Step& step : part.steps) {
      Arguments given;
      for (const Operand& argument : step.arguments) {
        auto known = value_of(argument, variables);
        if (!known) return std::nullopt;
        given.values.push_back(std::move(*known));
      }
      value = kFilters[step.filter].apply(*value, given);
    }
    made += text_of(*value);
  }
  return made;
}

std::vector<std::string> ChecksumTemplate::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (part.value) note_name(*part.value, names);
    for (const Step& step : part.steps) {
      for (const Operand& argument : step.arguments) note_name(argument, names);
    }
  }
  return names;
}

std::vector<std::string_view> checksum_filters() {
  std::vector<std::string_view> names(kFilters.size());
  std::transform(kFilters.begin(), kFilters.end(), names.begin(),
                 [](const Filter& filter) { return filter.name; });
  return names;
}

}  // namespace nhi
