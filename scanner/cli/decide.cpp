#include "scanner/cli/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "scanner/base/hash.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {
namespace {

constexpr std::string_view kAccepted = "accepted";

bool is_blank(const std::string& word) {
  return word.find_first_not_of(" \t\r\n") == std::string::npos;
}

std::optional<WordProblem> missing(DecisionWord word, std::string what) {
  return WordProblem{word, std::move(what), {}};
}

std::string exception_id(const Exception& exception) {
  FieldBytes fields;
  fields.add(exception.subject).add(exception.owner).add(exception.reason).add(exception.who);
  fields.add(to_iso8601(exception.until)).add(to_iso8601(exception.decided));
  return "e_" + to_hex(sha256(fields.bytes())).substr(0, 16);
}

// What each kind requires and what has no meaning with it.
std::optional<WordProblem> check(Verdict verdict, const DecisionWords& words) {
  if (!is_blank(words.until)) {
    return missing(DecisionWord::kUntil, "only what is accepted ends on a date");
  }
  switch (verdict) {
    case Verdict::kAssigned:
      if (is_blank(words.owner)) return missing(DecisionWord::kOwner, "assigned to whom?");
      break;
    case Verdict::kTicket:
      if (is_blank(words.ticket)) return missing(DecisionWord::kTicket, "which ticket?");
      break;
    case Verdict::kFalsePositive:
      if (is_blank(words.reason)) {
        return missing(DecisionWord::kReason, "a false positive needs a reason");
      }
      break;
    case Verdict::kConfirmed:
    case Verdict::kNone:
      break;
  }
  return std::nullopt;
}

bool same_words(const FindingDecision& a, const FindingDecision& b) {
  const auto words = [](const FindingDecision& d) {
    return std::tie(d.verdict, d.owner, d.ticket, d.reason, d.evidence);
  };
  return words(a) == words(b);
}

bool same_words(const Exception& a, const Exception& b) {
  const auto words = [](const Exception& e) {
    return std::tie(e.owner, e.reason, e.until, e.evidence);
  };
  return words(a) == words(b);
}

}  // namespace

Result<Decider> Decider::create(Inventory& inventory, std::string who, Instant now) {
  NHI_CHECK_OK(last_sweep(inventory));
  Decider decider(std::move(who), now);
  NHI_TRY(const std::vector<Finding> all, inventory.findings({}));
  for (const Finding& finding : all) {
    if (finding.kind == FindingKind::kSite) continue;  // nothing of its own to decide about
    decider.known_.insert(finding.id);
    if (finding.credential_id.empty()) continue;
    decider.known_.insert(finding.credential_id);
    decider.credential_of_[finding.id] = finding.credential_id;
  }
  NHI_TRY(std::vector<FindingDecision> decisions, inventory.finding_decisions());
  for (FindingDecision& decision : decisions) {
    std::string subject = decision.subject;
    decider.newest_.insert_or_assign(std::move(subject), std::move(decision));
  }
  NHI_TRY(std::vector<Exception> exceptions, inventory.exceptions());
  for (Exception& exception : exceptions) {
    if (exception.withdrawn) continue;
    std::vector<Exception>& of_subject = decider.exceptions_[exception.subject];
    of_subject.push_back(std::move(exception));
  }
  return decider;
}

std::optional<WordProblem> Decider::add(const std::string& subject, const DecisionWords& words,
                                        bool keep_rest) {
  if (words.as == kAccepted) return accept(subject, words);
  const auto verdict = parse_verdict(words.as);
  if (!verdict) {
    return WordProblem{DecisionWord::kAs, fmt::format("'{}' is no decision", words.as),
                       "confirmed, false-positive, assigned, ticket, accepted or none"};
  }
  if (auto problem = check(*verdict, words)) return problem;
  if (*verdict == Verdict::kNone) return take_back(subject, words);
  return judge(subject, *verdict, words, keep_rest);
}

const FindingDecision* Decider::verdict_on(const std::string& subject) const {
  const FindingDecision* newest = nullptr;
  const auto look = [&](const std::string& id) {
    const auto found = newest_.find(id);
    if (found == newest_.end()) return;
    if (newest == nullptr || newest->number < found->second.number) newest = &found->second;
  };
  look(subject);
  const auto credential = credential_of_.find(subject);
  if (credential != credential_of_.end()) look(credential->second);
  return newest != nullptr && newest->verdict != Verdict::kNone ? newest : nullptr;
}

void Decider::store(FindingDecision decision) {
  decision.who = who_;
  decision.when = now_;
  made_.findings.push_back(std::move(decision));
}

std::optional<WordProblem> Decider::judge(const std::string& subject, Verdict verdict,
                                          const DecisionWords& words, bool keep_rest) {
  FindingDecision decision;
  decision.subject = subject;
  decision.verdict = verdict;
  decision.owner = words.owner;
  decision.ticket = words.ticket;
  decision.reason = words.reason;
  decision.evidence = words.evidence;
  const FindingDecision* const before = verdict_on(subject);
  if (before != nullptr && keep_rest && verdict != Verdict::kFalsePositive) {
    if (decision.owner.empty()) decision.owner = before->owner;
    if (decision.ticket.empty()) decision.ticket = before->ticket;
  }
  if (before != nullptr && same_words(*before, decision)) {
    ++unchanged_;
    return std::nullopt;
  }
  store(std::move(decision));
  return std::nullopt;
}

