#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/decide.hpp"
#include "scanner/cli/sheet.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// What people say of the life of credentials, made ready to be stored. What is said already is not
// said again; "none" brings back what was known before.
class Attester {
 public:
  Attester(const StoredView& view, std::string who, Instant now) : who_(std::move(who)), now_(now) {
    for (const Credential& credential : view.derived.credentials) {
      credentials_.emplace(credential.id, &credential);
      direct_.insert(credential.id);
    }
    for (const Finding& finding : view.findings) {
      if (!credentials_.contains(finding.credential_id)) continue;
      if (is_shared_spine(finding)) shared_.insert(finding.credential_id);
      indirect_[finding.id] = {finding.credential_id};
    }
    for (const Identity& identity : view.derived.identities) {
      indirect_[identity.id] = identity.credentials;
    }
  }

  /// Ids of credentials, and of what leads to some: findings and identities.
  [[nodiscard]] std::set<std::string> known() const {
    std::set<std::string> ids = direct_;
    for (const auto& [id, credentials] : indirect_) ids.insert(id);
    return ids;
  }
  /// The credentials of `subject`. A credential of Spine outlives CIS1, so it is not swept along:
  /// it has to be named itself.
  [[nodiscard]] std::set<std::string> credentials_of(const std::string& subject) {
    if (direct_.contains(subject)) return {subject};
    std::set<std::string> out;
    for (const std::string& id : indirect_.at(subject)) {
      if (!credentials_.contains(id)) continue;
      (shared_.contains(id) ? left_ : out).insert(id);
    }
    return out;
  }
  [[nodiscard]] std::optional<WordProblem> add(const std::string& id, const std::string& as,
                                               const std::string& evidence) {
    using enum CredentialStatus;
    const Credential& credential = *credentials_.at(id);
    if (as != "dead" && as != "none") {
      return WordProblem{DecisionWord::kAs, "'" + as + "' is not known here", "dead, or none"};
    }
    if (is_blank(evidence)) {
      return WordProblem{DecisionWord::kEvidence, "what does it rest on?",
                         "a ticket, a supplier's mail, a login that was refused; never a secret"};
    }
    const bool dead = credential.status == kDeadAttested || credential.status == kDeadProven;
    if (as == "none" && credential.status == kDeadProven) {
      return WordProblem{DecisionWord::kAs, id + " was proven dead, which no word takes back", {}};
    }
    if (dead == (as == "dead")) {
      ++unchanged_;
      return std::nullopt;
    }
    made_.push_back(
        {id, as == "dead" ? kDeadAttested : before_attestation(credential), who_, now_, evidence});
    return std::nullopt;
  }

  [[nodiscard]] const std::vector<CredentialDecision>& made() const { return made_; }
  [[nodiscard]] std::size_t unchanged() const { return unchanged_; }
  /// Credentials of Spine that a filter, a finding or an identity led to.
  [[nodiscard]] const std::set<std::string>& left() const { return left_; }
  /// What was said, a line each, with what remains to be done.
  [[nodiscard]] std::string lines() const {
    std::string text;
    for (const CredentialDecision& decision : made_) {
      const Credential& credential = *credentials_.at(decision.credential_id);
      text += fmt::format("{}  {}", decision.credential_id, to_string(decision.status));
      const std::uint64_t there = credential.sites - credential.sites_gone;
      if (decision.status == CredentialStatus::kDeadAttested && there > 0) {
        text += fmt::format(", still in {} {}", there, there == 1 ? "place" : "places");
      }
      if (shared_.contains(decision.credential_id)) text += ", shared Spine: no part of CIS1";
      text += "\n";
    }
    return text;
  }

 private:
  static CredentialStatus before_attestation(const Credential& credential) {
    const auto last = std::find_if(credential.life.rbegin(), credential.life.rend(),
                                   [](const CredentialDecision& said) {
                                     return said.status != CredentialStatus::kDeadAttested;
                                   });
    return last == credential.life.rend() ? CredentialStatus::kUnknown : last->status;
  }

  std::string who_;
  Instant now_;
  std::map<std::string, const Credential*> credentials_;
  std::set<std::string> direct_;
  std::map<std::string, std::vector<std::string>> indirect_;
  std::set<std::string> shared_;
  std::set<std::string> left_;
  std::vector<CredentialDecision> made_;
  std::size_t unchanged_ = 0;
};

Result<void> take_sheet(const Options& options, Attester& attester) {
  SheetFaults faults(options.csv);
  NHI_TRY(
      const Sheet sheet,
      read_sheet(options.csv,
                 {{"id", "credential_id", true}, {"as", "status", true}, {"evidence", "", true}},
                 faults));
  const std::set<std::string> known = attester.known();
  std::map<std::string, std::size_t> lines;
  for (const SheetRow& row : sheet.rows) {
    const std::string& id = row.cells[0];
    if (is_blank(row.cells[1])) continue;
    if (!known.contains(id) || !id.starts_with("c_")) {
      faults.add(row.line, sheet.headings[0], "no credential has the id '" + id + "'",
                 "credentials list shows ids");
      continue;
    }
    const auto [before, fresh] = lines.emplace(id, row.line);
    if (!fresh) {
      faults.add(row.line, sheet.headings[0],
                 fmt::format("'{}' is on line {} already", id, before->second));
      continue;
    }
    if (const auto problem = attester.add(id, row.cells[1], row.cells[2])) {
      const std::size_t column = problem->word == DecisionWord::kAs ? 1 : 2;
      faults.add(row.line, sheet.headings[column], problem->what, problem->hint);
    }
  }
  return faults.settle();
}

Result<void> take_flags(Inventory& inventory, const Options& options, Attester& attester) {
  if (options.decide_as.empty()) {
    return fail(ErrorCode::kBadUse, "what is attested?", "--as", "dead, or none to take it back");
  }
  NHI_TRY(const std::vector<std::string> subjects,
          subjects_of(inventory, attester.known(), options));
  std::set<std::string> ids;
  for (const std::string& subject : subjects) ids.merge(attester.credentials_of(subject));
  for (const std::string& id : ids) {
    if (const auto problem = attester.add(id, options.decide_as, options.evidence)) {
      return fail(ErrorCode::kBadUse, problem->what,
                  problem->word == DecisionWord::kAs ? "--as" : "--evidence", problem->hint);
    }
  }
  return {};
}

}  // namespace

Result<int> cmd_attest(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_CHECK_OK(check_sheet_alone(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  Attester attester(view, actor_of(options), now);
  if (options.csv.empty()) {
    NHI_CHECK_OK(take_flags(inventory, options, attester));
  } else {
    NHI_CHECK_OK(take_sheet(options, attester));
  }
  if (!options.dry_run)
    NHI_CHECK_OK(decide_recorded(options, inventory, {.credentials = attester.made()}));
  NHI_CHECK_OK(write_result(options, attester.lines()));
  for (const std::string& id : attester.left()) {
    note(options, id + " is a shared Spine credential and no part of CIS1: left out unless its "
                       "own id is named");
  }
  note(options,
       fmt::format("{} {}, {} as before", attester.made().size(),
                   options.dry_run ? "would be attested" : "attested", attester.unchanged()));
  return kStatusClean;
}

}  // namespace nhi
