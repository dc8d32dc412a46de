// enum_words.hpp - one table of words an enum, indexed by value: printing and parsing share it, so
// they cannot disagree. Private to this room.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

template <class Enum, std::size_t n>
std::string_view word(const std::array<std::string_view, n>& words, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  NHI_ASSERT(index < n);
  return words[index];
}

template <class Enum, std::size_t n>
std::optional<Enum> parse(const std::array<std::string_view, n>& words, std::string_view text) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace nhi
