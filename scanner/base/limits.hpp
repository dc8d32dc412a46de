// limits.hpp - every limit of the scanner, with its unit and what happens when it is reached.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nhi {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

/// A blob up to this size is one view; a larger one is cut into segments.
inline constexpr std::size_t kWholeBytesMax = 64 * kMiB;
/// So large is a segment; one of many is a unit of work that fits the budget several times.
inline constexpr std::size_t kSegmentBytes = 8 * kMiB;
/// No match is longer, unless its rule declares more; segments overlap by this.
inline constexpr std::size_t kMatchBytesMax = 64 * kKiB;
/// A rule file; the largest known public set is 0.4 MiB. Over it: kTooLarge.
inline constexpr std::size_t kRuleFileBytesMax = 8 * kMiB;
/// Rules of one file written for another program. Over it: kTooLarge.
inline constexpr std::size_t kForeignRulesMax = 10'000;
/// An estate, configuration, owners or baseline file.
inline constexpr std::size_t kConfigFileBytesMax = 8 * kMiB;
/// Decoding steps within each other (utf-16 > xml-entity > base64 is three).
inline constexpr unsigned kDecodeDepthMax = 6;
/// Decoded bytes one blob may yield, as a multiple of its size; over it: by_policy.
inline constexpr std::size_t kDecodeExpansionMax = 8;
/// Nesting of elements, objects or arrays that a grammar follows; over it: kMalformed.
inline constexpr std::size_t kGrammarDepthMax = 512;
/// Folders within each other that the walker follows; over it: unread.
inline constexpr std::size_t kFolderDepthMax = 512;
/// Unread places listed by name; all are counted.
inline constexpr std::size_t kUnreadListedMax = 10'000;
/// Definitions are parsed up to this size; over it plain matching only, and the file is unread.
inline constexpr std::size_t kDefinitionBytesMax = kWholeBytesMax;
/// RE2 memory for one rule.
inline constexpr std::int64_t kRegexMemoryBytes = 1 * std::int64_t{kMiB};
/// Peak resident set by default, and the least that is accepted.
inline constexpr std::size_t kMemoryMibDefault = 512;
inline constexpr std::size_t kMemoryMibMin = 256;

/// A network file system that answers nothing for so long is left alone: unread. Its own client
/// tells of trouble much sooner, and tries for ever unless it was mounted `soft`.
inline constexpr unsigned kAnswerSecondsMax = 30;

}  // namespace nhi
