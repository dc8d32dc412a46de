// The writing half of value_place.hpp.
#include <algorithm>
#include <utility>

#include "rotators/sinks/connection_text.hpp"
#include "rotators/sinks/document_text.hpp"
#include "rotators/sinks/document_walk.hpp"
#include "rotators/sinks/scalar_style.hpp"
#include "rotators/sinks/value_place.hpp"
#include "rotators/sinks/value_steps.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/secret_buffer.hpp"

namespace nhi {
namespace {

using sinks::ConnectionPart;
using sinks::ConnectionText;
using sinks::DocumentText;
using sinks::ScalarPlace;
using sinks::TextPiece;

// What becomes of one scalar.
struct ScalarChange {
  std::size_t scalar = 0;  // which one in the document
  SecretText text;         // what it shall read
  Quoting quoting = Quoting::kBare;
  std::vector<TextPiece> pieces;  // of the document's text
};

Unexpected<Error> not_rewritable(std::string_view why, const ValueRef& place) {
  return fail(ErrorCode::kBadUse, "value cannot be replaced in place: " + std::string(why),
              place.path);
}

// The edits of one scalar, all behind the same steps.
struct ScalarEdits {
  ValueRef place;  // of one of them
  const ValueEdit* whole = nullptr;
  const ValueEdit* secret = nullptr;
  const ValueEdit* account = nullptr;
  [[nodiscard]] bool restores() const {
    return (whole == nullptr || whole->restores) && (secret == nullptr || secret->restores) &&
           (account == nullptr || account->restores);
  }
};

Result<ScalarEdits> grouped(std::span<const ValueEdit> edits, const std::vector<std::size_t>& at) {
  ScalarEdits group;
  group.place = edits[at[0]].place;
  for (const std::size_t i : at) {
    const ValueEdit& edit = edits[i];
    const ValueEdit** slot = edit.place.part.empty()        ? &group.whole
                             : edit.place.part == "secret"  ? &group.secret
                             : edit.place.part == "account" ? &group.account
                                                            : nullptr;
    if (slot == nullptr) {
      return fail(ErrorCode::kBadUse, "no such part of a connection string", edit.place.part);
    }
    if (*slot != nullptr || edit.place.encoding != edits[at[0]].place.encoding) {
      return fail(ErrorCode::kBadUse, "two edits of one value", edit.place.path);
    }
    *slot = &edit;
  }
  if (group.whole != nullptr && at.size() > 1) {
    return fail(ErrorCode::kBadUse, "two edits of one value", edits[at[0]].place.path);
  }
  return group;
}

Result<void> holds(const ValueEdit& edit, Bytes now) {
  if (edit.is.reveal() == now) return {};
  return fail(ErrorCode::kConflict, "value is not the one that was expected", edit.place.path);
}

// The pieces of `text` that the edits replace once every step is taken off.
Result<std::vector<TextPiece>> inner_pieces(const ScalarEdits& edits, Bytes text, bool& requoted) {
  std::vector<TextPiece> pieces;
  if (edits.whole != nullptr) {
    NHI_CHECK_OK(holds(*edits.whole, text));
    pieces.push_back({{0, text.size()}, edits.whole->becomes.clone()});
    return pieces;
  }
  const ValueRef& place = edits.place;
  const auto connection = ConnectionText::read(text, sinks::pairs_behind(place.encoding));
  if (!connection) return fail(ErrorCode::kNotFound, "value is no connection string", place.path);
  if (edits.secret != nullptr) {
    NHI_CHECK_OK(holds(*edits.secret, connection->value(ConnectionPart::kSecret).reveal()));
  }
  if (edits.account != nullptr) {
    NHI_CHECK_OK(holds(*edits.account, connection->value(ConnectionPart::kAccount).reveal()));
  }
  NHI_TRY(ConnectionText::Change change,
          connection->changed(edits.secret != nullptr ? &edits.secret->becomes : nullptr,
                              edits.account != nullptr ? &edits.account->becomes : nullptr));
  requoted = requoted || change.requoted;
  return std::move(change.pieces);
}

// The pieces of the scalar's text. A frame stays and its inside moves; any other step is done again
// over the whole. At most kStepsMax deep.
Result<std::vector<TextPiece>> pieces_behind(std::span<const std::string> steps, Bytes text,
                                             const ScalarEdits& edits, bool& requoted) {
  if (steps.empty()) return inner_pieces(edits, text, requoted);
  const std::string& step = steps.front();
  NHI_TRY(const SecretText inner, sinks::unwrapped(step, text));
  NHI_TRY(std::vector<TextPiece> pieces,
          pieces_behind(steps.subspan(1), inner.reveal(), edits, requoted));
  const SecretText changed = sinks::apply_pieces(inner.reveal(), pieces);
  NHI_TRY(SecretText whole, sinks::wrapped_like(step, text, changed.reveal()));
  if (sinks::is_frame(step)) {
    const std::uint64_t shift = sinks::inside_of(step, text).start;
    for (TextPiece& piece : pieces) piece.span = {piece.span.start + shift, piece.span.end + shift};
    return pieces;
  }
  std::vector<TextPiece> one;
  one.push_back({{0, text.size()}, std::move(whole)});
  return one;
}

// What the walk knows of the document around a scalar.
struct Surroundings {
  Format format{};
  Bytes text;
  bool ascii_only = false;
  bool any_bytes = false;
  bool knows_single = false;
  bool knows_double = false;
};

// The bytes of the document that give way for `span` of the scalar's text.
Result<Span> span_in_document(const Surroundings& around, const Token& token, Span span,
                              const ValueRef& place) {
  const Scalar& value = token.value;
  const bool whole = span.start == 0 && span.end == value.text.size();
  if (around.format != Format::kXml) return whole ? value.raw : value.map.to_source(span);
  const Span exact = value.map.to_source(span);
  const Bytes raw = slice(around.text, exact);
  if (value.quoting == Quoting::kCdata) {
    // Sections that only keep `]]>` apart are one text; anything else between would be lost.
    constexpr std::string_view kSeam = "]]><![CDATA[";
    for (std::size_t at = raw.find("]]>"); at != Bytes::npos; at = raw.find("]]>", at + 3)) {
      if (raw.substr(at, kSeam.size()) != kSeam) return not_rewritable("mixed text", place);
    }
    const Bytes before = around.text.substr(0, static_cast<std::size_t>(exact.start));
    const std::size_t opens = before.rfind("<![CDATA[");
    if (opens == Bytes::npos || before.find("]]>", opens) != Bytes::npos) {
      return not_rewritable("text before a CDATA section", place);
    }
  } else if (token.kind == TokenKind::kValue &&
             (raw.find("<!") != Bytes::npos || raw.find("<?") != Bytes::npos)) {
    return not_rewritable("a comment or a section inside", place);
  }
  return exact;
}

// A scalar with its quotes. A shell word may have several quoted pieces; they go together.
Result<Span> with_quotes(const Surroundings& around, const Token& token, const ValueRef& place) {
  Span outer = token.value.raw;
  const std::string_view mark = sinks::quote_mark(token.value.quoting);
  if (mark.empty()) {
    if (token.value.quoting == Quoting::kBare) return outer;
    return not_rewritable("its quoting does not hold the value", place);
  }
  if (outer.start == 0) return not_rewritable("its quotes are not where they should be", place);
  outer.start -= 1;
  if (slice(around.text, {outer.end, outer.end + 1}) == mark) outer.end += 1;
  return outer;
}

// True if a shell word is more than one pair of quotes.
bool is_joined_word(const Surroundings& around, const Token& token) {
  if (around.format != Format::kEnv || token.value.quoting == Quoting::kBare) return false;
  const Bytes raw = slice(around.text, token.value.raw);
  const char mark = sinks::quote_mark(token.value.quoting)[0];
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && mark == '"')
      ++i;
    else if (raw[i] == mark)
      return true;
  }
  return false;
}

