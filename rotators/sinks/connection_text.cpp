#include "rotators/sinks/connection_text.hpp"

#include <algorithm>
#include <utility>

#include "rotators/sinks/percent.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/secret_buffer.hpp"

namespace nhi::sinks {
namespace {

char closing_of(char quote) { return quote == '{' ? '}' : quote; }

bool has_any(Bytes text, std::string_view wanted) {
  return text.find_first_of(wanted) != Bytes::npos;
}

bool has_control(Bytes text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; });
}

bool blank_at_an_end(Bytes text) {
  return !text.empty() && (chars::is_space(text.front()) || chars::is_space(text.back()));
}

// True if `text` has a pair with this key.
bool has_key(const std::string& folded, std::string_view key) {
  for (std::size_t at = folded.find(key); at != std::string::npos; at = folded.find(key, at + 1)) {
    const Bytes before = chars::trim(Bytes(folded).substr(0, at));
    const Bytes after = chars::trim(Bytes(folded).substr(at + key.size()));
    if ((before.empty() || before.back() == ';') && after.starts_with("=")) return true;
  }
  return false;
}

// In quotes, with the closing mark doubled.
void add_doubled(SecretBuffer& out, Bytes value, char closing) {
  for (const char c : value) {
    out.add(c);
    if (c == closing) out.add(c);
  }
}

SecretText undoubled(Bytes text, char closing) {
  SecretBuffer out(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.add(text[i]);
    if (text[i] == closing && i + 1 < text.size() && text[i + 1] == closing) ++i;
  }
  return out.secret();
}

SecretText without_backslashes(Bytes text) {
  SecretBuffer out(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out.add(text[i]);
  }
  return out.secret();
}

// The quote a bare value needs, or a blank. ADO.NET: DbConnectionOptions; ODBC: what stands between
// braces is passed on as it is, whatever it holds.
char needed_quote(Bytes value, bool braces) {
  if (braces) {
    return has_any(value, "[]{}(),;?*=!@'\"") || blank_at_an_end(value) || has_control(value) ? '{'
                                                                                              : ' ';
  }
  const bool needed = has_any(value, ";'\"=") || blank_at_an_end(value) || has_control(value) ||
                      value.starts_with("{");
  if (!needed) return ' ';
  return value.find('"') != Bytes::npos && value.find('\'') == Bytes::npos ? '\'' : '"';
}

Unexpected<Error> cannot_hold(std::string_view why) {
  return fail(ErrorCode::kBadUse, "connection string cannot hold this value: " + std::string(why),
              {}, "choose a value of letters and digits");
}

}  // namespace

SecretText apply_pieces(Bytes text, const std::vector<TextPiece>& pieces) {
  SecretBuffer out(text.size() + 64);
  std::size_t at = 0;
  for (const TextPiece& piece : pieces) {
    out.add(text.substr(at, static_cast<std::size_t>(piece.span.start) - at));
    out.add(piece.becomes.reveal());
    at = static_cast<std::size_t>(piece.span.end);
  }
  return out.add(text.substr(at)).secret();
}

ConnectionText::ConnectionText(Bytes text, ConnectionParts parts, Dialect dialect)
    : text_(text), parts_(std::move(parts)), dialect_(dialect) {}

ConnectionText::Dialect ConnectionText::dialect_of(Bytes text, const ConnectionParts& parts) {
  if (parts.percent_encoded) return Dialect::kUrl;
  if (parts.scheme == "jdbc:oracle") return Dialect::kOracle;
  if (parts.scheme == "jdbc:sqlserver") return Dialect::kBraces;
  if (!parts.scheme.empty()) return Dialect::kPlain;
  if (text.find(';') == Bytes::npos) return Dialect::kLibpq;
  std::string folded = chars::folded(text);
  const bool odbc = has_key(folded, "driver") || has_key(folded, "dsn");
  wipe(folded);
  return odbc ? Dialect::kOdbc : Dialect::kAdo;
}

