#include "scanner/identity/inline_ignore.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace nhi {
namespace {

constexpr auto kIgnoreWords =
    std::to_array<std::string_view>({"nhisweep:allow", "gitleaks:allow", "betterleaks:allow",
                                     "kingfisher:ignore", "pragma: allowlist secret"});

}  // namespace

bool ignored_on(Bytes line) {
  return std::any_of(kIgnoreWords.begin(), kIgnoreWords.end(),
                     [&](std::string_view word) { return line.find(word) != Bytes::npos; });
}

bool IgnoredLines::holds(std::uint64_t offset) {
  offset = std::min<std::uint64_t>(offset, text_.size());
  if (line_.start <= offset && offset < line_.end) return ignored_;
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t before = at == 0 ? Bytes::npos : text_.rfind('\n', at - 1);
  const std::size_t behind = text_.find('\n', at);
  line_.start = before == Bytes::npos ? 0 : before + 1;
  line_.end = behind == Bytes::npos ? text_.size() + 1 : behind + 1;
  ignored_ = ignored_on(slice(text_, {line_.start, line_.end - 1}));
  return ignored_;
}

}  // namespace nhi
