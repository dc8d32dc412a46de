#include "rotators/sinks/value_place.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "rotators/sinks/connection_text.hpp"
#include "rotators/sinks/document_text.hpp"
#include "rotators/sinks/document_walk.hpp"
#include "rotators/sinks/value_steps.hpp"
#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

using sinks::ConnectionPart;
using sinks::ConnectionText;
using sinks::DocumentText;

// A place whose path is not known yet: `scalar` counts the scalars of the document.
struct Pending {
  std::size_t scalar = 0;
  std::string part;
  std::vector<std::string> steps;
};

struct PendingSecret {
  Pending secret;
  std::optional<Pending> account;  // of the same connection string
  std::size_t group = 0;           // scalars of one group are siblings
  Span span;
};

struct Sibling {
  Pending place;
  std::size_t count = 0;
};

class Search {
 public:
  Search(const DocumentText& document, Format format, const PlaceHints& hints,
         const std::function<bool(Bytes)>& is_old)
      : document_(document), format_(format), hints_(hints), is_old_(is_old) {}
  Result<std::vector<FoundValue>> run();

 private:
  void track(const Token& token);
  std::size_t group_of(const Token& token) const;
  bool look_at(const Token& token);
  bool known(Bytes value) const {
    return !value.empty() && value.size() <= kPlaceValueBytesMax && is_old_(value);
  }
  bool match(Bytes text, PendingSecret& found) const;
  bool match_inner(Bytes inner, const std::vector<std::string>& steps, PendingSecret& found) const;
  void look_for_account(const Token& token);
  std::optional<Pending> account_of(const PendingSecret& found) const;
  Result<std::vector<FoundValue>> named() const;

  const DocumentText& document_;
  Format format_;
  const PlaceHints& hints_;
  const std::function<bool(Bytes)>& is_old_;
  std::vector<std::size_t> open_;  // groups of the open containers
  std::size_t groups_ = 0;
  std::size_t scalars_ = 0;
  std::vector<PendingSecret> found_;
  std::optional<Pending> hinted_;
  std::unordered_map<std::size_t, Sibling> siblings_;  // by group: scalars that read as the account
};

void Search::track(const Token& token) {
  open_.resize(std::min(open_.size(), token.depth));
  if (token.kind == TokenKind::kOpen) open_.push_back(++groups_);
}

// The text of an XML element is beside its other children's and the parent's attributes.
std::size_t Search::group_of(const Token& token) const {
  const bool text = format_ == Format::kXml && token.kind == TokenKind::kValue;
  const std::size_t up = text ? 2 : 1;
  return token.depth >= up && open_.size() > token.depth - up ? open_[token.depth - up] : 0;
}

bool Search::match_inner(Bytes inner, const std::vector<std::string>& steps,
                         PendingSecret& found) const {
  found.secret.steps = steps;
  if (known(inner)) return true;
  const Bytes trimmed = chars::trim(inner);
  if (!steps.empty() && trimmed.size() != inner.size() && known(trimmed)) {
    found.secret.steps.emplace_back("trim");
    return true;
  }
  const auto connection = ConnectionText::read(inner, sinks::pairs_behind(steps));
  if (!connection || !connection->has(ConnectionPart::kSecret)) return false;
  // A sweep that did not know the dialect saw the bytes as they stand.
  const SecretText secret = connection->value(ConnectionPart::kSecret);
  if (!known(secret.reveal()) && !known(slice(inner, connection->span(ConnectionPart::kSecret)))) {
    return false;
  }
  found.secret.part = "secret";
  if (connection->has(ConnectionPart::kAccount)) {
    found.account = found.secret;
    found.account->part = "account";
  }
  return true;
}

bool Search::match(Bytes text, PendingSecret& found) const {
  if (text.empty()) return false;
  for (const std::vector<std::string>& steps : sinks::likely_steps(text)) {
    const auto inner = sinks::unwrapped_all(steps, text);
    if (inner && match_inner(inner->reveal(), steps, found)) return true;
  }
  return false;
}

void Search::look_for_account(const Token& token) {
  const Bytes text = token.value.text;
  const Bytes trimmed = chars::trim(text);
  Pending place{scalars_, {}, {}};
  if (trimmed.size() != text.size()) place.steps.emplace_back("trim");
  const bool same = !hints_.account.empty() && trimmed == hints_.account;
  const Span stored = document_.to_stored(token.value.raw);
  const bool there = !hints_.account_span.empty() && stored.overlaps(hints_.account_span);
  if (there && (same || (hints_.account.empty() && !trimmed.empty()))) {
    hinted_ = place;
  } else if (there && !hinted_) {
    const auto connection = ConnectionText::read(text, false);
    if (connection && connection->value(ConnectionPart::kAccount).reveal() == hints_.account) {
      hinted_ = Pending{scalars_, "account", {}};
    }
  }
  if (!same) return;
  Sibling& sibling = siblings_[group_of(token)];
  if (sibling.count++ == 0) sibling.place = std::move(place);
}

