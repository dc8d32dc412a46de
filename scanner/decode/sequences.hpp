// sequences.hpp - escapes that stand inside otherwise plain text: where they are, what they mean.
#pragma once

#include <optional>

#include "scanner/base/bytes.hpp"
#include "scanner/decode/regions.hpp"

namespace nhi {

// All of them: ascending, linear, one pass; what is no valid sequence is left alone.

/// `&name;`, `&#N;`, `&#xH;`: the five of XML, the Latin-1 set, and the punctuation of HTML 5.
/// U+0000, surrogates and values over 10FFFF are no references.
/// Source: XML 1.0 sections 4.1 and 4.6; https://html.spec.whatwg.org/#named-character-references
void find_entities(Bytes bytes, const HitVisitor& visit);
inline constexpr Bytes kCdataOpen = "<![CDATA[";
/// The frames `<![CDATA[` and `]]>`, which are removed; a frame left open is one too.
void find_cdata_frames(Bytes bytes, const HitVisitor& visit);
/// `%XX`, any byte, and `%uXXXX`.
void find_percent(Bytes bytes, const HitVisitor& visit);
/// `\uXXXX` (pairs joined, lone surrogates left alone), `\u{H}`, `\UXXXXXXXX`, `\xXX` (one byte),
/// `\n \r \t \b \f \v`, backslash before punctuation, and backslash at a line end, which
/// goes with the next line's indentation (properties, shell, C).
/// Source: ECMA-404 section 9, ECMA-262 section 12.9.4, java.util.Properties.load
void find_escapes(Bytes bytes, const HitVisitor& visit);

enum class SequenceKind : std::uint8_t { kEntity, kPercent, kEscape };

/// No sequence is longer, and whether one starts at some place depends on no byte further behind.
inline constexpr std::size_t kSequenceLook = 272;

/// The first sequence that starts in [from, limit), of those that a search from `from` on finds.
[[nodiscard]] std::optional<Hit> next_sequence(Bytes bytes, SequenceKind kind, std::size_t from,
                                               std::size_t limit);

}  // namespace nhi
