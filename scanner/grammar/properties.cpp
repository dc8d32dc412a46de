// Java properties, as java.util.Properties reads them (its load() documentation).
#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

using grammar::append_copy;
using grammar::append_replaced;

bool is_blank_here(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool is_break(char c) { return c == '\r' || c == '\n'; }

class PropertiesReader {
 public:
  PropertiesReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  void skip_blank() {
    while (at_ < doc_.size() && is_blank_here(doc_[at_])) ++at_;
  }
  void skip_line() {
    while (at_ < doc_.size() && !is_break(doc_[at_])) ++at_;
  }
  bool read_escape(Scalar& scalar);
  void read_part(Scalar& scalar, bool key);
  void skip_continued_blank();

  Bytes doc_;
  const TokenVisitor& visit_;
  std::size_t at_ = 0;
};

// At a backslash. False if it joins two lines, which yields no bytes.
bool PropertiesReader::read_escape(Scalar& scalar) {
  const std::size_t start = at_;
  if (start + 1 >= doc_.size()) {  // a last lone backslash
    ++at_;
    return false;
  }
  const char c = doc_[start + 1];
  if (is_break(c)) {
    at_ += c == '\r' && doc_.substr(start + 2, 1) == "\n" ? 3 : 2;
    skip_blank();
    return false;
  }
  std::string text;
  std::size_t used = grammar::read_u_escape(doc_, start, text);
  if (used == 0) {
    constexpr std::string_view kLetters = "tnrf";
    constexpr std::string_view kMeanings = "\t\n\r\f";
    const std::size_t which = kLetters.find(c);
    text = which == std::string_view::npos ? doc_.substr(start + 1, 1) : kMeanings.substr(which, 1);
    used = 2;
  }
  append_replaced(scalar, start, start + used, text);
  at_ += used;
  return true;
}

void PropertiesReader::read_part(Scalar& scalar, bool key) {
  scalar.raw = {at_, at_};
  while (at_ < doc_.size() && !is_break(doc_[at_])) {
    const char c = doc_[at_];
    if (key && (c == '=' || c == ':' || is_blank_here(c))) return;
    if (c == '\\') {
      if (read_escape(scalar))
        scalar.raw.end = at_;
      else if (scalar.text.empty())
        scalar.raw = {at_, at_};
      continue;
    }
    append_copy(scalar, doc_, at_, at_ + 1);
    scalar.raw.end = ++at_;
  }
}

// Blanks before a value may themselves be continued over lines.
void PropertiesReader::skip_continued_blank() {
  skip_blank();
  while (at_ + 1 < doc_.size() && doc_[at_] == '\\' && is_break(doc_[at_ + 1])) {
    Scalar none;
    read_escape(none);
  }
}

Result<void> PropertiesReader::run() {
  at_ = grammar::bom_bytes(doc_);
  std::size_t index = 0;
  while (true) {
    while (at_ < doc_.size() && (is_blank_here(doc_[at_]) || is_break(doc_[at_]))) ++at_;
    if (at_ >= doc_.size()) return {};
    if (doc_[at_] == '#' || doc_[at_] == '!') {
      skip_line();
      continue;
    }
    const std::size_t start = at_;
    Scalar key;
    read_part(key, true);
    skip_continued_blank();
    if (at_ < doc_.size() && (doc_[at_] == '=' || doc_[at_] == ':')) {
      ++at_;
      skip_continued_blank();
    }
    Token token;
    read_part(token.value, false);
    if (token.value.map.runs() > kScalarRunsMax) {
      return fail(grammar::too_large(doc_, start, "value has too many escapes"));
    }
    if (key.text.empty() && token.value.text.empty()) continue;  // a lone continuation mark
    token.kind = TokenKind::kValue;
    token.name = key.text;
    token.index = index++;
    token.span = {start, token.value.raw.end};
    if (!visit_(token)) return {};
  }
}

}  // namespace

Result<void> tokenize_properties(Bytes document, const TokenVisitor& visit) {
  return PropertiesReader(document, visit).run();
}

}  // namespace nhi
