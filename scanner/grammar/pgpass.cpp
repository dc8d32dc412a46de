// PostgreSQL's password file, as libpq reads it (passwordFromFile in fe-connect.c).
#include <array>

#include "scanner/grammar/scan.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 5> kFields = {"host", "port", "database", "user",
                                                     "password"};

// The field at `at`, which is afterwards at the colon that ends it, or at `end`.
Scalar read_field(Bytes document, std::size_t& at, std::size_t end) {
  Scalar scalar;
  const std::size_t start = at;
  while (at < end && document[at] != ':') {
    if (document[at] == '\\' && at + 1 < end) {
      grammar::append_replaced(scalar, at, at + 2, document.substr(at + 1, 1));
      at += 2;
    } else {
      grammar::append_copy(scalar, document, at, at + 1);
      ++at;
    }
  }
  scalar.raw = {start, at};
  return scalar;
}

// One line; false if the visitor wants no more. A line of fewer fields is none to libpq either.
bool read_line(Bytes document, std::size_t start, std::size_t end, std::size_t& entries,
               const TokenVisitor& visit) {
  std::array<Scalar, kFields.size()> fields;
  std::size_t at = start;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    fields[i] = read_field(document, at, end);
    if (i + 1 == kFields.size()) break;
    if (at >= end) return true;
    ++at;
  }
  Token token;
  token.kind = TokenKind::kOpen;
  token.container = Container::kMapping;
  token.index = entries++;
  token.span = {start, start};
  if (!visit(token)) return false;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    Token field;
    field.kind = TokenKind::kValue;
    field.name = kFields[i];
    field.depth = 1;
    field.index = i;
    field.span = fields[i].raw;
    field.value = std::move(fields[i]);
    if (!visit(field)) return false;
  }
  token.kind = TokenKind::kClose;
  token.span = {start, at};
  return visit(token);
}

}  // namespace

Result<void> tokenize_pgpass(Bytes document, const TokenVisitor& visit) {
  std::size_t at = grammar::bom_bytes(document);
  std::size_t entries = 0;
  while (at < document.size()) {
    const std::size_t found = document.find('\n', at);
    const std::size_t next = found == Bytes::npos ? document.size() : found + 1;
    std::size_t end = found == Bytes::npos ? document.size() : found;
    while (end > at && document[end - 1] == '\r') --end;
    const bool comment = end == at || document[at] == '#';
    if (!comment && !read_line(document, at, end, entries, visit)) return {};
    at = next;
  }
  return {};
}

}  // namespace nhi
