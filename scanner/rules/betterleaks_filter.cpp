#include "scanner/rules/betterleaks_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/rules/filter_lexer.hpp"

namespace nhi {
namespace {

using Status = Result<void>;
using Part = Result<FilterPart>;
using Kind = FilterTokenKind;

constexpr std::size_t kShownBytes = 40;  // of what was not honoured

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 10> kTaken = {
    "finding", "attributes", "filter",      "get",  "entropy",
    "len",     "matchesAny", "containsAny", "true", "false"};

class FilterReader {
 public:
  explicit FilterReader(std::string_view text) : lexer_(text) {}

  Result<FilterTree> run() {
    NHI_CHECK_OK(advance());
    NHI_TRY(const FilterPart root, read_sequence());
    if (token_.kind != Kind::kEnd) return refuse_here();
    return builder_.finish(root);
  }

 private:
  Status advance() {
    NHI_TRY(token_, lexer_.next());
    return {};
  }

  Unexpected<Error> refuse(const std::string& what, std::string hint = {}) const {
    return fail(ErrorCode::kBadRule,
                fmt::format("{} (line {} of the expression)", what, token_.line), {},
                std::move(hint));
  }
  Unexpected<Error> refuse_here() const {
    if (token_.kind == Kind::kEnd) return refuse("ends too early");
    return refuse("has '" + token_.text.substr(0, kShownBytes) + "', which is not honoured there");
  }
  template <class T>
  Result<T> placed(Result<T> made) const {
    if (!made) return refuse(made.error().what, made.error().hint);
    return made;
  }

  [[nodiscard]] bool is_sign(std::string_view sign) const {
    return token_.kind == Kind::kSign && token_.text == sign;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return token_.kind == Kind::kName && token_.text == word;
  }
  Status expect(std::string_view sign) {
    if (!is_sign(sign)) return refuse_here();
    return advance();
  }

  // Reads one level further in; whoever nests more than that gets nowhere.
  template <class Read>
  Part within(const Read& read) {
    if (nesting_ >= kFilterDepthMax) return refuse("has parts over 64 deep within each other");
    ++nesting_;
    auto made = read();
    --nesting_;
    return made;
  }

  // let NAME = choice; .. choice
  Part read_sequence() {
    const std::size_t outer = names_.size();
    while (is_word("let")) NHI_CHECK_OK(read_let());
    NHI_TRY(const FilterPart result, read_choice());
    names_.resize(outer);
    return result;
  }

  Status read_let() {
    NHI_CHECK_OK(advance());
    const std::string name = token_.text;
    if (token_.kind != Kind::kName || is_among(kTaken, name) || find_name(name)) {
      return refuse_here();
    }
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect("="));
    if (is_word("setConfidence")) {
      NHI_CHECK_OK(read_confidence());
      return expect(";");
    }
    NHI_TRY(const FilterPart value, read_choice());
    if (names_.size() >= kFilterNamesMax) return refuse("has over 256 names");
    names_.emplace_back(name, value);
    return expect(";");
  }

  [[nodiscard]] std::optional<FilterPart> find_name(std::string_view name) const {
    const auto found = std::find_if(names_.begin(), names_.end(),
                                    [&](const auto& known) { return known.first == name; });
    return found == names_.end() ? std::nullopt : std::optional(found->second);
  }

  // What is said within parentheses may never be asked; what stands outside always is.
  Status read_confidence() {
    if (nesting_ != 0) return refuse_here();
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect("("));
    NHI_TRY(const FilterPart level, read_choice());
    NHI_CHECK_OK(placed(builder_.set_confidence(level)));
    return expect(")");
  }

  Part read_choice() {
    return within([this]() -> Part {
      NHI_TRY(const FilterPart first, read_or());
      if (!is_sign("?")) return first;
      NHI_CHECK_OK(advance());
      NHI_TRY(const FilterPart second, read_choice());
      NHI_CHECK_OK(expect(":"));
      NHI_TRY(const FilterPart third, read_choice());
      return placed(builder_.chosen(first, second, third));
    });
  }

