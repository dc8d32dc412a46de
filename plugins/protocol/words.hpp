// words.hpp - enumerations and the words that stand for them in the protocol.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nhi {

// The words of an enumeration whose values count from 0, in their order.
template <std::size_t N>
using Words = std::array<std::string_view, N>;

template <class Enum, std::size_t N>
[[nodiscard]] std::string word_of(Enum value, const Words<N>& words) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

template <class Enum, std::size_t N>
[[nodiscard]] std::optional<Enum> value_of(std::string_view word, const Words<N>& words) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace nhi
