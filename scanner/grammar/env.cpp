// .env files and the assignments of a shell: KEY=value, quoting taken off, nothing expanded.
#include <algorithm>

#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

using grammar::append_copy;
using grammar::append_replaced;
using grammar::is_blank;
using grammar::is_space;

bool is_key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

class EnvReader {
 public:
  EnvReader(Bytes document, const TokenVisitor& visit) : doc_(document), visit_(visit) {}
  Result<void> run();

 private:
  std::size_t line_end(std::size_t at) const {
    const std::size_t found = doc_.find('\n', at);
    return found == Bytes::npos ? doc_.size() : found;
  }
  bool read_double(std::size_t start, std::size_t& end, Scalar& scalar);
  bool read_quoted(Scalar& scalar);
  void read_bare(Scalar& scalar);

  Bytes doc_;
  const TokenVisitor& visit_;
  std::size_t at_ = 0;
  // Once a quote was found not to be closed, no later one of its kind is looked for: linear time.
  bool no_single_ = false;
  bool no_double_ = false;
};

// From behind a `"`; false if it is not closed.
bool EnvReader::read_double(std::size_t start, std::size_t& end, Scalar& scalar) {
  std::size_t i = start;
  while (true) {
    const std::size_t stop = doc_.find_first_of("\"\\", i);
    if (stop == Bytes::npos || (doc_[stop] == '\\' && stop + 1 >= doc_.size())) return false;
    append_copy(scalar, doc_, i, stop);
    if (doc_[stop] == '"') {
      end = stop;
      return true;
    }
    const char c = doc_[stop + 1];
    if (c == '\n') {
      // A line joined to the next yields nothing.
    } else if (c == '"' || c == '\\' || c == '$' || c == '`') {
      append_replaced(scalar, stop, stop + 2, doc_.substr(stop + 1, 1));
    } else {
      append_copy(scalar, doc_, stop, stop + 2);
    }
    i = stop + 2;
    if (scalar.map.runs() > kScalarRunsMax) return false;
  }
}

// Quoted pieces and what touches them; false if a quote is not closed.
bool EnvReader::read_quoted(Scalar& scalar) {
  std::size_t i = at_;
  const bool single = doc_[i] == '\'';
  scalar.quoting = single ? Quoting::kSingle : Quoting::kDouble;
  bool first = true;
  scalar.raw.start = i + 1;
  while (i < doc_.size() && !is_space(doc_[i])) {
    std::size_t end = 0;
    if (doc_[i] == '\'') {
      end = no_single_ ? Bytes::npos : doc_.find('\'', i + 1);
      if (end == Bytes::npos) {
        no_single_ = true;
        return false;
      }
      append_copy(scalar, doc_, i + 1, end);
      scalar.raw.end = first ? end : end + 1;
      i = end + 1;
    } else if (doc_[i] == '"') {
      if (no_double_ || !read_double(i + 1, end, scalar)) {
        no_double_ = true;
        return false;
      }
      scalar.raw.end = first ? end : end + 1;
      i = end + 1;
    } else {
      append_copy(scalar, doc_, i, i + 1);
      scalar.raw.end = ++i;
    }
    first = false;
  }
  at_ = i;
  return true;
}

void EnvReader::read_bare(Scalar& scalar) {
  std::size_t end = line_end(at_);
  const std::size_t start = at_;
  for (std::size_t i = start; i < end; ++i) {
    if (doc_[i] == '#' && i > start && is_blank(doc_[i - 1])) end = i;
  }
  at_ = end;
  while (end > start && is_space(doc_[end - 1])) --end;
  scalar = {};
  scalar.raw = {start, end};
  append_copy(scalar, doc_, start, end);
}

Result<void> EnvReader::run() {
  at_ = grammar::bom_bytes(doc_);
  std::size_t index = 0;
  for (; at_ < doc_.size(); at_ = line_end(at_) + 1) {
    while (at_ < doc_.size() && is_space(doc_[at_])) ++at_;
    for (const std::string_view word : {std::string_view("export"), std::string_view("set")}) {
      if (doc_.substr(at_, word.size()) != word || at_ + word.size() >= doc_.size()) continue;
      if (!is_blank(doc_[at_ + word.size()])) continue;
      at_ += word.size();
      while (at_ < doc_.size() && is_blank(doc_[at_])) ++at_;
    }
    const std::size_t start = at_;
    while (at_ < doc_.size() && is_key_byte(doc_[at_])) ++at_;
    Token token;
    token.name = doc_.substr(start, at_ - start);
    while (at_ < doc_.size() && is_blank(doc_[at_])) ++at_;
    if (token.name.empty() || at_ >= doc_.size() || doc_[at_] != '=') continue;
    ++at_;
    while (at_ < doc_.size() && is_blank(doc_[at_])) ++at_;
    const bool quoted = at_ < doc_.size() && (doc_[at_] == '"' || doc_[at_] == '\'');
    if (!quoted || !read_quoted(token.value)) read_bare(token.value);
    token.kind = TokenKind::kValue;
    token.index = index++;
    token.span = {start, std::max<std::uint64_t>(start, token.value.raw.end)};
    if (!visit_(token)) return {};
  }
  return {};
}

}  // namespace

Result<void> tokenize_env(Bytes document, const TokenVisitor& visit) {
  return EnvReader(document, visit).run();
}

}  // namespace nhi
