#include "rotators/engine/planner_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "plugins/host/confine.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

std::string shown_place(const Finding& finding) {
  std::string text = finding.place.root;
  if (finding.place.path && !finding.place.path->empty()) text += "/" + *finding.place.path;
  if (!finding.place.member.empty()) text += "!/" + finding.place.member;
  return shown(text);
}

std::string consumer_of(const Finding& finding) {
  if (!finding.site) return {};
  std::string text;
  for (const std::string& part : finding.site->component) {
    text += (text.empty() ? "" : " > ") + shown(part);
  }
  return text;
}

PlaceHint hint_of(const Finding& finding, const std::string& account) {
  PlaceHint hint;
  hint.secret = finding.bytes;
  if (finding.site) hint.account = finding.site->account_span;
  hint.account_text = account;
  return hint;
}

struct Artefact {
  std::vector<const Finding*> findings;
};

class Places {
 public:
  Places(std::string fingerprint_wanted, bool needs_accounts, std::string account,
         const PlanSources& sources)
      : fingerprint_(std::move(fingerprint_wanted)),
        needs_accounts_(needs_accounts),
        account_(std::move(account)),
        sources_(sources) {}

  PlannedPlace place(const std::vector<const Finding*>& findings) const {
    const Finding& first = *findings.front();
    PlannedPlace place;
    place.shown = shown_place(first);
    place.path = place.shown;
    for (const Finding* finding : findings) {
      place.findings.push_back(finding->id);
      if (place.consumer.empty()) place.consumer = consumer_of(*finding);
    }
    std::sort(place.findings.begin(), place.findings.end());
    const auto disk = sources_.on_disk ? sources_.on_disk(first) : std::nullopt;
    if (!disk) {
      place.host = first.host.empty() ? "another host" : first.host;
      place.why_guided = "it lies on " + shown(place.host);
      return place;
    }
    place.path = disk->path;
    if (!first.place.member.empty()) {
      place.why_guided = "it lies inside a container";
      return place;
    }
    take_rule(disk->git_root, place);
    if (place.means == PlaceMeans::kGuided) return place;
    look(findings, place);
    return place;
  }

 private:
  void take_rule(const std::string& git_root, PlannedPlace& place) const {
    const SinkRule* const rule = sink_rule_of(*sources_.config, place.path);
    const SinkKind kind = rule == nullptr ? SinkKind::kUsual : rule->kind;
    if (rule != nullptr) {
      place.reload = rule->reload;
      place.probe = rule->probe;
    }
    if (kind == SinkKind::kGuided) {
      place.why_guided = "rotation.yaml says that a person does it";
      return;
    }
    const bool git = kind == SinkKind::kGit || (kind == SinkKind::kUsual && !git_root.empty());
    place.means = git ? PlaceMeans::kGit : PlaceMeans::kFile;
    if (!git) return;
    place.git_root = git_root;
    place.git_ref = rule != nullptr && !rule->ref.empty() ? rule->ref : "HEAD";
  }

  void look(const std::vector<const Finding*>& findings, PlannedPlace& place) const {
    std::vector<PlaceHint> hints;
    hints.reserve(findings.size());
    for (const Finding* finding : findings) hints.push_back(hint_of(*finding, account_));
    const auto is_value = [&](Bytes value) {
      return fingerprint(*sources_.key, canonical_value(SecretText(value))) == fingerprint_;
    };
    auto found = sources_.places->find(place, is_value, hints);
    std::string why;
    if (!found) {
      why = found.error().message();
    } else if (!found->not_writable.empty()) {
      why = found->not_writable;
    } else if (needs_accounts_ && found->accounts.size() != found->secrets.size()) {
      why = "the account stands where it cannot be told, and has to change as well";
    }
    if (!why.empty()) {
      place.means = PlaceMeans::kGuided;
      place.why_guided = why;
      return;
    }
    place.format = found->format;
    place.version = found->version;
    place.secrets = std::move(found->secrets);
    if (needs_accounts_) place.accounts = std::move(found->accounts);
  }

  std::string fingerprint_;
  bool needs_accounts_;
  std::string account_;
  const PlanSources& sources_;
};

class Spots {
 public:
  void add(std::string kind, std::string what) {
    all_.push_back({fmt::format("b{}", all_.size() + 1), std::move(kind), std::move(what)});
  }
  std::vector<BlindSpot> take() { return std::move(all_); }

 private:
  std::vector<BlindSpot> all_;
};

void add_sweep(Spots& spots, const PlanSources& sources) {
  const Inventory::SweepRow& sweep = *sources.sweep;
  const std::int64_t age = sources.now.seconds - sweep.finished.seconds;
  if (age > sources.config->policy.sweep_max_age) {
    spots.add("old-sweep", fmt::format("the last sweep ended at {}: what came up since is not seen",
                                       to_iso8601(sweep.finished)));
  }
  if (sweep.coverage.unread_total == 0) return;
  std::string first;
  if (!sweep.coverage.unread.empty()) {
    const Unread& place = sweep.coverage.unread.front();
    first = fmt::format(", such as {}/{} ({})", shown(place.root), shown(place.path),
                        shown(place.reason));
  }
  spots.add("unread", fmt::format("{} could not be read{}: the value may stand there",
                                  counted(sweep.coverage.unread_total, "place", "places"), first));
}

