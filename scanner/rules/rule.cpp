#include "scanner/rules/rule.hpp"

#include <array>

#include "scanner/rules/rule_words.hpp"

namespace nhi {
namespace {

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(RuleKind kind) { return kKindWords.at(static_cast<std::size_t>(kind)); }
std::string_view to_string(Level level) { return kLevelWords.at(static_cast<std::size_t>(level)); }
std::string_view to_string(Principal principal) {
  return kPrincipalWords.at(static_cast<std::size_t>(principal));
}
std::string_view to_string(IndicatorClass indicator_class) {
  return kClassWords.at(static_cast<std::size_t>(indicator_class));
}
std::string_view to_string(Role role) { return kRoleWords.at(static_cast<std::size_t>(role)); }
std::string_view to_string(Semantics semantics) {
  return kSemanticsWords.at(static_cast<std::size_t>(semantics));
}

std::optional<Level> parse_level(std::string_view text) { return parse<Level>(kLevelWords, text); }
std::optional<Principal> parse_principal(std::string_view text) {
  return parse<Principal>(kPrincipalWords, text);
}

}  // namespace nhi
