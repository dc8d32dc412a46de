#include "scanner/rules/filter_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

// The longer ones first.
constexpr std::array<std::string_view, 24> kSigns = {"||", "&&", "==", "!=", "<=", ">=", "??", "?.",
                                                     "(",  ")",  "[",  "]",  ",",  ";",  ".",  ":",
                                                     "?",  "!",  "=",  "<",  ">",  "+",  "-",  "|"};

Unexpected<Error> refuse(std::string what, std::size_t line) {
  return fail(ErrorCode::kBadRule,
              fmt::format("{} (line {} of the expression)", std::move(what), line));
}

}  // namespace

void FilterLexer::step(std::size_t bytes) {
  const std::string_view passed = text_.substr(at_, bytes);
  line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
  at_ += passed.size();
}

FilterToken FilterLexer::made(FilterTokenKind kind, std::string text) const {
  FilterToken token;
  token.kind = kind;
  token.text = std::move(text);
  token.line = line_;
  return token;
}

Result<void> FilterLexer::skip_space() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (chars::is_space(rest.front())) {
      step(1);
    } else if (rest.starts_with("//")) {
      step(std::min(rest.find('\n'), rest.size()));
    } else if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos) return refuse("has a comment that does not end", line_);
      step(end + 2);
    } else {
      break;
    }
  }
  return {};
}

Result<FilterToken> FilterLexer::next() {
  NHI_CHECK_OK(skip_space());
  if (at_ >= text_.size()) return made(FilterTokenKind::kEnd, {});
  const char first = text_[at_];
  if (first == '"' || first == '\'') return read_text();
  if (first == '`') return read_raw_text();
  if (chars::is_digit(first)) return read_number();
  if (!chars::is_word(first)) return read_sign();
  std::size_t end = at_;
  while (end < text_.size() && chars::is_word(text_[end])) ++end;
  FilterToken token = made(FilterTokenKind::kName, std::string(text_.substr(at_, end - at_)));
  step(end - at_);
  return token;
}

Result<FilterToken> FilterLexer::read_text() {
  constexpr std::string_view kLetters = "\\\"'abfnrtv";
  constexpr std::string_view kMeant = "\\\"'\a\b\f\n\r\t\v";
  const char quote = text_[at_];
  std::string value;
  for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
    const char c = text_[at];
    if (c == quote) {
      FilterToken token = made(FilterTokenKind::kText, std::move(value));
      step(at + 1 - at_);
      return token;
    }
    if (c == '\n') break;
    if (c != '\\') {
      value += c;
      continue;
    }
    ++at;
    if (at >= text_.size()) break;
    const std::size_t found = kLetters.find(text_[at]);
    if (found == std::string_view::npos) {
      return refuse("has an escape in a text that is not honoured", line_);
    }
    value += kMeant[found];
  }
  return refuse("has a text that does not end", line_);
}

// Two backticks are one.
Result<FilterToken> FilterLexer::read_raw_text() {
  std::string value;
  for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
    if (text_[at] != '`') {
      value += text_[at];
      continue;
    }
    if (text_.substr(at, 2) == "``") {
      value += '`';
      ++at;
      continue;
    }
    FilterToken token = made(FilterTokenKind::kText, std::move(value));
    step(at + 1 - at_);
    return token;
  }
  return refuse("has a text that does not end", line_);
}

Result<FilterToken> FilterLexer::read_number() {
  const char* const from = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  FilterToken token = made(FilterTokenKind::kNumber, {});
  const auto parsed = std::from_chars(from, end, token.number, std::chars_format::fixed);
  const bool cut = parsed.ptr == end || !(chars::is_word(*parsed.ptr) || *parsed.ptr == '.');
  if (parsed.ec != std::errc{} || !cut) {
    return refuse("has a number that is not honoured", line_);
  }
  token.text.assign(from, parsed.ptr);
  step(token.text.size());
  return token;
}

Result<FilterToken> FilterLexer::read_sign() {
  const std::string_view rest = text_.substr(at_);
  const auto* const sign = std::find_if(kSigns.begin(), kSigns.end(), [&](std::string_view known) {
    return rest.starts_with(known);
  });
  if (sign == kSigns.end()) {
    return refuse(fmt::format("has the byte {:#04x} outside of a text",
                              static_cast<unsigned char>(rest.front())),
                  line_);
  }
  FilterToken token = made(FilterTokenKind::kSign, std::string(*sign));
  step(sign->size());
  return token;
}

}  // namespace nhi
