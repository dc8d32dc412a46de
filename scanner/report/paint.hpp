// paint.hpp - colours and labelled lines of the terminal report.
#pragma once

#include <string>
#include <string_view>

#include "scanner/report/report.hpp"
#include "scanner/report/words.hpp"

namespace nhi {

enum class Ink : std::uint8_t { kBold, kDim, kRed, kYellow, kGreen, kCyan, kAlarm };

/// `text` in `ink` when colour was asked for, else `text` as it is.
/// Source: ECMA-48 SGR; the eight basic colours follow the terminal's own theme.
[[nodiscard]] inline std::string paint(const TextStyle& style, Ink ink, std::string_view text) {
  static constexpr std::string_view kCodes[] = {"1", "2", "31", "33", "32", "36", "1;31"};
  if (!style.colour) return std::string(text);
  std::string out = "\x1b[";
  out += kCodes[static_cast<std::size_t>(ink)];
  out += 'm';
  out += text;
  out += "\x1b[0m";
  return out;
}

[[nodiscard]] inline Ink ink_of(Level severity) {
  switch (severity) {
    case Level::kCritical:
      return Ink::kAlarm;
    case Level::kHigh:
      return Ink::kRed;
    case Level::kMedium:
      return Ink::kYellow;
    case Level::kLow:
      break;
  }
  return Ink::kCyan;
}

inline constexpr std::size_t kLabelColumns = 11;

/// "  label    text…" with the text wrapped under itself; nothing for an empty text.
[[nodiscard]] inline std::string labelled(const TextStyle& style, std::string_view label,
                                          std::string_view text) {
  if (text.empty()) return {};
  std::string body = wrapped(text, kLabelColumns, style.columns);
  std::string head = "  ";
  head += label;
  head.resize(std::max(head.size() + 1, kLabelColumns), ' ');
  return paint(style, Ink::kDim, head) + body.substr(std::min(kLabelColumns, body.size()));
}

}  // namespace nhi
