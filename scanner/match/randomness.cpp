#include "scanner/match/randomness.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "scanner/base/chars.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kLengths[] = {8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128};
constexpr std::size_t kAlphabets[] = {10, 16, 26, 32, 36, 52, 62, 64};
constexpr double kFloors[8][12] = {
    {1.24, 1.55, 1.72, 2.06, 2.29, 2.46, 2.67, 2.81, 2.89, 3.04, 3.11, 3.17},
    {1.56, 1.82, 2.07, 2.39, 2.65, 2.80, 3.08, 3.25, 3.39, 3.54, 3.71, 3.78},
    {1.85, 2.12, 2.38, 2.69, 2.95, 3.16, 3.45, 3.65, 3.81, 4.04, 4.26, 4.39},
    {1.99, 2.25, 2.45, 2.84, 3.09, 3.27, 3.58, 3.80, 3.99, 4.22, 4.49, 4.62},
    {2.03, 2.33, 2.53, 2.89, 3.17, 3.35, 3.68, 3.89, 4.07, 4.32, 4.59, 4.74},
    {2.21, 2.47, 2.71, 3.11, 3.35, 3.58, 3.89, 4.14, 4.34, 4.62, 4.93, 5.12},
    {2.25, 2.55, 2.78, 3.15, 3.43, 3.65, 4.01, 4.25, 4.43, 4.74, 5.08, 5.29},
    {2.29, 2.54, 2.81, 3.16, 3.48, 3.67, 4.01, 4.25, 4.46, 4.77, 5.12, 5.33},
};

}  // namespace

double shannon_bits_per_byte(Bytes text) {
  if (text.empty()) return 0;
  std::array<std::uint32_t, 256> counts{};
  std::array<std::uint64_t, 4> seen{};  // a bit a byte: most texts have few different ones
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ++counts[byte];
    seen[byte >> 6U] |= std::uint64_t{1} << (byte & 63U);
  }
  const auto total = static_cast<double>(text.size());
  double bits = 0;
  for (std::size_t word = 0; word < seen.size(); ++word) {
    for (std::uint64_t left = seen[word]; left != 0; left &= left - 1) {
      const std::size_t byte = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      const double p = static_cast<double>(counts[byte]) / total;
      bits -= p * std::log2(p);
    }
  }
  return bits;
}

std::size_t alphabet_size(Bytes value) {
  bool digit = false;
  bool upper = false;
  bool lower_case = false;
  bool beyond_hex = false;
  bool beyond_base32 = false;
  for (const char c : value) {
    if (is_digit(c)) {
      digit = true;
      beyond_base32 = beyond_base32 || c < '2' || c > '7';
    } else if (is_letter(c)) {
      (c >= 'a' ? lower_case : upper) = true;
      beyond_hex = beyond_hex || !is_hex(c);
    } else {
      return 64;
    }
  }
  const bool one_case = !(upper && lower_case);
  if (!upper && !lower_case) return 10;
  if (one_case && !beyond_hex && digit) return 16;
  if (one_case && !digit) return 26;
  if (one_case && upper && !beyond_base32) return 32;
  if (one_case) return 36;
  return digit ? 62 : 52;
}

double entropy_floor(std::size_t alphabet, std::size_t length) {
  if (length < kLengths[0]) return 0;
  std::size_t column = 0;
  while (column + 1 < std::size(kLengths) && kLengths[column + 1] <= length) ++column;
  std::size_t row = 0;
  while (row + 1 < std::size(kAlphabets) && kAlphabets[row + 1] <= alphabet) ++row;
  return kFloors[row][column];
}

}  // namespace nhi
