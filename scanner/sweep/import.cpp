#include "scanner/sweep/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "scanner/base/hash.hpp"
#include "scanner/base/time_span.hpp"
#include "scanner/bundle/bundle_reader.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/sweep/absence.hpp"
#include "scanner/sweep/estate_node.hpp"
#include "scanner/sweep/import_keys.hpp"
#include "scanner/sweep/import_owners.hpp"

namespace nhi {
namespace {

// What one host has to say tonight.
struct HostNight {
  const ProvenBundle* bundle = nullptr;  // none: the host is silent
  bool known = false;                    // this very bundle was merged before
  bool proves = false;                   // what it lacks may be gone
  std::set<std::string> targets;         // of the bundle
  AbsenceTracker tracker;
};
using Nights = std::map<std::string, HostNight, std::less<>>;
using KnownPlaces = std::map<UnitKey, const Inventory::KnownPlace*>;

// Stores what is not stored yet of one bundle.
class Merger : public BundleSink {
 public:
  Merger(Inventory& inventory, SweepId sweep, const FingerprintKey& key, const KnownPlaces& known,
         ImportOwners& owners, HostNight& night)
      : inventory_(inventory),
        sweep_(sweep),
        key_(key),
        known_(known),
        owners_(owners),
        night_(night) {}

  Result<bool> begin_unit(const UnitResult& unit, const std::vector<PlaceOwner>& owners) override {
    for (const PlaceOwner& owner : owners) owners_.add(unit.key, owner);
    // Equal stamp and profile: the reading is known, which is what a sweep goes by itself.
    if (unit.stamp.empty()) return true;
    Coverage carried;
    NHI_TRY(const bool reused,
            inventory_.reuse(sweep_, unit.key, unit.stamp, unit.profile, carried));
    return !reused;
  }
  Result<void> unit(UnitResult unit) override {
    NHI_CHECK_OK(settle_ids(unit, *night_.bundle, key_));
    return inventory_.store(sweep_, unit);
  }
  // Most files hold nothing and never did: only where something is known do they tell anything.
  Result<void> clean_unit(UnitKey key, std::string stamp, const std::string& profile) override {
    if (!known_.contains(key)) return {};
    UnitResult unit{std::move(key), std::move(stamp), profile, {}, {}};
    unit.coverage.files = 1;
    return inventory_.store(sweep_, unit);
  }
  void listed(std::string place) override { night_.tracker.was_listed(std::move(place)); }
  void empty_folder(std::string place, std::string mark) override {
    night_.tracker.was_empty(std::move(place), std::move(mark));
  }
  void refused(std::string place) override { night_.tracker.was_refused(std::move(place)); }
  void distrusted(std::string place) override { night_.tracker.distrusted(place); }

 private:
  Inventory& inventory_;
  SweepId sweep_;
  const FingerprintKey& key_;
  const KnownPlaces& known_;
  ImportOwners& owners_;
  HostNight& night_;
};

std::string late_reason(Instant collected, Instant now, std::int64_t max_age) {
  return fmt::format("stale: collected {} ago, at most {}",
                     span_text(now.seconds - collected.seconds), span_text(max_age));
}

class Import {
 public:
  Import(ImportRequest request, const FingerprintKey& key, Inventory& inventory)
      : request_(std::move(request)),
        key_(key),
        seal_keys_(seal_keys(key)),
        inventory_(inventory) {}

  Result<ImportReport> run() {
    NHI_CHECK_OK(prove());
    NHI_CHECK_OK(judge_hosts());
    NHI_CHECK_OK(check_keys());
    NHI_CHECK_OK(begin());
    for (auto& [host, night] : nights_) {
      if (night.bundle != nullptr) NHI_CHECK_OK(merge(host, night));
    }
    return end();
  }

 private:
  Result<void> prove();
  Result<void> check(const ProvenBundle& bundle) const;
  Result<void> judge_hosts();
  Result<void> check_keys();
  void judge_expected(const ExpectedHost& expected);
  Result<void> begin();
  Result<void> merge(const std::string& host, HostNight& night);
  Result<ImportReport> end();
  void add_unread(const std::string& host, std::string reason);
  [[nodiscard]] AcceptedUnread accepted_for(const std::string& host,
                                            const BundleHeader* header) const;
  [[nodiscard]] Absence absence_of(const UnitKey& unit) const;
  [[nodiscard]] Instant now() const { return request_.facts.as_of; }

