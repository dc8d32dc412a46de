#include "scanner/rules/requirements.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/rules/checksum_template.hpp"
#include "scanner/rules/yaml_keys.hpp"

namespace nhi {
namespace {

using Status = Result<void>;

constexpr std::array<std::string_view, 7> kKeys = {
    "min_digits",    "min_uppercase",      "min_lowercase", "min_special_chars",
    "special_chars", "ignore_if_contains", "checksum"};
constexpr std::array<std::string_view, 3> kChecksumKeys = {"actual", "expected", "skip_if_missing"};
constexpr std::array<std::string_view, 2> kActualKeys = {"template", "requires_capture"};

constexpr std::uint64_t kCountMax = 1'000'000;

class RequirementsReader : private YamlKeys {
 public:
  using YamlKeys::YamlKeys;

  Result<Requirements> read(const YamlEntry& entry) const {
    NHI_CHECK_OK(check_keys(entry.value, kKeys, entry.key));
    Requirements made;
    for (const YamlEntry& part : entry.value.entries) {
      if (!part.value.null) NHI_CHECK_OK(read_part(part, made));
    }
    return made;
  }

 private:
  Status read_ascii(const YamlEntry& entry, std::string& into) const {
    NHI_CHECK_OK(read_text(entry, into));
    if (!std::any_of(into.begin(), into.end(), chars::is_high)) return {};
    return refuse(entry, "holds a character outside of ASCII");
  }

  Status read_count(const YamlEntry& entry, std::optional<std::uint64_t>& into) const {
    std::uint64_t value = 0;
    NHI_CHECK_OK(read_number(entry, kCountMax, value));
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
    NHI_CHECK_OK(check_keys(entry.value, kActualKeys, entry.key));
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
    NHI_CHECK_OK(check_keys(entry.value, kChecksumKeys, entry.key));
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
};

}  // namespace

Result<Requirements> read_requirements(const YamlEntry& entry, const std::string& file,
                                       const std::string& rule) {
  return RequirementsReader(file, rule).read(entry);
}

std::span<const std::string_view> requirement_keys() { return kKeys; }

}  // namespace nhi
