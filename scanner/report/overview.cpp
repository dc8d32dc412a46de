#include "scanner/report/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "scanner/report/words.hpp"

namespace nhi {
namespace {

void add_sorted(std::vector<std::string>& list, const std::string& value) {
  if (value.empty()) return;
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if (at == list.end() || *at != value) list.insert(at, value);
}

struct Bindings {
  std::unordered_map<std::string_view, const Dependency*> by_id;
  std::unordered_set<std::string_view> beside;        // credential ids in some CIS1 dependency
  std::unordered_set<std::string_view> shared_spine;  // credential ids
};

Bindings bindings_of(const ReportData& data) {
  Bindings out;
  for (const Dependency& dependency : data.dependencies) {
    out.by_id.emplace(dependency.id, &dependency);
    out.beside.insert(dependency.credentials.begin(), dependency.credentials.end());
    out.shared_spine.insert(dependency.shared_spine.begin(), dependency.shared_spine.end());
  }
  return out;
}

void put_lists(CredentialView& view, const Bindings& bindings, bool removed) {
  const Credential& credential = *view.credential;
  const bool dead = is_dead(credential);
  const bool shared = bindings.shared_spine.contains(credential.id);
  bool is_bound = false;
  bool over = false;
  for (const std::string& id : credential.bound_to) {
    const auto at = bindings.by_id.find(id);
    if (shared || at == bindings.by_id.end()) continue;
    is_bound = true;
    over = over || removed || effective_state(*at->second) == DependencyState::kCis2Only;
    view.will_stop = view.will_stop || will_stop(*at->second);
  }
  // A person's own password is no non-human identity, and what people decided to be none is none:
  // they stand in the list and in no number. The id of a key is counted with its secret.
  const bool is_one = credential.principal != Principal::kHuman && !credential.false_positive &&
                      credential.part_of.empty();
  const bool counts = is_one && !dead;
  unsigned lists = 0;
  const auto put = [&](bool condition, unsigned list) { lists |= condition ? list : 0u; };
  put(counts, kListOutstanding);
  put(counts && over, kListCis1Stale);
  put(counts && !credential.in_head, kListRemovedNotDead);
  put(is_one && dead && credential.sites > 0, kListResidue);
  put(counts && shared, kListSharedSpine);
  put(counts && !shared && !is_bound && bindings.beside.contains(credential.id), kListUnbound);
  put(counts && credential.owners.empty(), kListUnowned);
  put(counts && credential.reused, kListReused);
  put(counts && credential.long_lived, kListLongLived);
  put(counts && !credential.staleness.since, kListAgeUnknown);
  put(counts && credential.orphaned, kListOrphaned);
  put(!dead && is_bound, kListBound);
  put(is_one && credential.seen_again, kListSeenAgain);
  view.lists = static_cast<std::uint16_t>(lists);
}

constexpr std::size_t kCriticalityUnknown = 4;

// Nobody decided, and there is no trace left by which the evidence could propose one.
bool has_no_state(const Dependency& dependency) {
  return !dependency.decided && dependency.traces == TraceStanding::kGone;
}

std::uint64_t size_of(const Overview& overview, CredentialList list) {
  return static_cast<std::uint64_t>(
      std::count_if(overview.credentials.begin(), overview.credentials.end(),
                    [&](const CredentialView& view) { return view.in(list); }));
}

void count_findings(const ReportData& data, Overview& out) {
  for (const Finding& finding : data.findings) {
    if (finding.indicator && finding.indicator->indicator_class == IndicatorClass::kCis1) {
      ++out.cis1_indicators;
    }
    if (finding.kind == FindingKind::kSite) ++out.references;
    if (!is_counted(finding)) continue;
    ++out.measures.findings;
    if (is_false_positive(finding)) ++out.false_positives;
    if (!finding.exception_id.empty()) ++out.accepted;
    if (finding.presence == Presence::kNew) ++out.measures.fresh;
    if (finding.presence == Presence::kOpen) ++out.open;
    if (finding.presence == Presence::kGone) ++out.measures.gone;
    if (finding.presence == Presence::kUnverified) ++out.measures.unverified;
  }
}

void count_dependency(const Dependency& dependency, Overview& out) {
  const unsigned lists = lists_of(dependency);
  if (!has_no_state(dependency)) {
    ++out.dependencies_by_state[static_cast<std::size_t>(effective_state(dependency))];
  }
  if ((lists & kListTracesGone) != 0) ++out.measures.traces_gone;
  if ((lists & kListDeclared) != 0) ++out.measures.declared;
  if ((lists & kListWillStop) == 0) return;
  ++out.measures.will_stop;
  ++out.will_stop_by_criticality[dependency.criticality
                                     ? static_cast<std::size_t>(*dependency.criticality)
                                     : kCriticalityUnknown];
}

// Whether the numbers of dependencies rest on anything: a trace that is there, or everything read.
bool knows_dependencies(const ReportData& data, const Overview& out) {
  const bool any_trace =
      std::any_of(data.dependencies.begin(), data.dependencies.end(), [](const Dependency& row) {
        return row.traces == TraceStanding::kThere || row.traces == TraceStanding::kUnverified;
      });
  if (any_trace) return true;
  const bool worked_out = !data.dependencies.empty() || out.cis1_indicators == 0;
  return worked_out && data.coverage.unread_total == 0;
}

void count_credentials(Overview& out) {
  Measures& m = out.measures;
  m.credentials = static_cast<std::uint64_t>(
      std::count_if(out.credentials.begin(), out.credentials.end(), [](const CredentialView& view) {
        return view.credential->principal != Principal::kHuman &&
               !view.credential->false_positive && view.credential->part_of.empty();
      }));
  m.outstanding = size_of(out, kListOutstanding);
  m.cis1_stale = size_of(out, kListCis1Stale);
  m.removed_not_dead = size_of(out, kListRemovedNotDead);
  m.residue = size_of(out, kListResidue);
  m.seen_again = size_of(out, kListSeenAgain);
  m.shared_spine = size_of(out, kListSharedSpine);
  m.unbound = size_of(out, kListUnbound);
  m.unowned = size_of(out, kListUnowned);
  m.reused = size_of(out, kListReused);
  m.long_lived_unknown = size_of(out, kListAgeUnknown);
  // Evidence about none of them is no evidence; evidence about no credential at all is zero.
  if (m.outstanding == 0 || m.long_lived_unknown < m.outstanding) {
    m.long_lived = size_of(out, kListLongLived);
  }
}

}  // namespace

DependencyState effective_state(const Dependency& dependency) {
  return dependency.decided.value_or(dependency.proposed);
}

std::string_view standing_word(const Dependency& dependency) {
  if (has_no_state(dependency)) return kDependencyListNames[1];
  return to_string(effective_state(dependency));
}

std::uint16_t lists_of(const Dependency& dependency) {
  using enum DependencyState;
  const DependencyState state = effective_state(dependency);
  const bool stops = state == kObserved || state == kCis1Only || state == kCis2Configured;
  const bool over = state == kCis2Only || state == kRetired;
  unsigned lists = 0;
  if (stops && !has_no_state(dependency)) lists |= kListWillStop;
  if (!over && dependency.traces == TraceStanding::kGone) lists |= kListTracesGone;
  if (dependency.traces == TraceStanding::kNone) lists |= kListDeclared;
  return static_cast<std::uint16_t>(lists);
}

bool will_stop(const Dependency& dependency) { return (lists_of(dependency) & kListWillStop) != 0; }

std::string_view criticality_word(const Dependency& dependency) {
  return dependency.criticality ? to_string(*dependency.criticality) : "not known";
}

bool dependency_order(const Dependency& a, const Dependency& b) {
  const auto key = [](const Dependency& row) {
    const bool stops = will_stop(row);
    const int criticality = stops && row.criticality ? -1 - static_cast<int>(*row.criticality) : 0;
    return std::tuple(!stops, criticality, std::string_view(row.system), row.environment);
  };
  return key(a) < key(b);
}

std::string criticality_sentence(const Overview& overview) {
  std::string out;
  constexpr std::size_t kOrder[] = {3, 2, 1, 0, kCriticalityUnknown};
  for (const std::size_t at : kOrder) {
    const std::uint64_t number = overview.will_stop_by_criticality[at];
    if (number == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}",
                       at == kCriticalityUnknown ? "not known" : to_string(static_cast<Level>(at)),
                       with_thousands(number));
  }
  return out;
}

