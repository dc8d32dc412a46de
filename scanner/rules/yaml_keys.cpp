#include "scanner/rules/yaml_keys.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

constexpr std::size_t kTextBytesMax = 16 * kKiB;
constexpr std::size_t kKeyShownMax = 80;

}  // namespace

Unexpected<Error> YamlKeys::refuse(std::size_t line, std::string what, std::string hint) const {
  const std::string text = rule_.empty() ? std::move(what) : "rule '" + rule_ + "': " + what;
  return fail(ErrorCode::kBadRule, text,
              file_ + ":" + std::to_string(std::max<std::size_t>(line, 1)), std::move(hint));
}

Unexpected<Error> YamlKeys::refuse(const YamlEntry& entry, const std::string& what,
                                   std::string hint) const {
  return refuse(entry.line, "'" + entry.key + "' " + what, std::move(hint));
}

Result<void> YamlKeys::check_keys(const YamlNode& map, std::span<const std::string_view> names,
                                  std::string_view key, std::string hint) const {
  const std::string quoted = key.empty() ? std::string() : "'" + std::string(key) + "'";
  if (map.kind != YamlNode::Kind::kMap) {
    return refuse(map.line, quoted + (key.empty() ? "" : " ") + "must be a map of keys");
  }
  for (const YamlEntry& entry : map.entries) {
    if (std::find(names.begin(), names.end(), entry.key) != names.end()) continue;
    const std::string_view near = nearest_name(entry.key, names);
    if (!near.empty()) hint = "did you mean '" + std::string(near) + "'?";
    return refuse(entry.line,
                  "unknown key '" + entry.key.substr(0, kKeyShownMax) + "'" +
                      (key.empty() ? "" : " in " + quoted),
                  std::move(hint));
  }
  return {};
}

Result<void> YamlKeys::read_text(const YamlEntry& entry, std::string& into) const {
  const YamlNode& node = entry.value;
  if (node.kind != YamlNode::Kind::kScalar || node.null) return refuse(entry, "must be text");
  if (node.scalar.size() > kTextBytesMax) return refuse(entry, "is over 16 KiB");
  into = node.scalar;
  return {};
}

Result<void> YamlKeys::read_number(const YamlEntry& entry, std::uint64_t most,
                                   std::uint64_t& into) const {
  const std::string& text = entry.value.scalar;
  const char* const end = text.data() + text.size();
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), end, value);
  const bool whole = entry.value.kind == YamlNode::Kind::kScalar && !text.empty() &&
                     parsed.ec == std::errc{} && parsed.ptr == end;
  if (!whole || value > most) {
    return refuse(entry, "must be a whole number from 0 to " + std::to_string(most));
  }
  into = value;
  return {};
}

}  // namespace nhi