  template <class Read>
  Part read_chain(FilterOp op, std::string_view sign, std::string_view word, const Read& read) {
    std::vector<FilterPart> parts;
    do {
      if (!parts.empty()) NHI_CHECK_OK(advance());
      NHI_TRY(const FilterPart part, read());
      parts.push_back(part);
    } while (is_sign(sign) || is_word(word));
    return placed(builder_.joined(op, std::move(parts)));
  }
  Part read_or() {
    return read_chain(FilterOp::kOr, "||", "or", [this] { return read_and(); });
  }
  Part read_and() {
    return read_chain(FilterOp::kAnd, "&&", "and", [this] { return read_compared(); });
  }

  Part read_compared() {
    NHI_TRY(const FilterPart left, read_unary());
    constexpr std::array<std::string_view, 6> kSigns = {"<", "<=", ">", ">=", "==", "!="};
    if (token_.kind == Kind::kSign && is_among(kSigns, token_.text)) {
      const std::string sign = token_.text;
      NHI_CHECK_OK(advance());
      NHI_TRY(const FilterPart right, read_unary());
      return placed(builder_.compared(sign, left, right));
    }
    constexpr std::array<std::string_view, 5> kWords = {"in", "matches", "contains", "startsWith",
                                                        "endsWith"};
    const bool turned = is_word("not");
    if (turned) NHI_CHECK_OK(advance());
    if (token_.kind != Kind::kName || !is_among(kWords, token_.text)) {
      return turned ? Part(refuse_here()) : left;
    }
    NHI_TRY(const FilterPart made, read_worded(left));
    return turned ? placed(builder_.negated(made)) : Part(made);
  }

  // TEXT in [..], TEXT contains TEXT and so on.
  Part read_worded(FilterPart left) {
    const std::string word = token_.text;
    NHI_CHECK_OK(advance());
    if (word == "in") {
      NHI_TRY(std::vector<std::string> list, read_list());
      return placed(builder_.listed(FilterOp::kIn, left, std::move(list)));
    }
    if (word == "matches") {
      NHI_TRY(std::string pattern, read_text());
      return placed(builder_.listed(FilterOp::kMatchesAny, left, {std::move(pattern)}));
    }
    NHI_TRY(const FilterPart right, read_unary());
    const auto op = word == "contains"     ? FilterOp::kContains
                    : word == "startsWith" ? FilterOp::kStartsWith
                                           : FilterOp::kEndsWith;
    return placed(builder_.texts(op, left, right));
  }

  Part read_unary() {
    bool turned = false;
    bool any = false;
    for (; is_sign("!") || is_word("not"); any = true) {
      turned = !turned;
      NHI_CHECK_OK(advance());
    }
    NHI_TRY(const FilterPart part, read_primary());
    if (!any) return part;
    NHI_TRY(const FilterPart not_it, placed(builder_.negated(part)));
    return turned ? Part(not_it) : Part(part);
  }

  Part read_primary() {
    if (token_.kind == Kind::kName) return read_named();
    if (token_.kind == Kind::kText) {
      NHI_TRY(std::string text, read_text());
      return placed(builder_.constant(std::move(text)));
    }
    if (token_.kind == Kind::kNumber) {
      const double number = token_.number;
      NHI_CHECK_OK(advance());
      return placed(builder_.constant(number));
    }
    NHI_CHECK_OK(expect("("));
    NHI_TRY(const FilterPart inner, within([this] { return read_sequence(); }));
    NHI_CHECK_OK(expect(")"));
    return inner;
  }

