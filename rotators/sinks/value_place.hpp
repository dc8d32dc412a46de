// value_place.hpp - finds a value in a document through its grammar, and writes another in its
// place.
//
// A place is named by its path, not by an offset: other edits may move it between plan and run.
// What is written is read again by the same grammar; either the edited places read as wanted and
// all else reads as before, or there is an error and no document.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi {

/// Longer values are not looked for. A private key of 16384 bits is 13 KiB.
inline constexpr std::size_t kPlaceValueBytesMax = 64 * 1024;
/// A place with a longer path is not named; a match there is kTooLarge.
inline constexpr std::size_t kPlacePathBytesMax = 4096;
/// Places of one value in one document; over it: kTooLarge.
inline constexpr std::size_t kPlacesMax = 1000;
/// Edits of one document at a time; over it: kTooLarge.
inline constexpr std::size_t kValueEditsMax = 1000;

/// Where a value stands in a document. Holds no secret; a plan stores it as it is.
struct ValueRef {
  std::string path;         // of the scalar, as PathTracker writes it
  std::size_t ordinal = 0;  // among the scalars of that path: keys may be doubled
  std::string part;  // "" the whole scalar; "secret", "account": of a connection string in it
  std::vector<std::string> encoding;  // taken off the scalar before `part` is looked for, outermost
                                      // first: "trim", "basic", "base64", "percent"
  friend bool operator==(const ValueRef&, const ValueRef&) = default;
};

/// What a finding knows besides the value.
struct PlaceHints {
  std::string account;  // its text; empty if not known
  Span account_span;    // in the stored bytes of the sweep; empty if not known
};

struct FoundValue {
  ValueRef secret;
  std::optional<ValueRef> account;
  Span span;  // of the scalar in the stored bytes, without its quotes
};

/// Every scalar, or part of one, whose value `is_old` knows, by position. The account is that of
/// the same connection string or login pair, else the scalar at the hinted span, else the one
/// sibling that reads as the hinted account.
/// Shapes: `document` as it is stored: UTF-8, an eight-bit set, or UTF-16 with its mark; at most
///         kWholeBytesMax. `is_old` is asked several times a scalar; linear time.
/// Errors: kTooLarge, kMalformed (of the document's text or grammar).
[[nodiscard]] Result<std::vector<FoundValue>> locate(Bytes document, Format format,
                                                     const PlaceHints& hints,
                                                     const std::function<bool(Bytes)>& is_old);

/// The value at a place. Errors: kNotFound if there is no such place; as locate.
[[nodiscard]] Result<SecretText> value_at(Bytes document, Format format, const ValueRef& place);

struct ValueEdit {
  ValueRef place;
  SecretText is;          // what stands there now
  SecretText becomes;     // UTF-8, not empty
  bool restores = false;  // `becomes` stood there before: what only some readers of the format
                          // would read otherwise is let pass
};

struct RewrittenDocument {
  SecretText bytes;                // as they are stored
  std::vector<ValueRef> requoted;  // stand in another quoting now: theirs did not hold the value
};

/// The document with all of `edits` made. Quoting, line ends, comments, character set and every
/// other byte stay.
/// Errors: kConflict if a place does not hold what the edit says; kNotFound if it is not there;
///         kBadUse if the format cannot hold a value there, or two edits are of one place;
///         kInternal if the result would not read as it should; as locate.
[[nodiscard]] Result<RewrittenDocument> rewritten(Bytes document, Format format,
                                                  std::span<const ValueEdit> edits);

}  // namespace nhi
