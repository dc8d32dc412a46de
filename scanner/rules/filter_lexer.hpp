// filter_lexer.hpp - the expressions of Betterleaks, cut into words, texts, numbers and signs.
//
// Source: expr-lang 1.17 (parser/lexer), which Betterleaks 1.7 and 2.0 read them with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

enum class FilterTokenKind : std::uint8_t { kEnd, kName, kText, kNumber, kSign };

struct FilterToken {
  FilterTokenKind kind = FilterTokenKind::kEnd;
  std::string text;      // of a text without quotes, escapes taken out
  double number = 0;     // of kNumber
  std::size_t line = 1;  // within the expression
};

class FilterLexer {
 public:
  /// `text` must outlive the lexer.
  explicit FilterLexer(std::string_view text) : text_(text) {}

  /// The next token; kEnd for ever after the last one. Costs its length.
  /// Errors: kBadRule with what is wrong in `what`; no subject.
  [[nodiscard]] Result<FilterToken> next();

 private:
  [[nodiscard]] Result<void> skip_space();
  [[nodiscard]] Result<FilterToken> read_text();
  [[nodiscard]] Result<FilterToken> read_raw_text();
  [[nodiscard]] Result<FilterToken> read_number();
  [[nodiscard]] Result<FilterToken> read_sign();
  [[nodiscard]] FilterToken made(FilterTokenKind kind, std::string text) const;
  void step(std::size_t bytes);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace nhi
