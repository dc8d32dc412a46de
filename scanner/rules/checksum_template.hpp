// checksum_template.hpp - the part of Liquid that checksums of Kingfisher rules are written in.
//
// Text with `{{ value | filter: argument | … }}` in it. A value is the name of a group, MATCH,
// FULL_MATCH, a text in quotes or a whole number. Filters are those of Kingfisher that give the
// same for the same input and need no key; the others, and tags (`{% if %}`), are refused by name.
//
// Source: Kingfisher 2.14, liquid_filters.rs, and docs/RULES.md, "Liquid filters".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

/// What names stand for; of equal names the last counts.
using TemplateVariables = std::vector<std::pair<std::string, std::string>>;

// Immutable.
class ChecksumTemplate {
 public:
  /// Errors: kBadRule with what is wrong in `what`, and a hint; no subject.
  [[nodiscard]] static Result<ChecksumTemplate> parse(std::string_view text);

  /// The text with every value put in; none where a name stands for nothing.
  /// Shapes: variables are UTF-8.
  [[nodiscard]] std::optional<std::string> render(const TemplateVariables& variables) const;
  /// Every name that it asks for, in order, each once.
  [[nodiscard]] std::vector<std::string> names() const;

  struct Name {
    std::string text;
  };
  using Operand = std::variant<Name, std::string, std::int64_t>;
  struct Step {
    std::uint8_t filter = 0;  // position in the table of filters
    std::vector<Operand> arguments;
  };
  /// Plain text, then a value with its filters.
  struct Part {
    std::string text;
    std::optional<Operand> value;
    std::vector<Step> steps;
  };

 private:
  std::vector<Part> parts_;
};

/// The filters that are known, for messages and the manual.
[[nodiscard]] std::vector<std::string_view> checksum_filters();

}  // namespace nhi