bool is_counted(const Finding& finding) {
  return finding.kind != FindingKind::kSite && finding.principal != Principal::kHuman;
}

bool is_dead(const Credential& credential) { return is_dead(credential.status); }

std::string rule_title(const ReportData& data, const std::string& rule) {
  const auto at = data.rule_names.find(rule);
  if (at != data.rule_names.end() && !at->second.empty()) return at->second;
  constexpr std::string_view kReader = "site.";
  if (rule.starts_with(kReader)) return "Credential in " + rule.substr(kReader.size());
  return rule;
}

std::string finding_sentence(const ReportData& data, const Finding& finding) {
  std::string out = rule_title(data, finding.rule);
  if (!finding.redacted.empty()) out += ": " + finding.redacted;
  if (finding.indicator && !finding.indicator->text.empty()) out += ": " + finding.indicator->text;
  if (!finding.identity.empty()) out += " for " + finding.identity;
  if (!finding.why.empty()) out += ". " + finding.why;
  return out;
}

std::string removal_sentence(const ReportData& data) {
  const std::int64_t days = days_between(data.as_of, data.cis1_removal);
  const std::string date = to_iso_date(data.cis1_removal);
  if (days == 0) return fmt::format("CIS1 is removed today ({})", date);
  const auto whole = static_cast<std::uint64_t>(days < 0 ? -days : days);
  const std::string span = counted(whole, "day", "days");
  return days > 0 ? fmt::format("{} to the removal of CIS1 ({})", span, date)
                  : fmt::format("CIS1 was removed {} ago ({})", span, date);
}