ScalarPlace place_of(const Surroundings& around, const Token& token, bool flow, bool restores) {
  ScalarPlace place;
  place.format = around.format;
  place.quoting = token.value.quoting;
  place.attribute = token.kind == TokenKind::kAttribute;
  place.ascii_only = around.ascii_only;
  place.any_bytes = around.any_bytes;
  place.flow = flow;
  place.typed = token.value.quoting == Quoting::kBare &&
                sinks::is_typed_word(around.format, token.value.text);
  place.knows_single = around.knows_single;
  place.knows_double = around.knows_double;
  place.restores = restores;
  if (token.value.quoting != Quoting::kBlock) return place;
  const auto start = static_cast<std::size_t>(token.value.raw.start);
  const Bytes before = around.text.substr(0, start);
  const std::size_t newline = before.rfind('\n');
  place.indent = before.substr(newline + 1);
  if (newline != Bytes::npos && newline > 0 && before[newline - 1] == '\r') place.line_end = "\r\n";
  const Bytes header = before.substr(0, newline == Bytes::npos ? 0 : newline);
  const std::size_t line = header.rfind('\n') == Bytes::npos ? 0 : header.rfind('\n') + 1;
  place.folded = header.substr(line).find_last_of(">|") != Bytes::npos &&
                 header.substr(line)[header.substr(line).find_last_of(">|")] == '>';
  return place;
}

