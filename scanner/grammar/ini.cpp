// ini: sections, `key = value` or `key: value`, comments on lines of their own or behind a value.
#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

Bytes trim(Bytes text) {
  while (!text.empty() && grammar::is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && grammar::is_space(text.back())) text.remove_suffix(1);
  return text;
}

class IniReader {
 public:
  IniReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  bool read_line(Bytes line);
  bool open_section(Bytes line, std::size_t end);
  bool close_section(std::size_t end);
  void read_value(Bytes text, Scalar& scalar);
  std::size_t offset(Bytes part) const {
    return static_cast<std::size_t>(part.data() - doc_.data());
  }

  Bytes doc_;
  const TokenVisitor& visit_;
  bool in_section_ = false;
  std::string_view section_;
  std::size_t section_start_ = 0;
  std::size_t last_end_ = 0;
  std::size_t roots_ = 0;
  std::size_t children_ = 0;
};

bool IniReader::close_section(std::size_t end) {
  if (!in_section_) return true;
  in_section_ = false;
  Token token;
  token.kind = TokenKind::kClose;
  token.container = Container::kSection;
  token.name = section_;
  token.span = {section_start_, end};
  token.index = roots_ - 1;
  return visit_(token);
}

bool IniReader::open_section(Bytes line, std::size_t end) {
  if (!close_section(last_end_)) return false;
  section_ = trim(line.substr(1, end - 1));
  section_start_ = offset(line);
  in_section_ = true;
  children_ = 0;
  Token token;
  token.kind = TokenKind::kOpen;
  token.container = Container::kSection;
  token.name = section_;
  token.span = {section_start_, section_start_ + end + 1};
  token.index = roots_++;
  return visit_(token);
}

// Quotes are taken off when the value begins with one that is closed; a comment may follow.
void IniReader::read_value(Bytes text, Scalar& scalar) {
  const char quote = text.empty() ? ' ' : text.front();
  if (quote == '"' || quote == '\'') {
    const std::size_t end = text.rfind(quote);
    const std::size_t first = text.find(quote, 1);
    const Bytes after = first == Bytes::npos ? Bytes("x") : trim(text.substr(first + 1));
    if (first != Bytes::npos && (after.empty() || after[0] == ';' || after[0] == '#')) {
      text = text.substr(1, first - 1);
      scalar.quoting = quote == '"' ? Quoting::kDouble : Quoting::kSingle;
    } else if (end > 0 && end + 1 == text.size()) {
      text = text.substr(1, end - 1);
      scalar.quoting = quote == '"' ? Quoting::kDouble : Quoting::kSingle;
    }
  }
  if (scalar.quoting == Quoting::kBare) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      const bool mark = text[i] == ';' || text[i] == '#';
      if (mark && grammar::is_blank(text[i - 1]) && grammar::is_blank(text[i + 1])) {
        text = trim(text.substr(0, i));
        break;
      }
    }
  }
  const std::size_t start = offset(text);
  scalar.raw = {start, start + text.size()};
  grammar::append_copy(scalar, doc_, start, start + text.size());
}

bool IniReader::read_line(Bytes line) {
  if (line.empty() || line.front() == ';' || line.front() == '#') return true;
  if (line.front() == '[') {
    const std::size_t end = line.find(']');
    if (end != Bytes::npos) {
      const bool go_on = open_section(line, end);
      last_end_ = offset(line) + line.size();
      return go_on;
    }
  }
  const std::size_t key_quote = line.front() == '"' ? line.find('"', 1) : std::string_view::npos;
  const std::size_t from = key_quote == Bytes::npos ? 0 : key_quote;
  std::size_t split = line.find('=', from);
  if (split == Bytes::npos) split = line.find(':', from);
  Token token;
  token.kind = TokenKind::kValue;
  Bytes key = trim(line.substr(0, split));
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  token.name = key;
  token.depth = in_section_ ? 1 : 0;
  token.index = in_section_ ? children_++ : roots_++;
  const Bytes rest = split == Bytes::npos ? line.substr(line.size()) : line.substr(split + 1);
  read_value(rest.empty() ? rest : trim(rest), token.value);
  const std::size_t start = offset(line);
  token.span = {start, start + line.size()};
  last_end_ = start + line.size();
  return visit_(token);
}

Result<void> IniReader::run() {
  std::size_t at = grammar::bom_bytes(doc_);
  while (at < doc_.size()) {
    const std::size_t found = doc_.find('\n', at);
    const std::size_t end = found == Bytes::npos ? doc_.size() : found;
    if (!read_line(trim(doc_.substr(at, end - at)))) return {};
    at = end + 1;
  }
  close_section(last_end_);
  return {};
}

}  // namespace

Result<void> tokenize_ini(Bytes document, const TokenVisitor& visit) {
  return IniReader(document, visit).run();
}

}  // namespace nhi
