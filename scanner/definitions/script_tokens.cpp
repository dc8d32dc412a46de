#include "scanner/definitions/script_tokens.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/grammar/scan.hpp"

namespace nhi::definitions {
namespace {

bool starts_word(char c) {
  return chars::is_letter(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) { return starts_word(c) || chars::is_digit(c); }

class ScriptReader {
 public:
  explicit ScriptReader(Bytes script) : script_(script) {}
  std::vector<ScriptToken> run();
  std::string comments();

 private:
  void add(ScriptTokenKind kind, std::size_t start, std::size_t end) {
    tokens_.push_back({kind, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)});
    at_ = end;
  }
  bool skip_comment();
  bool skip_expression();
  std::size_t string_end() const;

  Bytes script_;
  std::size_t at_ = 0;
  std::vector<ScriptToken> tokens_;
  bool keep_comments_ = false;
  std::string kept_;
  bool no_template_ = false;  // a backtick without its partner was met: look for no other
};

bool ScriptReader::skip_comment() {
  const Bytes two = script_.substr(at_, 2);
  if (two != "//" && two != "/*") return false;
  const std::size_t end = two == "//" ? script_.find('\n', at_) : script_.find("*/", at_ + 2);
  const std::size_t text_end = std::min(end, script_.size());
  if (keep_comments_) {
    kept_.replace(at_ + 2, text_end - at_ - 2, script_.substr(at_ + 2, text_end - at_ - 2));
  }
  at_ = end == Bytes::npos ? script_.size() : (two == "//" ? end : end + 2);
  return true;
}

// A `/` begins a regular expression where a value is expected and it is closed on its line.
bool ScriptReader::skip_expression() {
  if (!tokens_.empty()) {
    const ScriptToken& last = tokens_.back();
    const Bytes text = script_.substr(last.start, last.end - last.start);
    const bool value =
        last.kind != ScriptTokenKind::kMark || text == ")" || text == "]" || text == "}";
    if (value && text != "return" && text != "typeof") return false;
  }
  bool in_class = false;
  for (std::size_t i = at_ + 1; i < script_.size() && script_[i] != '\n'; ++i) {
    const char c = script_[i];
    if (c == '\\') {
      ++i;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '/' && !in_class) {
      at_ = i + 1;
      return true;
    }
  }
  return false;
}

// Behind the closing quote, or at_ + 1 when the string is not closed.
std::size_t ScriptReader::string_end() const {
  const char quote = script_[at_];
  if (quote == '`' && no_template_) return at_ + 1;
  for (std::size_t i = at_ + 1; i < script_.size(); ++i) {
    const char c = script_[i];
    if (c == quote) return i + 1;
    if (c == '\\') {
      ++i;  // an escaped line end goes on
      if (i < script_.size() && script_[i] == '\r') i += script_.substr(i + 1, 1) == "\n" ? 1 : 0;
    } else if (c == '\n' && quote != '`') {
      break;
    }
  }
  return at_ + 1;
}

std::vector<ScriptToken> ScriptReader::run() {
  script_ = script_.substr(0, UINT32_MAX);
  while (at_ < script_.size() && tokens_.size() < kScriptTokensMax) {
    const char c = script_[at_];
    if (chars::is_space(c) || c == '\f' || c == '\v') {
      ++at_;
    } else if (c == '/' && (skip_comment() || skip_expression())) {
      continue;
    } else if (chars::is_quote(c)) {
      const std::size_t end = string_end();
      if (c == '`' && end == at_ + 1) no_template_ = true;
      add(end == at_ + 1 ? ScriptTokenKind::kMark : ScriptTokenKind::kString, at_, end);
    } else if (starts_word(c)) {
      std::size_t end = at_ + 1;
      while (end < script_.size() && in_word(script_[end])) ++end;
      add(ScriptTokenKind::kWord, at_, end);
    } else if (chars::is_digit(c)) {
      std::size_t end = at_ + 1;
      while (end < script_.size() && (chars::is_word(script_[end]) || script_[end] == '.')) ++end;
      add(ScriptTokenKind::kNumber, at_, end);
    } else {
      const Bytes two = script_.substr(at_, 2);
      const bool pair = two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "||" ||
                        two == "&&" || two == "=>" || two == "+=" || two == "++" || two == "??";
      add(ScriptTokenKind::kMark, at_, at_ + (pair ? 2 : 1));
    }
  }
  return std::move(tokens_);
}

std::string ScriptReader::comments() {
  keep_comments_ = true;
  kept_.assign(script_.size(), ' ');
  (void)run();
  return std::move(kept_);
}

}  // namespace

std::vector<ScriptToken> tokenize_script(Bytes script) { return ScriptReader(script).run(); }

std::string comments_only(Bytes script) {
  if (script.find("//") == Bytes::npos && script.find("/*") == Bytes::npos) return {};
  std::string kept = ScriptReader(script).comments();
  return kept.find('(') == std::string::npos ? std::string() : kept;
}

Scalar read_literal(Bytes script, const ScriptToken& token) {
  Scalar scalar;
  const std::size_t end = token.end - 1;
  scalar.raw = {token.start + 1, end};
  std::size_t i = token.start + 1;
  while (i < end) {
    const std::size_t stop = std::min(script.substr(0, end).find('\\', i), end);
    grammar::append_copy(scalar, script, i, stop);
    if (stop + 1 >= end) {
      grammar::append_copy(scalar, script, stop, end);
      break;
    }
    std::string text;
    std::uint32_t code = 0;
    std::size_t used = grammar::read_u_escape(script, stop, text);
    if (used == 0 && script[stop + 1] == 'x' && grammar::read_hex(script, stop + 2, 2, code)) {
      text = grammar::utf8_of(code);
      used = 4;
    }
    if (used == 0) {
      constexpr std::string_view kLetters = "bfnrtv0";
      constexpr std::string_view kMeanings("\b\f\n\r\t\v\0", 7);
      const std::size_t which = kLetters.find(script[stop + 1]);
      const bool line = script[stop + 1] == '\n' || script[stop + 1] == '\r';
      if (which != std::string_view::npos)
        text = kMeanings.substr(which, 1);
      else if (!line)
        text = script.substr(stop + 1, 1);
      used = line && script.substr(stop + 1, 2) == "\r\n" ? 3 : 2;
    }
    used = std::min(used, end - stop);
    grammar::append_replaced(scalar, stop, stop + used, text);
    i = stop + used;
  }
  return scalar;
}

}  // namespace nhi::definitions
