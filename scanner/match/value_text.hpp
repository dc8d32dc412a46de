// value_text.hpp - what a value's own text says: a sentence, a version, a path, something encoded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "scanner/match/generic.hpp"

namespace nhi {

[[nodiscard]] inline std::size_t count_if_char(Bytes text, bool (*test)(char)) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), test));
}
[[nodiscard]] inline bool holds_any(Bytes text, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    return text.find(mark) != std::string_view::npos;
  });
}

/// At least so many tenths of its letters stand in words.
[[nodiscard]] inline bool mostly_wordy(const JudgedValue& candidate, std::size_t tenths) {
  return candidate.shape.letters != 0 &&
         candidate.shape.wordy * 10 >= candidate.shape.letters * tenths;
}
/// `123`, `2020`, `!`: what people put behind a stock word so that it passes.
[[nodiscard]] bool has_trivial_rest(Bytes value);

/// What base64 holds, if that is text; else empty.
[[nodiscard]] std::string encoded_text(Bytes value);
/// Bytes enough of each kind for something that nobody made up.
[[nodiscard]] bool is_mixed(Bytes value);

/// Its words say where the value is or why there is none (`see-keepass`, `keyring:db`, `kerberos`);
/// a guess, for people choose words.
[[nodiscard]] bool tells_where(Bytes value);

/// Something is put into it before it is used.
[[nodiscard]] bool is_template(const JudgedValue& candidate);
/// Why the text is no secret, by a word for the counter; else empty.
[[nodiscard]] std::string_view judge_text(const JudgedValue& candidate);

}  // namespace nhi