void add_findings(Spots& spots, const Plan& plan, const std::vector<const Finding*>& findings,
                  const PlanSources& sources) {
  for (const Finding* finding : findings) {
    if (finding->presence == Presence::kUnverified) {
      spots.add("unverified", shown_place(*finding) + " was not read in the last sweep");
    }
    if (finding->identity.empty() && !plan.identity.empty()) {
      spots.add("account", shown_place(*finding) + " does not say which account it opens");
    }
  }
  for (const Finding& finding : *sources.findings) {
    const bool open = finding.kind == FindingKind::kSite && is_present(finding) &&
                      finding.identity == plan.identity && !plan.identity.empty();
    if (open) {
      spots.add("reference", shown_place(finding) +
                                 " logs in with this account, and where its "
                                 "value comes from is not resolved");
    }
  }
}

}  // namespace

std::vector<const Finding*> places_of(const std::string& credential_id,
                                      const std::vector<Finding>& findings) {
  std::vector<const Finding*> places;
  for (const Finding& finding : findings) {
    const bool holds = finding.credential_id == credential_id && finding.role == Role::kSecret &&
                       !is_false_positive(finding);
    if (holds && finding.presence != Presence::kGone && in_files_now(finding)) {
      places.push_back(&finding);
    }
  }
  return places;
}

std::vector<PlannedPlace> planned_places(const std::vector<const Finding*>& findings,
                                         const std::string& fingerprint_wanted, bool needs_accounts,
                                         const std::string& account, const PlanSources& sources) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Artefact> artefacts;
  for (const Finding* finding : findings) {
    artefacts[{finding->host, finding->place.root, finding->place.path.value_or(""),
               finding->place.member}]
        .findings.push_back(finding);
  }
  const Places make(fingerprint_wanted, needs_accounts, account, sources);
  std::vector<PlannedPlace> places;
  places.reserve(artefacts.size());
  for (const auto& [name, artefact] : artefacts) places.push_back(make.place(artefact.findings));
  return places;
}

std::vector<std::string> other_uses(const Plan& plan, const std::vector<Finding>& findings,
                                    const std::set<std::string>& ended) {
  std::set<std::string> uses;
  for (const Finding& finding : findings) {
    if (finding.credential_id != plan.credential_id || finding.role != Role::kSecret ||
        is_false_positive(finding)) {
      continue;
    }
    if (!finding.identity.empty()) {
      // A file that is gone took the value along, and left the account.
      const bool dead = finding.identity == plan.identity || ended.contains(finding.identity);
      if (!dead) uses.insert(shown(finding.identity));
      continue;
    }
    const bool planned =
        std::any_of(plan.places.begin(), plan.places.end(), [&](const PlannedPlace& place) {
          return std::find(place.findings.begin(), place.findings.end(), finding.id) !=
                 place.findings.end();
        });
    if (!planned && is_present(finding) && in_files_now(finding)) {
      uses.insert(shown_place(finding));
    }
  }
  return {uses.begin(), uses.end()};
}

std::vector<BlindSpot> blind_spots_of(const Plan& plan, const std::vector<const Finding*>& findings,
                                      const InspectReply& seen, const PlanSources& sources) {
  Spots spots;
  add_sweep(spots, sources);
  add_findings(spots, plan, findings, sources);
  const Provider* const provider = provider_named(*sources.config, plan.provider);
  for (const std::string& client : seen.clients) {
    if (is_expected(provider, client)) continue;
    spots.add("client", fmt::format("{} is seen using it at the provider, and no place of the "
                                    "plan explains it",
                                    shown(client)));
  }
  for (const std::string& use : other_uses(plan, *sources.findings, sources.ended)) {
    spots.add("reused",
              fmt::format("the same value is used for {}, which this plan does not touch: "
                          "there it stays usable",
                          use));
  }
  if (plan.strategy == Strategy::kSlots) {
    spots.add(
        "shared-account",
        fmt::format("old and new value belong to {}: the provider does not tell which of them "
                    "a client uses, so nobody sees who is left with the old one",
                    plan.account));
  }
  for (const PlannedPlace& place : plan.places) {
    if (plan.has_new() && place.probe.empty()) {
      spots.add("no-probe", fmt::format("nothing asks the consumer of {} if it works: `probe` of a "
                                        "sink in rotation.yaml does",
                                        place.shown));
    }
  }
  const auto pin = std::find_if(sources.pins.begin(), sources.pins.end(),
                                [&](const PluginPin& one) { return one.name == plan.rotator; });
  if (pin != sources.pins.end()) {
    for (const std::string& spot : blind_spots(pin->grants, enforcement())) {
      spots.add("confinement", spot);
    }
  }
  return spots.take();
}

}  // namespace nhi
