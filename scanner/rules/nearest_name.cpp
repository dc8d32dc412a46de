#include "scanner/rules/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nhi {
namespace {

constexpr std::size_t kLengthMax = 64;
using Row = std::array<std::size_t, kLengthMax + 1>;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view text, std::span<const std::string_view> names) {
  if (text.size() > kLengthMax) return {};
  std::string_view best;
  std::size_t best_distance = kLengthMax + 1;
  for (const std::string_view name : names) {
    if (name.size() > kLengthMax) continue;
    const std::size_t distance = edit_distance(text, name);
    const std::size_t allowed = std::max<std::size_t>(1, std::max(text.size(), name.size()) / 3);
    if (distance > allowed || distance >= best_distance) continue;
    best = name;
    best_distance = distance;
  }
  return best;
}

}  // namespace nhi
