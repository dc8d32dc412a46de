#include "rotators/engine/guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/identity/derive.hpp"

namespace nhi {
namespace {

// What a cell of the table lets somebody do.
enum class Rotate : std::uint8_t { kNo, kAnswer, kLeakOnly, kOverlap, kFree, kPathToLiveOnly };
enum class Revoke : std::uint8_t { kNo, kAfterFallback, kYes, kIfUnused };
struct Cell {
  Rotate rotate = Rotate::kNo;
  Revoke revoke = Revoke::kNo;
  bool create = false;
};

constexpr std::size_t kStates = 7;
using Row = std::array<Cell, kStates>;  // by DependencyState

// Columns: observed, cis1-only, cis2-configured, dual, cis2-primary, cis2-only, retired. kAnswer is
// "only if leaked, expired or expiring before retirement". Where the source leaves a cell empty the
// stricter neighbour stands.
constexpr Row kCis1CallRow = {{{},
                               {Rotate::kAnswer, Revoke::kNo, true},
                               {Rotate::kAnswer, Revoke::kNo, true},
                               {Rotate::kLeakOnly, Revoke::kNo},
                               {Rotate::kLeakOnly, Revoke::kAfterFallback},
                               {Rotate::kNo, Revoke::kYes},
                               {}}};
constexpr Row kCis2ClientRow = {{{},
                                 {},
                                 {Rotate::kPathToLiveOnly, Revoke::kNo, true},
                                 {Rotate::kOverlap, Revoke::kNo, true},
                                 {Rotate::kOverlap, Revoke::kNo, true},
                                 {Rotate::kOverlap, Revoke::kNo, true},
                                 {Rotate::kFree, Revoke::kYes, true}}};
constexpr Row kLastingRow = {{{},
                              {Rotate::kOverlap},
                              {Rotate::kOverlap},
                              {Rotate::kOverlap},
                              {Rotate::kOverlap},
                              {Rotate::kOverlap},
                              {Rotate::kOverlap}}};
constexpr Row kPathToLiveRow = {{{},
                                 {Rotate::kFree, Revoke::kNo, true},
                                 {Rotate::kFree, Revoke::kNo, true},
                                 {Rotate::kFree, Revoke::kNo, true},
                                 {Rotate::kFree, Revoke::kNo, true},
                                 {Rotate::kFree, Revoke::kIfUnused, true},
                                 {}}};

const Row& row_of(CisClass cis_class) {
  switch (cis_class) {
    case CisClass::kCis1Call:
    case CisClass::kUnclear:
    case CisClass::kUnrelated:
      return kCis1CallRow;
    case CisClass::kCis2Client:
      return kCis2ClientRow;
    case CisClass::kSharedSpine:
    case CisClass::kApiPlatform:
      break;
  }
  return kLastingRow;
}

GuardVerdict no(std::string rule, std::string because) {
  return {false, std::move(rule), std::move(because)};
}

GuardVerdict yes(std::string rule, std::string because, std::vector<std::string> conditions = {}) {
  return {true, std::move(rule), std::move(because), std::move(conditions)};
}

// Of every change that the table permits.
std::vector<std::string> change_conditions(const GuardCase& asked, GuardAction action) {
  std::vector<std::string> conditions = {"a usable rollback",
                                         "no other change on the same system in the window",
                                         "clinical-safety approval on record (DCB0160)"};
  if (action == GuardAction::kRotate) {
    conditions.emplace_back("the new one is proven to work before the old one goes");
  }
  if (asked.cis_class == CisClass::kCis2Client && asked.state == DependencyState::kDual) {
    conditions.emplace_back("never in the same window as a change of CIS1");
  }
  if (asked.cis_class == CisClass::kSharedSpine) {
    conditions.emplace_back(
        "as a group: one certificate often serves MHS, SDS and a proxy at once");
  }
  return conditions;
}

bool answers_leak_or_expiry(GuardCause cause) {
  return cause == GuardCause::kLeaked || cause == GuardCause::kExpiring;
}

GuardVerdict judge_rotate(const GuardCase& asked, Rotate cell, const std::string& rule) {
  switch (cell) {
    case Rotate::kNo:
      return no(rule, "it is not rotated in this state");
    case Rotate::kAnswer:
      if (!answers_leak_or_expiry(asked.cause)) {
        return no(rule, "only if it leaked, expired or expires before it is retired");
      }
      return yes(rule, "it leaked, or expires before it is retired");
    case Rotate::kLeakOnly:
      if (asked.cause != GuardCause::kLeaked) return no(rule, "only if it leaked");
      return yes(rule, "it leaked");
    case Rotate::kOverlap:
      if (!asked.overlap) {
        return no(rule, "only while old and new are both valid, and these cannot be");
      }
      return yes(rule, "rotated while old and new are both valid");
    case Rotate::kPathToLiveOnly:
      if (!asked.path_to_live) return no(rule, "in the path to live only");
      return yes(rule, "in the path to live it is rotated freely");
    case Rotate::kFree:
      break;
  }
  return yes(rule, "it is rotated freely");
}

GuardVerdict judge_revoke(const GuardCase& asked, Revoke cell, const std::string& rule) {
  switch (cell) {
    case Revoke::kNo:
      break;
    case Revoke::kAfterFallback:
      if (!asked.fallback_given_up) {
        return no(
            rule,
            "not before the fallback is formally given up and the window to roll back is over");
      }
      return yes(rule, "the fallback is given up, the window to roll back is over");
    case Revoke::kYes:
      return yes(rule, "it has no use any more in this state");
    case Revoke::kIfUnused:
      if (!asked.unused) return no(rule, "only if a usage source says that it is unused");
      return yes(rule, "it is unused");
  }
  const bool lasting =
      asked.cis_class == CisClass::kSharedSpine || asked.cis_class == CisClass::kApiPlatform;
  return no(rule, lasting ? "it is no part of CIS1 and never revoked because of it"
                          : "it is not revoked in this state");
}

// Gates and states that stand before the table, strictest first; none where the table decides.
std::optional<GuardVerdict> judge_before_table(const GuardCase& asked, GuardAction action,
                                               Instant as_of, Instant removal) {
  const bool cis1 = asked.cis_class == CisClass::kCis1Call || asked.cis_class == CisClass::kUnclear;
  if (!asked.state) {
    return no("state not known",
              "nobody decided where the dependency stands; evidence alone permits nothing");
  }
  if (*asked.state == DependencyState::kObserved) {
    return no("observed", "a dependency that was only observed has to be confirmed first");
  }
  if (!asked.has_owner) return no("no owner", "nobody answers for the dependency");
  if (asked.break_glass && action == GuardAction::kRevoke) {
    return no("break-glass", "an emergency path is never revoked while it is one");
  }
  if (asked.break_glass && !asked.agreed_test) {
    return no("break-glass", "only in an agreed test, the path proved before and after");
  }
  const bool held = asked.supplier_blocked || asked.exception;
  if (held && (action != GuardAction::kRotate || asked.cause != GuardCause::kLeaked)) {
    return no(asked.supplier_blocked ? "supplier-blocked" : "exception",
              "nothing but the answer to a leak, by rotation");
  }
  if (action == GuardAction::kRevoke && asked.cis_class == CisClass::kUnclear) {
    return no("class not known",
              "nobody said what it is for: it may be shared with Spine; dependencies bind says it");
  }
  // Source: the date gates of the same section.
  constexpr Instant kNoNewCis1{1772323200};  // 2026-03-01
  const bool creates = action == GuardAction::kCreate;
  if (cis1 && creates && as_of >= kNoNewCis1 && asked.cause != GuardCause::kLeaked) {
    return no("from 2026-03-01", "no new credential for CIS1 alone but to answer a leak");
  }
  if (cis1 && action != GuardAction::kRevoke && as_of >= removal) {
    return no("from " + to_iso_date(removal), "CIS1 is removed: only revoke and verify");
  }
  return std::nullopt;
}

bool has_word(const std::string& words, std::string_view wanted) {
  return words.find(wanted) != std::string::npos;
}

}  // namespace

std::string_view to_string(CisClass cis_class) {
  constexpr std::array<std::string_view, 6> kWords = {"cis1-call",    "cis2-client", "shared-spine",
                                                      "api-platform", "unrelated",   "unclear"};
  return kWords.at(static_cast<std::size_t>(cis_class));
}

std::string_view to_string(GuardAction action) {
  constexpr std::array<std::string_view, 4> kWords = {"create", "rotate", "revoke", "verify"};
  return kWords.at(static_cast<std::size_t>(action));
}

std::string_view to_string(GuardCause cause) {
  constexpr std::array<std::string_view, 4> kWords = {"hygiene", "leaked", "expiring",
                                                      "retirement"};
  return kWords.at(static_cast<std::size_t>(cause));
}

GuardVerdict permits(const GuardCase& asked, GuardAction action, Instant as_of, Instant removal) {
  if (action == GuardAction::kVerify) return yes("verify", "asking changes nothing");
  if (asked.cis_class == CisClass::kUnrelated) {
    return yes("unrelated", "no CIS dependency rests on it", change_conditions(asked, action));
  }
  if (auto before = judge_before_table(asked, action, as_of, removal)) return *before;
  const bool twin = asked.path_to_live && asked.cis_class != CisClass::kCis2Client;
  const Row& row = twin ? kPathToLiveRow : row_of(asked.cis_class);
  const Cell& cell = row.at(static_cast<std::size_t>(*asked.state));
  const std::string rule = fmt::format("{}{} in {}", twin ? "path to live of " : "",
                                       to_string(asked.cis_class), to_string(*asked.state));
  GuardVerdict verdict;
  if (action == GuardAction::kRotate) {
    verdict = judge_rotate(asked, cell.rotate, rule);
  } else if (action == GuardAction::kRevoke) {
    verdict = judge_revoke(asked, cell.revoke, rule);
  } else {
    verdict = cell.create ? yes(rule, "a new one may be made")
                          : no(rule, "no new one is made in this state");
  }
  // Of what may be shared with Spine both rows must say yes.
  const bool may_be_shared = asked.cis_class == CisClass::kUnclear && !twin;
  if (verdict.permitted && may_be_shared && action == GuardAction::kRotate && !asked.overlap) {
    verdict =
        no("class not known", "it may be shared with Spine: only while old and new are valid");
  }
  if (!verdict.permitted) return verdict;
  verdict.conditions = change_conditions(asked, action);
  const bool needs_overlap = cell.rotate == Rotate::kOverlap || may_be_shared;
  if (action == GuardAction::kRotate && needs_overlap) {
    verdict.conditions.emplace_back("old and new are both valid for a while");
  }
  return verdict;
}

bool concerns(const Dependency& dependency, const std::string& credential_id) {
  const auto holds = [&](const std::vector<std::string>& ids) {
    return std::binary_search(ids.begin(), ids.end(), credential_id);
  };
  return holds(dependency.credentials) || holds(dependency.shared_spine) ||
         std::any_of(dependency.bindings.begin(), dependency.bindings.end(),
                     [&](const BindingDecision& binding) {
                       return binding.credential_id == credential_id;
                     });
}

CisClass cis_class_of(const std::string& credential_id, const std::vector<const Finding*>& places,
                      const Dependency& dependency) {
  const auto any = [&](auto holds) {
    return std::any_of(places.begin(), places.end(),
                       [&](const Finding* place) { return holds(*place); });
  };
  if (any([](const Finding& place) { return is_shared_spine(place); })) {
    return CisClass::kSharedSpine;
  }
  const auto said = std::find_if(
      dependency.bindings.begin(), dependency.bindings.end(),
      [&](const BindingDecision& binding) { return binding.credential_id == credential_id; });
  if (said != dependency.bindings.end()) {
    switch (said->kind) {
      case BindingKind::kCis1Call:
        return CisClass::kCis1Call;
      case BindingKind::kCis2Client:
        return CisClass::kCis2Client;
      case BindingKind::kSharedSpine:
        return CisClass::kSharedSpine;
      case BindingKind::kApiPlatform:
        return CisClass::kApiPlatform;
      case BindingKind::kUnrelated:
        return CisClass::kUnrelated;
      case BindingKind::kNone:
        break;
    }
  }
  if (any([](const Finding& place) { return bound_to_cis1(place); })) return CisClass::kCis1Call;
  if (any([](const Finding& place) { return place.rule.starts_with("cis2."); })) {
    return CisClass::kCis2Client;
  }
  const bool beside = std::binary_search(dependency.credentials.begin(),
                                         dependency.credentials.end(), credential_id);
  return beside ? CisClass::kUnclear : CisClass::kUnrelated;
}

GuardCase case_of(const std::string& credential_id, const std::vector<const Finding*>& places,
                  const Dependency& dependency, Instant as_of) {
  GuardCase made;
  made.cis_class = cis_class_of(credential_id, places, dependency);
  made.state = dependency.decided;
  made.path_to_live = dependency.environment == Environment::kIntegration ||
                      dependency.environment == Environment::kTraining ||
                      dependency.environment == Environment::kDevelopment;
  made.break_glass = has_word(dependency.side_states, "break-glass");
  made.supplier_blocked = has_word(dependency.side_states, "supplier-blocked");
  made.exception = has_word(dependency.side_states, "exception") &&
                   (!dependency.exception_until || as_of < *dependency.exception_until);
  made.has_owner = !dependency.owner_name.empty();
  return made;
}

}  // namespace nhi
