#include "scanner/identity/dependency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "scanner/identity/enum_words.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 7> kStates = {
    "observed", "cis1-only", "cis2-configured", "dual", "cis2-primary", "cis2-only", "retired"};
constexpr std::array<std::string_view, 4> kTraces = {"there", "unverified", "gone", "none"};
constexpr std::array<std::string_view, kDependencyFields> kFields = {
    "state",    "owner",         "criticality", "side_states", "exception_until",
    "supplier", "supplier_date", "review",      "blockers"};
constexpr std::array<std::string_view, 6> kBindings = {
    "none", "cis1-call", "cis2-client", "shared-spine", "api-platform", "unrelated"};
constexpr std::array<std::string_view, 3> kSources = {"command", "sheet", "file"};
constexpr std::array<std::string_view, 4> kLevels = {"low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 3> kSideStates = {"break-glass", "exception",
                                                         "supplier-blocked"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

Result<std::string> day_of(std::string_view text) {
  const auto day = parse_instant(text);
  if (!day) {
    return fail(ErrorCode::kBadUse, fmt::format("'{}' is no day", text), "",
                "write it as 2027-01-31");
  }
  return to_iso_date(*day);
}

Result<std::string> side_states_of(std::string_view text) {
  std::set<std::string_view> found;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view one = trimmed(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (std::find(kSideStates.begin(), kSideStates.end(), one) == kSideStates.end()) {
      return fail(ErrorCode::kBadUse, fmt::format("'{}' is no side state", one), "",
                  "supplier-blocked, break-glass or exception");
    }
    found.insert(one);
  }
  std::string out;
  for (const std::string_view one : found) {
    if (!out.empty()) out += ", ";
    out += one;
  }
  return out;
}

}  // namespace

std::string_view to_string(DependencyState state) { return word(kStates, state); }
std::string_view to_string(TraceStanding standing) { return word(kTraces, standing); }
std::string_view to_string(DependencyField field) { return word(kFields, field); }
std::string_view to_string(DecisionSource source) { return word(kSources, source); }

std::string_view to_string(BindingKind kind) { return word(kBindings, kind); }
std::optional<BindingKind> parse_binding_kind(std::string_view text) {
  return parse<BindingKind>(kBindings, text);
}

std::optional<std::string> check_transition(std::optional<DependencyState> from, DependencyState to,
                                            const std::vector<std::string>& outstanding) {
  using enum DependencyState;
  if (from == to) return std::nullopt;
  if (from == kRetired) {
    return "it is retired: what calls CIS1 again is taken back with 'none' and begins anew";
  }
  if (from && to == kObserved) {
    return "it was confirmed, which observed denies: 'none' takes the decision back";
  }
  if (to != kRetired) return std::nullopt;
  if (from != kCis2Only) {
    return "only what is cis2-only is retired: first no traffic of CIS1 in the agreed window";
  }
  if (outstanding.empty()) return std::nullopt;
  std::string ids;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(outstanding.size(), kShown); ++i) {
    ids += (i == 0 ? "" : ", ") + outstanding[i];
  }
  if (outstanding.size() > kShown) {
    ids += " and " + std::to_string(outstanding.size() - kShown) + " more";
  }
  return "credentials of the CIS1 call are not known to be dead: " + ids;
}

std::optional<DependencyState> parse_dependency_state(std::string_view text) {
  return parse<DependencyState>(kStates, text);
}
std::optional<DependencyField> parse_dependency_field(std::string_view text) {
  return parse<DependencyField>(kFields, text);
}
std::optional<DecisionSource> parse_decision_source(std::string_view text) {
  return parse<DecisionSource>(kSources, text);
}

Result<std::string> canonical_word(DependencyField field, std::string_view word) {
  const std::string_view text = trimmed(word);
  if (text.size() > kDependencyWordBytesMax) {
    return fail(ErrorCode::kBadUse, fmt::format("over {} bytes", kDependencyWordBytesMax));
  }
  if (text.empty()) return std::string();
  switch (field) {
    case DependencyField::kState:
      if (parse_dependency_state(text)) return std::string(text);
      return fail(ErrorCode::kBadUse, fmt::format("'{}' is no state", text), "",
                  "observed, cis1-only, cis2-configured, dual, cis2-primary, cis2-only or retired");
    case DependencyField::kCriticality:
      if (std::find(kLevels.begin(), kLevels.end(), text) != kLevels.end()) {
        return std::string(text);
      }
      return fail(ErrorCode::kBadUse, fmt::format("'{}' is no criticality", text), "",
                  "low, medium, high or critical");
    case DependencyField::kSideStates:
      return side_states_of(text);
    case DependencyField::kExceptionUntil:
    case DependencyField::kSupplierDate:
    case DependencyField::kReview:
      return day_of(text);
    case DependencyField::kOwner:
    case DependencyField::kSupplier:
    case DependencyField::kBlockers:
      break;
  }
  return std::string(text);
}

const DependencyDecision* word_of_file(const std::vector<DependencyDecision>& history,
                                       DependencyField field) {
  const DependencyDecision* newest = nullptr;
  for (const DependencyDecision& decision : history) {
    if (decision.field == field && decision.source == DecisionSource::kFile) newest = &decision;
  }
  return newest != nullptr && !newest->value.empty() ? newest : nullptr;
}

const DependencyDecision* word_in_force(const std::vector<DependencyDecision>& history,
                                        DependencyField field) {
  const DependencyDecision* const file = word_of_file(history, field);
  const DependencyDecision* newest = nullptr;
  for (const DependencyDecision& decision : history) {
    if (decision.field == field && decision.source != DecisionSource::kFile) newest = &decision;
  }
  if (file != nullptr && (newest == nullptr || newest->when < file->when)) return file;
  return newest != nullptr && !newest->value.empty() ? newest : nullptr;
}

std::optional<WordConflict> check_words(const std::vector<std::string>& words) {
  const auto word = [&](DependencyField field) -> const std::string& {
    return words.at(static_cast<std::size_t>(field));
  };
  const std::string& sides = word(DependencyField::kSideStates);
  const bool excepted = sides.find("exception") != std::string::npos;
  if (excepted && word(DependencyField::kExceptionUntil).empty()) {
    return WordConflict{DependencyField::kExceptionUntil, "an exception needs the day it ends"};
  }
  if (excepted && word(DependencyField::kOwner).empty()) {
    return WordConflict{DependencyField::kOwner, "an exception needs somebody who answers for it"};
  }
  if (!excepted && !word(DependencyField::kExceptionUntil).empty()) {
    return WordConflict{DependencyField::kExceptionUntil,
                        "only the side state 'exception' ends on a day"};
  }
  if (sides.find("supplier-blocked") != std::string::npos &&
      !word(DependencyField::kSupplierDate).empty()) {
    return WordConflict{DependencyField::kSideStates,
                        "supplier-blocked means that the supplier has given no date"};
  }
  return std::nullopt;
}

}  // namespace nhi