bool Search::look_at(const Token& token) {
  if (!hints_.account.empty() || !hints_.account_span.empty()) look_for_account(token);
  PendingSecret found;
  if (match(token.value.text, found)) {
    found.secret.scalar = scalars_;
    if (found.account) found.account->scalar = scalars_;
    found.group = group_of(token);
    found.span = document_.to_stored(token.value.raw);
    found_.push_back(std::move(found));
  }
  ++scalars_;
  return found_.size() <= kPlacesMax;
}

std::optional<Pending> Search::account_of(const PendingSecret& found) const {
  if (found.account) return found.account;
  if (hinted_ && hinted_->scalar != found.secret.scalar) return hinted_;
  const auto sibling = siblings_.find(found.group);
  if (sibling == siblings_.end() || sibling->second.count != 1) return std::nullopt;
  if (sibling->second.place.scalar == found.secret.scalar) return std::nullopt;
  return sibling->second.place;
}

// Paths and ordinals of what was found: two more walks, so that the first keeps no paths.
Result<std::vector<FoundValue>> Search::named() const {
  std::map<std::size_t, ValueRef> wanted;
  for (const PendingSecret& found : found_) {
    wanted[found.secret.scalar];
    if (const auto account = account_of(found)) wanted[account->scalar];
  }
  PathTracker path(format_);
  std::size_t scalar = 0;
  bool too_long = false;
  NHI_CHECK_OK(tokenize(format_, document_.text(), [&](const Token& token) {
    path.on(token);
    if (!sinks::is_scalar(token)) return true;
    const auto place = wanted.find(scalar++);
    if (place == wanted.end()) return true;
    too_long = path.path().size() > kPlacePathBytesMax;
    if (!too_long) place->second.path = path.path();
    return !too_long;
  }));
  if (too_long) return fail(ErrorCode::kTooLarge, "path of a value is too long");
  std::unordered_map<std::string, std::size_t> seen;
  std::unordered_set<std::size_t> lengths;
  for (const auto& [at, ref] : wanted) {
    seen.emplace(ref.path, 0);
    lengths.insert(ref.path.size());
  }
  PathTracker again(format_);
  scalar = 0;
  NHI_CHECK_OK(tokenize(format_, document_.text(), [&](const Token& token) {
    again.on(token);
    if (!sinks::is_scalar(token)) return true;
    const std::size_t at = scalar++;
    if (!lengths.contains(again.path().size())) return true;
    const auto count = seen.find(std::string(again.path()));
    if (count == seen.end()) return true;
    const std::size_t ordinal = count->second++;
    if (const auto place = wanted.find(at); place != wanted.end()) place->second.ordinal = ordinal;
    return true;
  }));
  const auto ref = [&](const Pending& pending) {
    ValueRef full = wanted.at(pending.scalar);
    full.part = pending.part;
    full.encoding = pending.steps;
    return full;
  };
  std::vector<FoundValue> all;
  for (const PendingSecret& found : found_) {
    FoundValue value;
    value.secret = ref(found.secret);
    if (const auto account = account_of(found)) value.account = ref(*account);
    value.span = found.span;
    all.push_back(std::move(value));
  }
  return all;
}

Result<std::vector<FoundValue>> Search::run() {
  NHI_CHECK_OK(tokenize(format_, document_.text(), [&](const Token& token) {
    track(token);
    return !sinks::is_scalar(token) || look_at(token);
  }));
  if (found_.size() > kPlacesMax) {
    return fail(ErrorCode::kTooLarge, "value stands in too many places of one document");
  }
  if (found_.empty()) return std::vector<FoundValue>();
  return named();
}

Result<SecretText> part_of(const ValueRef& place, Bytes text) {
  NHI_TRY(SecretText inner, sinks::unwrapped_all(place.encoding, text));
  if (place.part.empty()) return inner;
  if (place.part != "secret" && place.part != "account") {
    return fail(ErrorCode::kBadUse, "no such part of a connection string", place.part);
  }
  const auto connection = ConnectionText::read(inner.reveal(), sinks::pairs_behind(place.encoding));
  const ConnectionPart part =
      place.part == "secret" ? ConnectionPart::kSecret : ConnectionPart::kAccount;
  if (!connection || !connection->has(part)) {
    return fail(ErrorCode::kNotFound, "value is no connection string with such a part", place.path);
  }
  return connection->value(part);
}

}  // namespace

Result<std::vector<FoundValue>> locate(Bytes document, Format format, const PlaceHints& hints,
                                       const std::function<bool(Bytes)>& is_old) {
  NHI_TRY(const DocumentText text, DocumentText::of(document));
  return Search(text, format, hints, is_old).run();
}

Result<SecretText> value_at(Bytes document, Format format, const ValueRef& place) {
  NHI_TRY(const DocumentText text, DocumentText::of(document));
  std::optional<Result<SecretText>> value;
  NHI_CHECK_OK(sinks::visit_places(
      format, text.text(), {place},
      [&](const Token& token, const std::vector<std::size_t>& wanted) -> Result<void> {
        if (!wanted.empty()) value = part_of(place, token.value.text);
        return {};
      }));
  if (!value) return fail(ErrorCode::kNotFound, "document has no such place", place.path);
  return std::move(*value);
}

}  // namespace nhi
