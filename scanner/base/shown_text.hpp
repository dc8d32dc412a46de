// shown_text.hpp - strings of strangers and numbers, made fit for a terminal, a page, JSON and a
// URI.
//
// Paths, components and owners are whatever somebody typed, or an attacker chose. Every format
// takes them through exactly one of these doors: valid_utf8() where the format escapes by itself
// (JSON), shown() where a person looks at the text (terminal, HTML), xml_escaped() in XML,
// percent_encoded() in a URI.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nhi {

/// Well-formed UTF-8: each byte that is not part of a well-formed sequence becomes U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// `text` for a person's eyes: valid UTF-8 without anything that steers a terminal or turns the
/// direction of a line. C0, DEL and C1 controls become `\xNN`; bidirectional and invisible controls
/// `\u{NNNN}`. Tabs and line ends too: a field is one line.
/// Source: CVE-2021-42574 (bidirectional overrides); ECMA-48 (C1 controls).
[[nodiscard]] std::string shown(std::string_view text);

/// `text` for XML 1.0, between tags and in attributes: as shown() has it, without the two code
/// points that XML forbids and shown() keeps, and with & < > " ' as entities.
/// Source: XML 1.0 (fifth edition), 2.2 Char, 2.4 and 3.3.3.
[[nodiscard]] std::string xml_escaped(std::string_view text);

/// RFC 3986: all but unreserved characters and '/' as %NN, so that raw bytes survive and no first
/// segment can be taken for a scheme.
[[nodiscard]] std::string percent_encoded(std::string_view path);

[[nodiscard]] std::string with_thousands(std::uint64_t number);  // "12,345"
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);      // "88.1 MB", powers of ten
/// "1 place", "2 places", "3 identities".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many);

/// Code points of `text`; a terminal shows about so many columns.
[[nodiscard]] std::size_t text_width(std::string_view text);

/// Breaks `text` at spaces into lines of at most `columns`, each after `indent` spaces. A word that
/// is longer than a line stands alone and whole, so that a path can still be copied.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace nhi