// The change of one scalar; `moved` if it stands in another quoting afterwards.
Result<ScalarChange> change_of(const Surroundings& around, const Token& token, bool flow,
                               const ScalarEdits& edits, bool& moved) {
  const ValueRef& ref = edits.place;
  const std::vector<std::string>& steps = ref.encoding;
  if (steps.size() > sinks::kStepsMax) {
    return fail(ErrorCode::kBadUse, "too many encodings of a value", ref.path);
  }
  NHI_TRY(const std::vector<TextPiece> pieces,
          pieces_behind(steps, token.value.text, edits, moved));
  ScalarChange change;
  change.text = sinks::apply_pieces(token.value.text, pieces);
  const ScalarPlace place = place_of(around, token, flow, edits.restores());
  NHI_TRY(change.quoting, sinks::fitting_quoting(place, change.text.reveal()));
  const bool anew = change.quoting != token.value.quoting || is_joined_word(around, token);
  if (anew) {
    moved = true;
    NHI_TRY(const Span outer, with_quotes(around, token, ref));
    const std::string_view mark = sinks::quote_mark(change.quoting);
    SecretBuffer out(change.text.size() * 2 + 2);
    out.add(mark);
    out.add(sinks::escaped(place, change.quoting, change.text.reveal(), true).reveal());
    out.add(mark);
    change.pieces.push_back({outer, out.secret()});
    return change;
  }
  for (const TextPiece& piece : pieces) {
    NHI_TRY(const Span span, span_in_document(around, token, piece.span, ref));
    change.pieces.push_back({span, sinks::escaped(place, change.quoting, piece.becomes.reveal(),
                                                  piece.span.start == 0)});
  }
  return change;
}

// YAML only: whether the innermost container is written in brackets.
class FlowTracker {
 public:
  void on(const Token& token) {
    if (token.kind == TokenKind::kClose) {
      flow_.resize(std::min(flow_.size(), token.depth));
    } else if (token.kind == TokenKind::kOpen) {
      flow_.resize(std::min(flow_.size(), token.depth));
      flow_.push_back(!token.span.empty());
    }
  }
  [[nodiscard]] bool in_flow() const { return !flow_.empty() && flow_.back(); }

 private:
  std::vector<bool> flow_;
};

// What a document says, apart from the scalars at `changed` (ascending), and what those say.
struct Meaning {
  Digest rest{};
  std::vector<SecretText> changed;
};

Result<Meaning> meaning_of(Format format, Bytes text, const std::vector<ScalarChange>& changes) {
  Meaning meaning;
  Sha256 rest;
  std::size_t scalar = 0;
  auto next = changes.begin();
  NHI_CHECK_OK(tokenize(format, text, [&](const Token& token) {
    FieldBytes shape;
    const bool value = sinks::is_scalar(token);
    const bool is_changed = value && next != changes.end() && next->scalar == scalar;
    scalar += value ? 1 : 0;
    const char kinds[] = {static_cast<char>(token.kind), static_cast<char>(token.container),
                          static_cast<char>(is_changed ? Quoting::kBare : token.value.quoting)};
    shape.add(Bytes(kinds, sizeof kinds)).add(token.name);
    shape.add(std::to_string(token.depth) + "," + std::to_string(token.index) + "," +
              std::to_string(is_changed ? 0 : token.value.text.size()));
    rest.add(shape.bytes());
    if (is_changed) {
      meaning.changed.emplace_back(token.value.text);
      ++next;
    } else {
      rest.add(token.value.text);
    }
    return true;
  }));
  meaning.rest = rest.finish();
  return meaning;
}

