#include "scanner/sweep/estate_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

struct SpanUnit {
  char letter;
  std::int64_t seconds;
  std::string_view name;
};
constexpr auto kSpanUnits = std::to_array<SpanUnit>({{'w', 604800, "week"},
                                                     {'d', 86400, "day"},
                                                     {'h', 3600, "hour"},
                                                     {'m', 60, "minute"},
                                                     {'s', 1, "second"}});
constexpr std::int64_t kSpanMax = 36'500;  // of any unit: a hundred years of days

}  // namespace

Unexpected<Error> bad_node(const std::string& file, const YAML::Mark& mark, const std::string& what,
                           std::string hint) {
  return fail(ErrorCode::kBadUse, what,
              fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1), std::move(hint));
}

Result<void> check_keys(const std::string& file, const YAML::Node& map,
                        const std::vector<std::string_view>& known) {
  if (!map.IsMap()) return bad_node(file, map.Mark(), "a mapping is expected here");
  for (const auto& entry : map) {
    const std::string key = entry.first.as<std::string>("");
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return bad_node(file, entry.first.Mark(), "unknown key '" + key + "'",
                    "did you mean '" + std::string(nearest_name(key, known)) + "'?");
  }
  return {};
}

std::vector<std::string> strings_of(const YAML::Node& node) {
  std::vector<std::string> out;
  if (!node) return out;
  if (node.IsScalar()) out.push_back(node.as<std::string>());
  if (node.IsSequence()) {
    for (const auto& item : node) out.push_back(item.as<std::string>(""));
  }
  return out;
}

std::string normal_path(const fs::path& path) {
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text.empty() ? "." : text;
}

std::string path_from(const fs::path& folder, const std::string& path) {
  return normal_path(fs::path(path).is_absolute() ? fs::path(path) : folder / path);
}

Result<std::int64_t> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto* const known = std::find_if(
      kSpanUnits.begin(), kSpanUnits.end(),
      [&](const SpanUnit& candidate) { return unit == std::string_view(&candidate.letter, 1); });
  if (error != std::errc() || known == kSpanUnits.end() || count <= 0 || count > kSpanMax) {
    return fail(ErrorCode::kBadUse, "'" + std::string(text) + "' is not a span of time", "",
                "write 30m, 12h, 2d or 1w");
  }
  return count * known->seconds;
}

std::string span_text(std::int64_t seconds) {
  for (const SpanUnit& unit : kSpanUnits) {
    if (unit.letter == 'w' || seconds < unit.seconds) continue;  // days say more than weeks
    const std::int64_t count = seconds / unit.seconds;
    return fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return "no time";
}

}  // namespace nhi
