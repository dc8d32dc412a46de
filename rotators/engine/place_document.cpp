#include "rotators/engine/place_document.hpp"

#include <algorithm>

#include "rotators/engine/key_place.hpp"
#include "rotators/sinks/document_format.hpp"
#include "rotators/sinks/value_place.hpp"

namespace nhi {
namespace {

ValueRef ref_of(const PlannedValue& value) {
  return {value.path, static_cast<std::size_t>(value.ordinal), value.part, value.encoding};
}
PlannedValue planned(const ValueRef& ref) {
  return {ref.path, ref.ordinal, ref.part, ref.encoding};
}

std::optional<Format> format_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Format::kPgpass); ++i) {
    if (to_string(static_cast<Format>(i)) == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

Result<Format> grammar_of(const std::string& format) {
  if (const auto known = format_named(format)) return *known;
  return fail(ErrorCode::kMalformed, "no such format: " + format);
}

std::vector<ValueEdit> edits_of(const PlannedPlace& place, const PlaceEdit& edit) {
  std::vector<ValueEdit> edits;
  edits.reserve(place.secrets.size() + place.accounts.size());
  for (const PlannedValue& secret : place.secrets) {
    edits.push_back({ref_of(secret), edit.is->clone(), edit.becomes->clone(), edit.restores});
  }
  for (const PlannedValue& account : place.accounts) {
    ValueEdit change{ref_of(account), SecretText(edit.account_is), SecretText(edit.account_becomes),
                     edit.restores};
    // One account may stand for several values.
    const bool there = std::any_of(edits.begin(), edits.end(), [&](const ValueEdit& other) {
      return other.place == change.place;
    });
    if (!there) edits.push_back(std::move(change));
  }
  return edits;
}

}  // namespace

std::optional<std::string> document_format(const std::string& path, Bytes document) {
  if (const auto grammar = format_of_document(path, document)) {
    return std::string(to_string(*grammar));
  }
  const bool keys = !locate_keys(document, [](Bytes) { return true; }).empty();
  return keys ? std::optional<std::string>(kKeyFormat) : std::nullopt;
}

Result<std::vector<DocumentValue>> values_in(Bytes document, const std::string& format,
                                             const PlaceHint& hint, const IsValue& is_value) {
  std::vector<DocumentValue> all;
  if (format == kKeyFormat) {
    for (PlannedValue& key : locate_keys(document, is_value)) {
      all.push_back({std::move(key), std::nullopt});
    }
    return all;
  }
  NHI_TRY(const Format grammar, grammar_of(format));
  NHI_TRY(const std::vector<FoundValue> found,
          locate(document, grammar, {hint.account_text, hint.account}, is_value));
  for (const FoundValue& value : found) {
    all.push_back({planned(value.secret),
                   value.account ? std::optional(planned(*value.account)) : std::nullopt});
  }
  return all;
}

Result<SecretText> value_in(Bytes document, const std::string& format, const PlannedValue& at) {
  if (format == kKeyFormat) return key_at(document, at);
  NHI_TRY(const Format grammar, grammar_of(format));
  return value_at(document, grammar, ref_of(at));
}

Result<SecretText> changed_document(Bytes document, const PlannedPlace& place,
                                    const PlaceEdit& edit) {
  if (place.format == kKeyFormat) return with_keys(document, place.secrets, edit);
  NHI_TRY(const Format grammar, grammar_of(place.format));
  const std::vector<ValueEdit> edits = edits_of(place, edit);
  NHI_TRY(RewrittenDocument fresh, rewritten(document, grammar, edits));
  return std::move(fresh.bytes);
}

}  // namespace nhi
