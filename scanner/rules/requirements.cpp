#include "scanner/rules/requirements.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/checksum_template.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

using Status = Result<void>;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kKeys = {
    "min_digits",    "min_uppercase",      "min_lowercase", "min_special_chars",
    "special_chars", "ignore_if_contains", "checksum"};
constexpr std::array<std::string_view, 3> kChecksumKeys = {"actual", "expected", "skip_if_missing"};
constexpr std::array<std::string_view, 2> kActualKeys = {"template", "requires_capture"};

constexpr std::size_t kTextBytesMax = 16 * kKiB;
constexpr std::uint64_t kCountMax = 1'000'000;

class RequirementsReader {
 public:
  RequirementsReader(const std::string& file, const std::string& rule) : file_(file), rule_(rule) {}

  Result<Requirements> read(const YamlEntry& entry) const {
    NHI_CHECK_OK(check_keys(entry, kKeys));
    Requirements made;
    for (const YamlEntry& part : entry.value.entries) {
      if (!part.value.null) NHI_CHECK_OK(read_part(part, made));
    }
    return made;
  }

 private:
  Unexpected<Error> refuse(std::size_t line, const std::string& what, std::string hint = {}) const {
    return fail(ErrorCode::kBadRule, "rule '" + rule_ + "': " + what,
                file_ + ":" + std::to_string(line), std::move(hint));
  }
  Unexpected<Error> refuse(const YamlEntry& entry, const std::string& what,
                           std::string hint = {}) const {
    return refuse(entry.line, "'" + entry.key + "' " + what, std::move(hint));
  }

  Status check_keys(const YamlEntry& map, Names names) const {
    if (map.value.kind != YamlNode::Kind::kMap) return refuse(map, "must be a map of keys");
    for (const YamlEntry& entry : map.value.entries) {
      if (std::find(names.begin(), names.end(), entry.key) != names.end()) continue;
      const std::string_view near = nearest_name(entry.key, names);
      return refuse(entry.line,
                    "unknown key '" + entry.key.substr(0, 80) + "' in '" + map.key + "'",
                    near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
    }
    return {};
  }

  Status read_text(const YamlEntry& entry, std::string& into) const {
    const YamlNode& node = entry.value;
    if (node.kind != YamlNode::Kind::kScalar || node.null) return refuse(entry, "must be text");
    if (node.scalar.size() > kTextBytesMax) return refuse(entry, "is over 16 KiB");
    into = node.scalar;
    return {};
  }

  Status read_ascii(const YamlEntry& entry, std::string& into) const {
    NHI_CHECK_OK(read_text(entry, into));
    if (!std::any_of(into.begin(), into.end(), chars::is_high)) return {};
    return refuse(entry, "holds a character outside of ASCII");
  }

  Status read_count(const YamlEntry& entry, std::optional<std::uint64_t>& into) const {
    const std::string& text = entry.value.scalar;
    const char* const end = text.data() + text.size();
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), end, value);
    const bool whole = entry.value.kind == YamlNode::Kind::kScalar && !text.empty() &&
                       parsed.ec == std::errc{} && parsed.ptr == end;
    if (!whole || value > kCountMax) {
      return refuse(entry, "must be a whole number from 0 to " + std::to_string(kCountMax));
    }
    into = value;
    return {};
  }

  Status read_words(const YamlEntry& entry, std::vector<std::string>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be a list");
    for (const YamlNode& item : entry.value.items) {
      std::string word;
      NHI_CHECK_OK(read_ascii({entry.key, item.line, item}, word));
      word = chars::folded(chars::trim(word));
      if (!word.empty()) into.push_back(std::move(word));
    }
    return {};
  }

  Status read_template(const YamlEntry& entry, std::string& into) const {
    NHI_CHECK_OK(read_text(entry, into));
    const auto made = ChecksumTemplate::parse(into);
    if (!made) return refuse(entry, made.error().what, made.error().hint);
    if (into.empty()) return refuse(entry, "is empty");
    return {};
  }

  Status read_actual(const YamlEntry& entry, TemplateChecksum& checksum) const {
    NHI_CHECK_OK(check_keys(entry, kActualKeys));
    for (const YamlEntry& part : entry.value.entries) {
      if (part.key == "template") {
        NHI_CHECK_OK(read_template(part, checksum.actual));
      } else if (!part.value.null) {
        NHI_CHECK_OK(read_ascii(part, checksum.needs_group));
      }
    }
    return {};
  }

  Status read_checksum(const YamlEntry& entry, TemplateChecksum& checksum) const {
    NHI_CHECK_OK(check_keys(entry, kChecksumKeys));
    for (const YamlEntry& part : entry.value.entries) {
      if (part.key == "actual") {
        NHI_CHECK_OK(read_actual(part, checksum));
      } else if (part.key == "expected") {
        NHI_CHECK_OK(read_template(part, checksum.expected));
      } else {
        const std::string& text = part.value.scalar;
        if (text != "true" && text != "false") return refuse(part, "must be true or false");
        checksum.skip_if_missing = text == "true";
      }
    }
    if (checksum.actual.empty()) return refuse(entry, "has no 'actual' with a 'template'");
    if (checksum.expected.empty()) return refuse(entry, "has no 'expected'");
    return {};
  }

  Status read_part(const YamlEntry& entry, Requirements& into) const {
    if (entry.key == "min_digits") return read_count(entry, into.digits);
    if (entry.key == "min_uppercase") return read_count(entry, into.uppercase);
    if (entry.key == "min_lowercase") return read_count(entry, into.lowercase);
    if (entry.key == "min_special_chars") return read_count(entry, into.special);
    if (entry.key == "special_chars") return read_ascii(entry, into.special_chars.emplace());
    if (entry.key == "checksum") return read_checksum(entry, into.checksum.emplace());
    return read_words(entry, into.none_of);
  }

  const std::string& file_;
  const std::string& rule_;
};

}  // namespace

Result<Requirements> read_requirements(const YamlEntry& entry, const std::string& file,
                                       const std::string& rule) {
  return RequirementsReader(file, rule).read(entry);
}

std::span<const std::string_view> requirement_keys() { return kKeys; }

}  // namespace nhi