Result<void> prove(Format format, Bytes before, Bytes after,
                   const std::vector<ScalarChange>& changes) {
  const auto otherwise = [] {
    return fail(ErrorCode::kBadUse,
                "the document cannot hold this value: it would not read as it should");
  };
  NHI_TRY(const Meaning was, meaning_of(format, before, changes));
  const auto is = meaning_of(format, after, changes);
  if (!is || is->rest != was.rest || is->changed.size() != changes.size()) return otherwise();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (is->changed[i].reveal() != changes[i].text.reveal()) return otherwise();
  }
  return {};
}

Result<Surroundings> surroundings_of(Format format, const DocumentText& document) {
  Surroundings around;
  around.format = format;
  around.text = document.text();
  around.ascii_only = document.ascii_only(format);
  around.any_bytes = document.takes_any_bytes();
  if (format != Format::kIni) return around;
  NHI_CHECK_OK(tokenize(format, around.text, [&](const Token& token) {
    around.knows_single = around.knows_single || token.value.quoting == Quoting::kSingle;
    around.knows_double = around.knows_double || token.value.quoting == Quoting::kDouble;
    return true;
  }));
  return around;
}

Result<std::vector<ScalarChange>> changes_of(const Surroundings& around,
                                             std::span<const ValueEdit> edits,
                                             std::vector<ValueRef>& requoted) {
  std::vector<ValueRef> places;
  for (const ValueEdit& edit : edits) places.push_back(edit.place);
  sinks::WantedPlaces wanted(places);
  PathTracker path(around.format);
  FlowTracker flow;
  std::vector<ScalarChange> changes;
  std::size_t scalar = 0;
  std::size_t found = 0;
  Result<void> status;
  const auto take = [&](const Token& token, const std::vector<std::size_t>& at) -> Result<void> {
    NHI_TRY(const ScalarEdits group, grouped(edits, at));
    bool moved = false;
    NHI_TRY(ScalarChange change, change_of(around, token, flow.in_flow(), group, moved));
    change.scalar = scalar;
    if (moved) requoted.push_back(group.place);
    changes.push_back(std::move(change));
    found += at.size();
    return {};
  };
  NHI_CHECK_OK(tokenize(around.format, around.text, [&](const Token& token) {
    path.on(token);
    flow.on(token);
    if (!sinks::is_scalar(token)) return true;
    const std::vector<std::size_t> at = wanted.at(path.path());
    if (!at.empty()) status = take(token, at);
    ++scalar;
    return status.has_value();
  }));
  NHI_CHECK_OK(std::move(status));
  if (found != edits.size()) return fail(ErrorCode::kNotFound, "document has no such place");
  return changes;
}

}  // namespace

Result<RewrittenDocument> rewritten(Bytes document, Format format,
                                    std::span<const ValueEdit> edits) {
  if (edits.size() > kValueEditsMax) return fail(ErrorCode::kTooLarge, "too many edits");
  NHI_TRY(const DocumentText text, DocumentText::of(document));
  NHI_TRY(const Surroundings around, surroundings_of(format, text));
  RewrittenDocument result;
  NHI_TRY(std::vector<ScalarChange> changes, changes_of(around, edits, result.requoted));
  std::vector<TextPiece> pieces;
  for (ScalarChange& change : changes) {
    for (TextPiece& piece : change.pieces) pieces.push_back(std::move(piece));
  }
  std::uint64_t end = 0;
  for (const TextPiece& piece : pieces) {
    if (piece.span.start < end) return fail(ErrorCode::kInternal, "edits overlap");
    end = piece.span.end;
  }
  const SecretText after = sinks::apply_pieces(around.text, pieces);
  NHI_CHECK_OK(prove(format, around.text, after.reveal(), changes));
  NHI_TRY(result.bytes, text.stored(after.reveal()));
  // A character set that was told by the bytes must be told the same way afterwards.
  NHI_TRY(const DocumentText again, DocumentText::of(result.bytes.reveal()));
  if (again.wide() != text.wide() || again.text() != after.reveal()) {
    return fail(ErrorCode::kInternal, "the character set would change: nothing is written");
  }
  return result;
}

}  // namespace nhi
