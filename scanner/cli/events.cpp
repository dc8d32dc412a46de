#include "scanner/cli/events.hpp"

#include <algorithm>
#include <unordered_map>

#include "scanner/report/events.hpp"

namespace nhi {
namespace {

// Findings by their own id, or by that of their credential.
using FindingsById = std::unordered_multimap<std::string_view, const Finding*>;

FindingsById by_id(const std::vector<Finding>& findings) {
  FindingsById out;
  for (const Finding& finding : findings) {
    out.emplace(finding.id, &finding);
    if (!finding.credential_id.empty()) out.emplace(finding.credential_id, &finding);
  }
  return out;
}

void add_changes(const std::vector<Inventory::PresenceRow>& changes, const FindingsById& findings,
                 std::vector<FindingEvent>& events) {
  for (const Inventory::PresenceRow& row : changes) {
    const auto [first, last] = findings.equal_range(row.finding_id);
    for (auto at = first; at != last; ++at) {
      FindingEvent event;
      event.kind = event_of(row.from, row.to);
      event.sweep = static_cast<std::int64_t>(row.sweep);
      event.at = row.at;
      event.change = row.change;
      event.finding = at->second;
      events.push_back(std::move(event));
    }
  }
}

// What people decided since the sweep `after`: an event for each finding it is about.
class DecisionEvents {
 public:
  DecisionEvents(const FindingsById& findings, const std::vector<Inventory::SweepRow>& sweeps,
                 SweepId after, std::vector<FindingEvent>& events)
      : findings_(findings), sweeps_(sweeps), events_(events) {
    for (const Inventory::SweepRow& sweep : sweeps) {
      if (sweep.id <= after) since_ = sweep.facts.as_of;
    }
  }
  /// `event` holds the decision; the rest is filled in.
  void add(const std::string& subject, Instant when, FindingEvent event) {
    if (when < since_) return;
    event.kind = EventKind::kDecided;
    event.at = when;
    for (const Inventory::SweepRow& sweep : sweeps_) {
      if (sweep.facts.as_of > when) break;
      event.sweep = static_cast<std::int64_t>(sweep.id);
    }
    const auto [first, last] = findings_.equal_range(subject);
    for (auto at = first; at != last; ++at) {
      event.finding = at->second;
      events_.push_back(event);
    }
  }

 private:
  const FindingsById& findings_;
  const std::vector<Inventory::SweepRow>& sweeps_;
  std::vector<FindingEvent>& events_;
  // A decision of the very instant of that sweep is given once more rather than lost: whoever has
  // its id drops it.
  Instant since_{INT64_MIN};
};

}  // namespace

Result<std::string> events_text(Inventory& inventory, const std::vector<Finding>& findings,
                                SweepId after, std::uint64_t limit) {
  NHI_TRY(const auto changes, inventory.presence_changes(after));
  NHI_TRY(const auto exceptions, inventory.exceptions());
  NHI_TRY(const auto decisions, inventory.finding_decisions());
  NHI_TRY(const auto attestations, inventory.credential_decisions());
  NHI_TRY(const auto sweeps, inventory.finished_sweeps());
  const FindingsById known = by_id(findings);
  std::vector<FindingEvent> events;
  add_changes(changes, known, events);
  DecisionEvents decided(known, sweeps, after, events);
  for (const Exception& exception : exceptions) {
    FindingEvent event;
    event.exception = &exception;
    decided.add(exception.subject, exception.decided, event);
  }
  for (const FindingDecision& decision : decisions) {
    FindingEvent event;
    event.decision = &decision;
    decided.add(decision.subject, decision.when, event);
  }
  for (const CredentialDecision& decision : attestations) {
    FindingEvent event;
    event.attestation = &decision;
    decided.add(decision.credential_id, decision.when, event);
  }
  // `finding` points into `findings`, so its address is its place in the list.
  std::stable_sort(events.begin(), events.end(), [](const FindingEvent& a, const FindingEvent& b) {
    if (a.sweep != b.sweep) return a.sweep < b.sweep;
    const bool a_decided = a.is_decision();
    const bool b_decided = b.is_decision();
    if (a_decided != b_decided) return b_decided;
    if (a_decided && a.at != b.at) return a.at < b.at;
    return a.finding < b.finding;
  });
  if (limit != 0 && events.size() > limit) events.resize(static_cast<std::size_t>(limit));
  return render_events(events);
}

}  // namespace nhi