  Part read_named() {
    std::string name = token_.text;
    if (const auto known = find_name(name)) {
      NHI_CHECK_OK(advance());
      return *known;
    }
    if (name == "true" || name == "false") {
      NHI_CHECK_OK(advance());
      return placed(builder_.constant(name == "true"));
    }
    if (name == "finding" || name == "attributes") return read_field();
    if (name == "get") return read_get();
    if (name == "filter") {
      NHI_CHECK_OK(advance());
      NHI_CHECK_OK(expect("."));
      name = token_.text;
    }
    constexpr std::array<std::string_view, 4> kFunctions = {"entropy", "len", "matchesAny",
                                                            "containsAny"};
    if (token_.kind != Kind::kName) return refuse_here();
    if (!is_among(kFunctions, name)) return refuse_name(name);
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect("("));
    NHI_TRY(const FilterPart made, read_arguments(name));
    NHI_CHECK_OK(expect(")"));
    return made;
  }

  [[nodiscard]] Unexpected<Error> refuse_name(const std::string& name) const {
    const bool tokens = name == "failsTokenEfficiency" || name == "tokenRatio";
    return refuse("asks '" + name.substr(0, kShownBytes) + "', which is not honoured",
                  tokens ? "it counts the tokens of a language model; leave the rule out" : "");
  }

  Part read_arguments(const std::string& name) {
    NHI_TRY(const FilterPart text, read_choice());
    if (name == "entropy") return placed(builder_.measure(FilterOp::kEntropy, text));
    if (name == "len") return placed(builder_.measure(FilterOp::kLength, text));
    NHI_CHECK_OK(expect(","));
    NHI_TRY(std::vector<std::string> list, read_list());
    const auto op = name == "matchesAny" ? FilterOp::kMatchesAny : FilterOp::kContainsAny;
    return placed(builder_.listed(op, text, std::move(list)));
  }

  Result<std::string> read_text() {
    if (token_.kind != Kind::kText) return refuse_here();
    std::string text = token_.text;
    NHI_CHECK_OK(advance());
    return text;
  }

  Result<std::vector<std::string>> read_list() {
    NHI_CHECK_OK(expect("["));
    std::vector<std::string> list;
    while (!is_sign("]")) {
      if (list.size() >= kFilterNodesMax) return refuse("has a list of over 10,000 entries");
      NHI_TRY(std::string text, read_text());
      list.push_back(std::move(text));
      if (is_sign("]")) break;
      NHI_CHECK_OK(expect(","));
    }
    NHI_CHECK_OK(advance());
    return list;
  }

  // finding["secret"], finding.secret; attributes likewise; also with ?? "".
  Part read_field() {
    const std::string map = token_.text;
    NHI_CHECK_OK(advance());
    std::string key;
    if (is_sign("[")) {
      NHI_CHECK_OK(advance());
      NHI_TRY(key, read_text());
      NHI_CHECK_OK(expect("]"));
    } else {
      if (!is_sign(".") && !is_sign("?.")) return refuse_here();
      NHI_CHECK_OK(advance());
      if (token_.kind != Kind::kName) return refuse_here();
      key = token_.text;
      NHI_CHECK_OK(advance());
    }
    NHI_TRY(const FilterPart made, placed(builder_.field(map, key)));
    if (!is_sign("??")) return made;
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect_empty_text());
    return made;
  }

  // What stands for a path that is not there; another text than none is not honoured.
  Status expect_empty_text() {
    if (token_.kind != Kind::kText || !token_.text.empty()) return refuse_here();
    return advance();
  }

  // get(attributes, "path", "")
  Part read_get() {
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect("("));
    const std::string map = token_.text;
    if (token_.kind != Kind::kName) return refuse_here();
    NHI_CHECK_OK(advance());
    NHI_CHECK_OK(expect(","));
    NHI_TRY(const std::string key, read_text());
    NHI_CHECK_OK(expect(","));
    NHI_CHECK_OK(expect_empty_text());
    NHI_CHECK_OK(expect(")"));
    return placed(builder_.field(map, key));
  }

  FilterLexer lexer_;
  FilterToken token_;
  FilterBuilder builder_;
  std::vector<std::pair<std::string, FilterPart>> names_;  // of `let`, in sight
  std::size_t nesting_ = 0;
};

}  // namespace

Result<FilterTree> parse_betterleaks_filter(std::string_view expression) {
  if (expression.size() > kFilterBytesMax) {
    return fail(ErrorCode::kBadRule, "has an expression of over 1 MiB");
  }
  return FilterReader(expression).run();
}

}  // namespace nhi