std::optional<ConnectionText> ConnectionText::read(Bytes text, bool pairs) {
  if (text.size() > kConnectionBytesMax) return std::nullopt;
  if (auto parts = parse_connection(text)) {
    const Dialect dialect = dialect_of(text, *parts);
    return ConnectionText(text, std::move(*parts), dialect);
  }
  const std::size_t colon = text.find(':');
  if (!pairs || colon == Bytes::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  ConnectionParts parts;
  parts.account = {0, colon};
  parts.secret = {colon + 1, text.size()};
  return ConnectionText(text, std::move(parts), Dialect::kLoginPair);
}

Span ConnectionText::span(ConnectionPart part) const {
  return part == ConnectionPart::kSecret ? parts_.secret : parts_.account;
}

// The mark that opens the quotes around `span`, or a blank.
char ConnectionText::quote_around(Span span) const {
  if (dialect_ == Dialect::kLoginPair) return ' ';
  if (span.start == 0 || span.end >= text_.size()) return ' ';
  const char before = text_[static_cast<std::size_t>(span.start) - 1];
  const char after = text_[static_cast<std::size_t>(span.end)];
  const bool quote = before == '"' || before == '\'' || before == '{';
  return quote && after == closing_of(before) ? before : ' ';
}

SecretText ConnectionText::value(ConnectionPart part) const {
  const Span where = span(part);
  const Bytes raw = slice(text_, where);
  const char quote = quote_around(where);
  if (dialect_ == Dialect::kUrl) return percent_decoded(raw);
  if (dialect_ == Dialect::kLibpq) return without_backslashes(raw);
  if (quote != ' ' && dialect_ != Dialect::kOracle) return undoubled(raw, closing_of(quote));
  return SecretText(raw);
}

Result<TextPiece> ConnectionText::piece(ConnectionPart part, Bytes value, bool& requoted) const {
  TextPiece piece;
  piece.span = span(part);
  if (piece.span.empty()) {
    return fail(ErrorCode::kNotFound, "connection string has no such part");
  }
  if (value.empty()) return cannot_hold("it is empty");
  char quote = quote_around(piece.span);
  const bool quoted = quote != ' ';
  SecretBuffer out(value.size() * 2 + 2);
  switch (dialect_) {
    case Dialect::kUrl:
      piece.becomes = percent_encoded(value);
      return piece;
    case Dialect::kLoginPair:
      if (part == ConnectionPart::kAccount && has_any(value, ":")) return cannot_hold("a colon");
      piece.becomes = SecretText(value);
      return piece;
    case Dialect::kPlain:
      if (!chars::all_are(value,
                          [](char c) { return chars::is_word(c) || c == '-' || c == '.'; })) {
        return cannot_hold("its driver knows no quoting");
      }
      break;
    case Dialect::kOracle: {
      const bool plain = chars::all_are(value, chars::is_word);
      if (has_any(value, "\"") || has_control(value)) return cannot_hold("a quote");
      if (!plain && part == ConnectionPart::kAccount) return cannot_hold("it needs quotes");
      if (!plain && !quoted) quote = '"';
      break;
    }
    case Dialect::kLibpq: {
      const bool blanks = std::any_of(value.begin(), value.end(), chars::is_space);
      if (!quoted && (blanks || value.starts_with("\"") || value.starts_with("{"))) quote = '\'';
      if (quote != ' ' && has_any(value, "'\\")) return cannot_hold("blanks and quotes");
      break;
    }
    default:
      if (!quoted) quote = needed_quote(value, dialect_ != Dialect::kAdo);
      break;
  }
  if (value.find('\0') != Bytes::npos) return cannot_hold("a zero byte");
  const bool opens = !quoted && quote != ' ';
  requoted = requoted || opens;
  if (opens) out.add(quote);
  if (dialect_ == Dialect::kLibpq) {
    for (const char c : value) {
      if (c == '\'' || c == '\\') out.add('\\');
      out.add(c);
    }
  } else if (quote != ' ') {
    add_doubled(out, value, closing_of(quote));
  } else {
    out.add(value);
  }
  if (opens) out.add(closing_of(quote));
  piece.becomes = out.secret();
  return piece;
}

bool ConnectionText::same_but(const ConnectionText& other) const {
  return dialect_ == other.dialect_ && parts_.scheme == other.parts_.scheme &&
         parts_.host == other.parts_.host && parts_.port == other.parts_.port &&
         parts_.database == other.parts_.database && parts_.instance == other.parts_.instance &&
         parts_.percent_encoded == other.parts_.percent_encoded;
}

Result<ConnectionText::Change> ConnectionText::changed(const SecretText* secret,
                                                       const SecretText* account) const {
  Change change;
  if (secret != nullptr) {
    NHI_TRY(TextPiece piece,
            this->piece(ConnectionPart::kSecret, secret->reveal(), change.requoted));
    change.pieces.push_back(std::move(piece));
  }
  if (account != nullptr) {
    NHI_TRY(TextPiece piece,
            this->piece(ConnectionPart::kAccount, account->reveal(), change.requoted));
    change.pieces.push_back(std::move(piece));
  }
  std::sort(change.pieces.begin(), change.pieces.end(),
            [](const TextPiece& a, const TextPiece& b) { return a.span < b.span; });
  if (change.pieces.size() == 2 && change.pieces[0].span.overlaps(change.pieces[1].span)) {
    return fail(ErrorCode::kBadUse, "secret and account are one place");
  }
  const SecretText text = apply_pieces(text_, change.pieces);
  const auto again = read(text.reveal(), dialect_ == Dialect::kLoginPair);
  if (!again || !same_but(*again)) return cannot_hold("the other parts would change");
  for (const ConnectionPart part : {ConnectionPart::kSecret, ConnectionPart::kAccount}) {
    const SecretText* given = part == ConnectionPart::kSecret ? secret : account;
    const SecretText now = again->value(part);
    const SecretText before = value(part);
    if (now.reveal() != (given != nullptr ? given->reveal() : before.reveal())) {
      return cannot_hold("it would be read otherwise");
    }
  }
  return change;
}

}  // namespace nhi::sinks