std::optional<WordProblem> Decider::accept(const std::string& subject, const DecisionWords& words) {
  if (is_blank(words.owner)) {
    return missing(DecisionWord::kOwner, "an acceptance needs somebody who answers for it");
  }
  if (is_blank(words.reason)) {
    return missing(DecisionWord::kReason, "an acceptance needs a reason");
  }
  if (is_blank(words.until)) {
    return missing(DecisionWord::kUntil, "an acceptance needs a day on which it ends");
  }
  if (!is_blank(words.ticket)) {
    return missing(DecisionWord::kTicket, "an acceptance has no ticket: name it as evidence");
  }
  const auto until = parse_instant(words.until);
  if (!until) {
    return WordProblem{DecisionWord::kUntil, until.error().what + " '" + words.until + "'",
                       "write it as 2027-01-31"};
  }
  Exception exception;
  exception.subject = subject;
  exception.owner = words.owner;
  exception.reason = words.reason;
  exception.until = *until;
  exception.who = who_;
  exception.decided = now_;
  exception.evidence = words.evidence;
  const auto credential = credential_of_.find(subject);
  for (const std::string& id :
       {subject, credential == credential_of_.end() ? subject : credential->second}) {
    const auto& standing = exceptions_[id];
    if (std::any_of(standing.begin(), standing.end(),
                    [&](const Exception& one) { return same_words(one, exception); })) {
      ++unchanged_;
      return std::nullopt;
    }
  }
  if (*until <= now_) {
    return missing(DecisionWord::kUntil, "it must end in the future, not on " + words.until);
  }
  for (const Exception& standing : exceptions_[subject]) {
    if (!standing.in_force(now_)) continue;
    if (exception.id.empty()) {
      exception.id = standing.id;
      continue;
    }
    Exception other = standing;  // a second one would outlast what is decided now
    other.withdrawn = true;
    other.who = who_;
    other.decided = now_;
    other.evidence = "replaced by " + exception.id;
    made_.exceptions.push_back(std::move(other));
  }
  if (exception.id.empty()) exception.id = exception_id(exception);
  made_.exceptions.push_back(std::move(exception));
  return std::nullopt;
}

std::optional<WordProblem> Decider::take_back(const std::string& subject,
                                              const DecisionWords& words) {
  if (!is_blank(words.owner)) {
    return missing(DecisionWord::kOwner, "nobody is assigned to what is taken back");
  }
  if (!is_blank(words.ticket)) {
    return missing(DecisionWord::kTicket, "what is taken back has no ticket");
  }
  const auto credential = credential_of_.find(subject);
  if (credential != credential_of_.end()) {
    for (const Exception& standing : exceptions_[credential->second]) {
      if (!standing.in_force(now_)) continue;
      return WordProblem{DecisionWord::kAs, "its credential is accepted with all its places",
                         "take back " + credential->second + ", or end " + standing.id};
    }
  }
  bool changed = false;
  for (Exception standing : exceptions_[subject]) {
    if (!standing.in_force(now_)) continue;
    standing.withdrawn = true;
    standing.who = who_;
    standing.decided = now_;
    standing.evidence = words.reason;
    if (!words.evidence.empty()) {
      standing.evidence += (standing.evidence.empty() ? "" : "; ") + words.evidence;
    }
    made_.exceptions.push_back(std::move(standing));
    changed = true;
  }
  if (verdict_on(subject) != nullptr) {
    FindingDecision decision;
    decision.subject = subject;
    decision.verdict = Verdict::kNone;
    decision.reason = words.reason;
    decision.evidence = words.evidence;
    store(std::move(decision));
    changed = true;
  }
  if (!changed) ++unchanged_;
  return std::nullopt;
}

Result<std::vector<std::string>> subjects_of(Inventory& inventory,
                                             const std::set<std::string>& known,
                                             const Options& options) {
  std::set<std::string> subjects;
  if (!options.paths.empty()) {
    for (const std::string& prefix : options.paths) {
      NHI_TRY(std::string id, whole_id(known, prefix));
      subjects.insert(std::move(id));
    }
    return std::vector<std::string>(subjects.begin(), subjects.end());
  }
  NHI_TRY(const Inventory::SweepRow sweep, last_sweep(inventory));
  NHI_TRY(const FindingFilter filter, filter_of(options, sweep.id));
  if (!names_a_filter(options)) {
    return fail(ErrorCode::kBadUse, "neither ids nor a filter", "",
                "name ids, or give --rule, --system, --owner, --state, …");
  }
  NHI_TRY(const std::vector<Finding> found, inventory.findings(filter));
  for (const Finding& finding : found) {
    if (known.contains(finding.id)) subjects.insert(finding.id);
  }
  if (subjects.empty()) return fail(ErrorCode::kBadUse, "the filter finds nothing", "");
  return std::vector<std::string>(subjects.begin(), subjects.end());
}

}  // namespace nhi
