#include "scanner/rules/toml_keys.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

constexpr std::uint64_t kWholeMax = 1'000'000;
constexpr std::size_t kKeyShownMax = 80;

}  // namespace

Error TomlKeys::problem(std::size_t line, const std::string& what, std::string hint) const {
  const std::string text = rule_.empty() ? what : "rule '" + rule_ + "': " + what;
  return {ErrorCode::kBadRule, text, file_ + ":" + std::to_string(line), std::move(hint)};
}

Error TomlKeys::problem(const YamlEntry& entry, const std::string& what, std::string hint) const {
  return problem(entry.line, "'" + entry.key + "' " + what, std::move(hint));
}

Unexpected<Error> TomlKeys::refuse(std::size_t line, const std::string& what,
                                   std::string hint) const {
  return fail(problem(line, what, std::move(hint)));
}

Unexpected<Error> TomlKeys::refuse(const YamlEntry& entry, const std::string& what,
                                   std::string hint) const {
  return fail(problem(entry, what, std::move(hint)));
}

Result<std::string> TomlKeys::known_key(const YamlEntry& entry,
                                        std::span<const std::string_view> names) const {
  std::string key = chars::folded(entry.key);
  if (std::find(names.begin(), names.end(), key) != names.end()) return key;
  const std::string_view near = nearest_name(key, names);
  return refuse(entry.line, "unknown key '" + entry.key.substr(0, kKeyShownMax) + "'",
                near.empty() ? "neither Gitleaks 8 nor Betterleaks has such a key"
                             : "did you mean '" + std::string(near) + "'?");
}

Result<void> TomlKeys::read_text(const YamlEntry& entry, std::string& into) const {
  if (entry.value.kind != YamlNode::Kind::kScalar || !entry.value.quoted) {
    return refuse(entry, "must be a string");
  }
  into = entry.value.scalar;
  return {};
}

Result<void> TomlKeys::read_list(const YamlEntry& entry, std::vector<std::string>& into) const {
  if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be an array");
  for (const YamlNode& item : entry.value.items) {
    std::string text;
    NHI_CHECK_OK(read_text({entry.key, item.line, item}, text));
    into.push_back(std::move(text));
  }
  return {};
}

Result<void> TomlKeys::read_bool(const YamlEntry& entry, bool& into) const {
  const std::string& text = entry.value.scalar;
  if (entry.value.quoted || (text != "true" && text != "false")) {
    return refuse(entry, "must be true or false");
  }
  into = text == "true";
  return {};
}

Result<void> TomlKeys::read_whole(const YamlEntry& entry, std::uint64_t& into) const {
  const std::string& text = entry.value.scalar;
  const char* const end = text.data() + text.size();
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), end, value);
  if (entry.value.quoted || text.empty() || parsed.ec != std::errc{} || parsed.ptr != end ||
      value > kWholeMax) {
    return refuse(entry, "must be a whole number from 0 to " + std::to_string(kWholeMax));
  }
  into = value;
  return {};
}

}  // namespace nhi