  ImportRequest request_;
  const FingerprintKey& key_;
  std::vector<SealKey> seal_keys_;
  Inventory& inventory_;
  std::vector<ProvenBundle> bundles_;
  std::map<std::string, HostBundle> merged_;  // by host: of earlier sweeps
  Nights nights_;
  std::vector<Inventory::KnownPlace> places_;
  KnownPlaces known_;
  ImportOwners owners_;
  ImportReport report_;
};

Result<void> Import::prove() {
  NHI_TRY(const std::vector<HostBundle> merged, inventory_.bundles());
  for (const HostBundle& bundle : merged) merged_[bundle.host] = bundle;
  bundles_.reserve(request_.bundles.size());
  for (const std::string& path : request_.bundles) {
    NHI_TRY(ProvenBundle bundle, prove_bundle(path, seal_keys_));
    NHI_CHECK_OK(check(bundle));
    bundles_.push_back(std::move(bundle));
  }
  for (const ProvenBundle& bundle : bundles_) {
    HostNight& night = nights_[bundle.header.host];
    if (night.bundle != nullptr) {
      return fail(ErrorCode::kBadUse, "two bundles of one host: the other is " + bundle.path,
                  night.bundle->path, "give the newer one alone");
    }
    night.bundle = &bundle;
    night.proves = true;
    for (const BundleTarget& target : bundle.header.targets) night.targets.insert(target.name);
  }
  return {};
}

Result<void> Import::check(const ProvenBundle& bundle) const {
  const BundleHeader& header = bundle.header;
  if (header.as_of.seconds > now().seconds + kClockSkewSeconds) {
    return fail(ErrorCode::kBadUse,
                "the bundle is dated " + to_iso8601(header.as_of) + ", in the future", bundle.path,
                "check the clock of " + header.host);
  }
  const auto merged = merged_.find(header.host);
  if (merged == merged_.end() || merged->second.collected <= header.as_of) return {};
  return fail(ErrorCode::kBadUse,
              fmt::format("the bundle of {} is older than the one of {} that was merged already",
                          to_iso8601(header.as_of), to_iso8601(merged->second.collected)),
              bundle.path, "collect on " + header.host + " again");
}

// A host that cannot say what was known of it is refused before anything of the night is stored.
Result<void> Import::check_keys() {
  if (!key_.former) return {};
  NHI_TRY(const auto waiting, inventory_.waiting_for_key({key_.id, key_check(key_)}));
  for (const auto& [host, night] : nights_) {
    if (night.bundle == nullptr) continue;
    if (!night.known) NHI_CHECK_OK(check_nothing_waits(*night.bundle, key_, waiting));
    if (night.bundle->key_used == 0) continue;
    report_.notes.push_back(
        fmt::format("{} still collects under {}, which {} replaces: nhisweep "
                    "key import there",
                    host, key_.former->id, key_.id));
  }
  return {};
}

Result<void> Import::judge_hosts() {
  for (auto& [host, night] : nights_) {
    const auto merged = merged_.find(host);
    night.known = merged != merged_.end() && merged->second.seal == night.bundle->seal;
  }
  for (const ExpectedHost& expected : request_.hosts) judge_expected(expected);
  for (const auto& [host, night] : nights_) {
    const bool expected =
        std::any_of(request_.hosts.begin(), request_.hosts.end(),
                    [&, &name = host](const ExpectedHost& one) { return one.name == name; });
    if (!expected && !request_.hosts.empty()) {
      report_.notes.push_back(host + " is not among the hosts of the estate; merged all the same");
    }
    if (night.known) report_.notes.push_back(host + ": this bundle was merged before");
  }
  return {};
}

// A bundle that was merged before counts for its host until it is too old, so that one late host
// can be merged by itself the same night, and last night's bundle never passes for tonight's.
void Import::judge_expected(const ExpectedHost& expected) {
  const auto given = nights_.find(expected.name);
  const auto merged = merged_.find(expected.name);
  std::optional<Instant> collected;
  if (given != nights_.end()) {
    collected = given->second.bundle->header.as_of;
  } else if (merged != merged_.end()) {
    collected = merged->second.collected;
  }
  const bool young = collected && now().seconds - collected->seconds <= expected.max_age;
  if (young && given == nights_.end()) {
    report_.coverage.add_policy("merged-before", 1, 0);
    return;
  }
  if (young) return;
  HostNight& night = nights_[expected.name];
  night.proves = false;
  // New on arrival, if late: what it holds is told. Known and late: the host is silent.
  if (night.bundle == nullptr || night.known) night.bundle = nullptr;
  const bool stale = given != nights_.end();
  add_unread(expected.name, stale ? late_reason(*collected, now(), expected.max_age) : "no-bundle");
}

AcceptedUnread Import::accepted_for(const std::string& host, const BundleHeader* header) const {
  std::vector<TargetRoot> roots;
  if (header != nullptr) {
    for (const BundleTarget& target : header->targets) {
      for (const BundleRoot& root : target.roots) {
        roots.push_back({root.path, root.root, root.root});
      }
    }
  }
  return {places_on_host(request_.accepted, host), std::move(roots), now()};
}

// An acceptance of the host's `/` covers the host itself.
void Import::add_unread(const std::string& host, std::string reason) {
  if (accepted_for(host, nullptr).covers({host, "/", reason, 0})) {
    report_.coverage.add_policy("accepted-unread", 1, 0);
  } else {
    report_.coverage.add_unread({host, "", std::move(reason), 0});
  }
}

Result<void> Import::begin() {
  std::set<std::string> targets;
  std::set<std::string> rulesets;
  std::set<std::string> profiles;
  for (const auto& [host, night] : nights_) {
    targets.insert(night.targets.begin(), night.targets.end());
    if (night.bundle == nullptr) continue;
    rulesets.insert(night.bundle->header.ruleset);
    profiles.insert(night.bundle->header.profile);
  }
  // What is known of these hosts and in no bundle of theirs is told too: it is unverified.
  NHI_TRY(const std::vector<std::string> known, inventory_.targets());
  for (const std::string& target : known) {
    const auto night = nights_.find(host_of_target(target));
    if (night == nights_.end() || target.find('/') == std::string::npos) continue;
    if (!targets.insert(target).second || night->second.bundle == nullptr) continue;
    report_.coverage.add_policy("target-not-collected", 1, 0);
  }
  const auto digest = [](const std::set<std::string>& words) {
    if (words.empty()) return std::string();  // every host is silent
    if (words.size() == 1) return *words.begin();
    FieldBytes fields;
    for (const std::string& word : words) fields.add(word);
    return "sha256:" + to_hex(sha256(fields.bytes()));
  };
  if (rulesets.size() > 1) {
    report_.notes.push_back(
        fmt::format("the hosts were read under {} sets of rules", rulesets.size()));
  }
  SweepFacts& facts = request_.facts;
  facts.ruleset = digest(rulesets);
  facts.profile = digest(profiles);
  facts.key_id = key_.id;
  facts.key_check = key_check(key_);
  if (key_.former) facts.former_check = key_check(*key_.former);
  facts.targets.assign(targets.begin(), targets.end());
  NHI_TRY(places_, inventory_.known_places(facts.targets));
  for (const Inventory::KnownPlace& place : places_) {
    known_[place.key] = &place;
    const auto night = nights_.find(host_of_target(place.key.target));
    if (night != nights_.end()) night->second.tracker.know(place);
  }
  NHI_TRY(report_.sweep, inventory_.begin_sweep(facts));
  return {};
}

Result<void> Import::merge(const std::string& host, HostNight& night) {
  Merger merger(inventory_, report_.sweep, key_, known_, owners_, night);
  NHI_TRY(Coverage coverage, read_bundle(*night.bundle, seal_keys_, merger));
  if (night.known) {
    // Counted by the sweep that merged it; here it is only known to be so.
    coverage.carried_files += coverage.files;
    coverage.carried_git_objects += coverage.git_objects;
    coverage.files = coverage.bytes = coverage.git_objects = coverage.archive_members = 0;
    const Instant collected = night.bundle->header.as_of;
    if (!coverage.carried_since || collected < *coverage.carried_since) {
      coverage.carried_since = collected;
    }
  }
  report_.coverage.merge(accepted_for(host, &night.bundle->header).apply(std::move(coverage)));
  ++report_.hosts;
  return {};
}

Absence Import::absence_of(const UnitKey& unit) const {
  const auto night = nights_.find(host_of_target(unit.target));
  const auto place = known_.find(unit);
  if (night == nights_.end() || place == known_.end()) return Absence::kNotRead;
  if (!night->second.proves || !night->second.targets.contains(unit.target)) {
    return Absence::kNotRead;
  }
  return night->second.tracker.judge(*place->second);
}

Result<ImportReport> Import::end() {
  SweepEnd end;
  for (const auto& [host, night] : nights_) {
    if (night.bundle == nullptr) continue;
    const BundleHeader& header = night.bundle->header;
    end.bundles.push_back({host, night.bundle->seal, header.as_of, header.key_check});
    std::vector<std::string> rules = header.rules;
    std::sort(rules.begin(), rules.end());
    if (end.rules.empty()) end.rules = rules;
    if (rules == end.rules) continue;
    for (const BundleTarget& target : header.targets) end.rules_of_target[target.name] = rules;
  }
  report_.coverage.normalise();
  end.coverage = report_.coverage;
  end.now = request_.facts.started;
  end.absence = [this](const UnitKey& unit) { return absence_of(unit); };
  end.owner = [this](const std::string& target, const std::string& root, const std::string& path) {
    if (auto owner = request_.owners.owner_of(root, path)) return owner;
    return owners_.owner_of({target, root, path});
  };
  end.baseline = request_.baseline;
  NHI_TRY(report_.outcome, inventory_.finish_sweep(report_.sweep, end));
  return std::move(report_);
}

}  // namespace

Result<ImportReport> run_import(ImportRequest request, const FingerprintKey& key,
                                Inventory& inventory) {
  return Import(std::move(request), key, inventory).run();
}

}  // namespace nhi
