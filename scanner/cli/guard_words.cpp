#include "scanner/cli/guard_words.hpp"

#include <array>

#include "rotators/engine/guard.hpp"

namespace nhi {
namespace {

struct Question {
  const char* words;
  GuardAction action;
  GuardCause cause;
};
constexpr std::array<Question, 3> kQuestions = {{
    {"rotate", GuardAction::kRotate, GuardCause::kHygiene},
    {"rotate after a leak", GuardAction::kRotate, GuardCause::kLeaked},
    {"revoke", GuardAction::kRevoke, GuardCause::kRetirement},
}};

void ask(Credential& credential, GuardCase asked, const std::string& dependency_id,
         const ReportData& data) {
  for (const Question& question : kQuestions) {
    asked.cause = question.cause;
    asked.overlap = true;  // a condition where it is needed; only a rotator knows whether it can be
    GuardVerdict verdict = permits(asked, question.action, data.as_of, data.cis1_removal);
    credential.actions.push_back({dependency_id, std::string(to_string(asked.cis_class)),
                                  question.words, verdict.permitted, std::move(verdict.rule),
                                  std::move(verdict.because), std::move(verdict.conditions)});
  }
}

}  // namespace

void add_verdicts(Credential& credential, const ReportData& data) {
  std::vector<const Finding*> places;
  for (const Finding& finding : data.findings) {
    if (finding.credential_id == credential.id) places.push_back(&finding);
  }
  for (const Dependency& dependency : data.dependencies) {
    if (!concerns(dependency, credential.id)) continue;
    ask(credential, case_of(credential.id, places, dependency, data.as_of), dependency.id, data);
  }
  if (!credential.actions.empty()) return;
  GuardCase alone;
  alone.cis_class = CisClass::kUnrelated;
  ask(credential, alone, {}, data);
}

}  // namespace nhi
