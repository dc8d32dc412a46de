// decide.hpp - one decision of a person about one finding or credential, from flags or from a row
// of a spreadsheet: checked word by word, compared with what is in force, made ready to be stored.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// The words of a decision, each as somebody typed it.
enum class DecisionWord : std::uint8_t { kAs, kOwner, kReason, kUntil, kTicket, kEvidence };
struct DecisionWords {
  std::string as;  // a verdict, or "accepted"
  std::string owner;
  std::string reason;
  std::string until;
  std::string ticket;
  std::string evidence;
};
/// Why a decision cannot be taken, and which of its words is to blame.
struct WordProblem {
  DecisionWord word = DecisionWord::kAs;
  std::string what;
  std::string hint;
};

// Collects decisions of one command. What is in force already is not decided again. Accepting what
// is accepted moves the end of that exception; "none" takes back verdict and exception.
class Decider {
 public:
  /// `who` decides all of them, at `now`. Errors: kNotFound without a finished sweep; kStore.
  [[nodiscard]] static Result<Decider> create(Inventory& inventory, std::string who, Instant now);

  /// Ids of all findings that hold a value or a trace, and of their credentials.
  [[nodiscard]] const std::set<std::string>& known() const { return known_; }
  /// `subject` is one of known(). With `keep_rest` owner and ticket that are not given stay as the
  /// decision in force has them.
  [[nodiscard]] std::optional<WordProblem> add(const std::string& subject,
                                               const DecisionWords& words, bool keep_rest);
  /// What is decided about `subject`, by itself or by its credential; acceptance aside.
  [[nodiscard]] const FindingDecision* verdict_on(const std::string& subject) const;
  [[nodiscard]] const Decisions& made() const { return made_; }
  [[nodiscard]] std::size_t unchanged() const { return unchanged_; }

 private:
  Decider(std::string who, Instant now) : who_(std::move(who)), now_(now) {}
  [[nodiscard]] std::optional<WordProblem> accept(const std::string& subject,
                                                  const DecisionWords& words);
  [[nodiscard]] std::optional<WordProblem> judge(const std::string& subject, Verdict verdict,
                                                 const DecisionWords& words, bool keep_rest);
  [[nodiscard]] std::optional<WordProblem> take_back(const std::string& subject,
                                                     const DecisionWords& words);
  void store(FindingDecision decision);

  std::string who_;
  Instant now_;
  std::set<std::string> known_;
  std::unordered_map<std::string, std::string> credential_of_;          // of a finding
  std::unordered_map<std::string, FindingDecision> newest_;             // by subject
  std::unordered_map<std::string, std::vector<Exception>> exceptions_;  // not withdrawn
  Decisions made_;
  std::size_t unchanged_ = 0;
};

/// Ids that the command names (whole or the beginning), else those of the findings that the filter
/// flags let pass. Errors: kBadUse for an unknown id, neither ids nor a filter, nothing found.
[[nodiscard]] Result<std::vector<std::string>> subjects_of(Inventory& inventory,
                                                           const std::set<std::string>& known,
                                                           const Options& options);

}  // namespace nhi