Overview make_overview(const ReportData& data) {
  Overview out;
  out.is_sweep = data.schema.starts_with("nhisweep.sweep/");
  out.days_to_removal = days_between(data.as_of, data.cis1_removal);
  std::unordered_map<std::string_view, std::size_t> index;
  out.credentials.reserve(data.credentials.size());
  for (const Credential& credential : data.credentials) {
    index.emplace(credential.id, out.credentials.size());
    out.credentials.emplace_back().credential = &credential;
  }
  for (const Finding& finding : data.findings) {
    const auto at = index.find(finding.credential_id);
    if (at == index.end()) continue;
    if (finding.presence == Presence::kNew) ++out.credentials[at->second].fresh;
  }
  const Bindings bindings = bindings_of(data);
  for (const Dependency& dependency : data.dependencies) {
    count_dependency(dependency, out);
    for (const auto* ids : {&dependency.credentials, &dependency.shared_spine}) {
      for (const std::string& id : *ids) {
        const auto at = index.find(id);
        if (at != index.end()) add_sorted(out.credentials[at->second].dependencies, dependency.id);
      }
    }
  }
  for (CredentialView& view : out.credentials) {
    put_lists(view, bindings, data.as_of >= data.cis1_removal);
  }
  count_credentials(out);
  count_findings(data, out);
  out.knows_dependencies = knows_dependencies(data, out);
  out.measures.when = data.as_of;
  out.measures.unread = data.coverage.unread_total;
  if (!data.trend.empty()) out.measures.sweep = data.trend.back().sweep;
  return out;
}

}  // namespace nhi
