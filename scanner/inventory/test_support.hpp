// test_support.hpp - what the tests of this room share: a folder of their own, findings, a sweep.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi::test {

// A fresh folder that is removed with everything in it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "nhi-inventory-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string short_digest(const std::string& text) {
  return to_hex(sha256(text)).substr(0, 16);
}

/// A finding of `rule` in the unit, its id made as contracts section 4 says: without the rule.
inline Finding finding_in(const UnitKey& unit, const std::string& path, const std::string& value,
                          const std::string& rule = "acme-key") {
  Finding finding;
  finding.id = "f_" + short_digest(unit.target + "\n" + unit.root + "\n" + path + "\n" + value);
  finding.rule = rule;
  finding.category = "saas";
  finding.severity = Level::kHigh;
  finding.confidence = Level::kHigh;
  finding.why = "pattern and checksum";
  finding.fingerprint = "hmac-sha256:k1:" + short_digest(value);
  finding.credential_id = "c_" + short_digest(value);
  finding.redacted = "acme_********";
  finding.length_class = "16+";
  finding.target = unit.target;
  finding.place.root = unit.root;
  finding.place.path = path;
  if (unit.path == ".git") {
    GitFacts git;
    git.blob = short_digest(path);
    git.introduced.commit = short_digest(value + "commit");
    git.introduced.date = Instant{1'700'000'000};
    git.in_head = true;
    git.reachable = true;
    finding.place.git = git;
    finding.staleness.source = AgeSource::kGit;
    finding.staleness.since = Instant{1'700'000'000};
  } else {
    FileFacts file;
    file.owner = "tomcat";
    file.mode = 0644;
    finding.place.file = file;
  }
  return finding;
}

/// Every field set, each to a value of its own.
inline Finding full_finding(const UnitKey& unit) {
  Finding f = finding_in(unit,
                         "conf/\xff\xfe"
                         "a.xml",
                         "value");
  f.kind = FindingKind::kSite;
  f.also = {"r2", "r3"};
  f.severity = Level::kCritical;
  f.confidence = Level::kLow;
  f.group = "g";
  f.role = Role::kAccount;
  f.host = "app01";
  f.place.member = std::string("inner\0.zip!/b", 13);
  f.place.file = FileFacts{"tomcat", 0640, Instant{5}, true};
  GitFacts git;
  git.blob = "aa";
  git.blobs = 37;
  git.introduced = {"bb", "A <a@x>", "C <c@x>", Instant{-6}};
  git.last_seen_commit = "cc";
  git.removed_commit = "dd";
  git.removed_date = Instant{-5};
  git.paths_total = 3;
  git.refs = {"main", "v1"};
  git.in_head = git.in_worktree = git.reachable = true;
  f.place.git = git;
  f.first = {12, 9};
  f.last = {13, 29};
  f.bytes = {310, 330};
  f.encoding = {"utf-16le", "base64"};
  SiteFacts site;
  site.format = "mirth.channel";
  site.component = {"ADT", "", "Destination \x1f 1"};
  site.component_id = "id";
  site.enabled = false;
  site.target = "jdbc:x";
  site.account = "svc";
  site.form = Form::kNone;
  site.form_detail = "detail";
  site.dormant = site.inbound = true;
  site.secret = {1, 2};
  site.account_span = {3, 4};
  f.site = site;
  f.identity = "mssql:pas01:1433/svc";
  f.principal = Principal::kUnknown;
  f.indicator = IndicatorFacts{"cis1.host.gas", IndicatorClass::kNeutral, "spine",
                               PlaceKind::kDocument, "gas.example"};
  f.dependency_id = "d_1";
  f.system = "TIE";
  f.environment = Environment::kDevelopment;
  f.owner_name = "platform";
  f.owner_source = "estate";
  f.staleness = {AgeSource::kFileTime, Instant{7}, Instant{8}};
  f.published_default = f.ignored_inline = true;
  f.ordinal = 2;
  return f;
}

inline UnitResult unit_of(const UnitKey& key, const std::string& stamp,
                          std::vector<Finding> findings, const std::string& profile = "p1") {
  UnitResult unit;
  unit.key = key;
  unit.stamp = stamp;
  unit.profile = profile;
  unit.coverage.files = 1;
  unit.coverage.bytes = 100;
  unit.findings = std::move(findings);
  return unit;
}

inline SweepFacts facts_of(std::int64_t night, std::vector<std::string> targets = {"t"},
                           const std::string& profile = "p1") {
  SweepFacts facts;
  facts.started = Instant{night * 86'400};
  facts.as_of = Instant{night * 86'400};
  facts.estate = "North Ward Trust";
  facts.ruleset = "sha256:r1";
  facts.profile = profile;
  facts.key_id = "k1";
  facts.version = "0.1.0";
  facts.targets = std::move(targets);
  return facts;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message();
    std::abort();
  }
  return std::move(*result);
}
inline void must(const Result<void>& result) {
  if (!result) {
    ADD_FAILURE() << result.error().message();
    std::abort();
  }
}

inline Inventory open_for_writing(const std::string& path) {
  return must(Inventory::open(path, Inventory::Mode::kWrite));
}

inline const std::vector<std::string> kRules = {"acme-key", "other-key", "third-key"};

/// Ends a sweep of which nothing is known beyond what it stored or reused.
inline SweepEnd plain_end(std::int64_t seconds) {
  return {{}, Instant{seconds}, kRules, [](const UnitKey&) { return Absence::kNotRead; }};
}

/// What one night's sweep does with the units of its targets.
struct Night {
  std::int64_t number = 1;
  std::vector<UnitResult> units;
  std::set<UnitKey> absent;  // proven; everything else that is missing was not read
  std::vector<std::string> targets = {"t"};
  std::vector<std::string> rules = kRules;
  std::string profile = "p1";
};

/// Sweeps like the pipeline: reuses what it can, stores the rest, ends.
inline SweepOutcome sweep(Inventory& inventory, const Night& night) {
  const SweepId id =
      must(inventory.begin_sweep(facts_of(night.number, night.targets, night.profile)));
  for (const UnitResult& unit : night.units) {
    Coverage carried;
    if (must(inventory.reuse(id, unit.key, unit.stamp, unit.profile, carried))) continue;
    must(inventory.store(id, unit));
  }
  Coverage coverage;
  coverage.files = night.units.size();
  return must(inventory.finish_sweep(
      id, {coverage, Instant{night.number * 86'400 + 60}, night.rules, [&](const UnitKey& key) {
             return night.absent.count(key) != 0 ? Absence::kProvenAbsent : Absence::kNotRead;
           }}));
}

inline std::map<std::string, Finding> by_id(Inventory& inventory) {
  std::map<std::string, Finding> found;
  for (Finding& finding : must(inventory.findings({}))) found.emplace(finding.id, finding);
  return found;
}

}  // namespace nhi::test
