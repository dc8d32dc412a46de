// options.hpp - every flag of every command, as one struct filled by one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

enum class Command : std::uint8_t {
  kNone,
  kScan,
  kSweep,
  kCollect,
  kImport,
  kFindings,
  kFindingsDecide,
  kFindingsImport,
  kFindingsExport,
  kIdentities,
  kCredentials,
  kCredentialsAttest,
  kDependencies,
  kReport,
  kDependencySetState,
  kDependencyAssignOwner,
  kDependencyBind,
  kDependenciesExport,
  kDependenciesImport,
  kExceptionsList,
  kExceptionsAdd,
  kExceptionsEnd,
  kRulesList,
  kRulesTest,
  kRulesExplain,
  kRulesImport,
  kKeyCreate,
  kKeyExport,
  kKeyImport,
  kKeyRotate,
  kPrune,
  kAuditVerify,
  kAuditExport,
  kAuditHead,
  kRotatorsList,
  kRotatorsCheck,
  kRotate,
  kDoctor,
  kInit,
  kMan,
  kCompletion,
  kHookInstall,
  kHookUninstall,
};
enum class Verb : std::uint8_t { kList, kShow };

enum class RotateVerb : std::uint8_t {
  kPlan,
  kShow,
  kApprove,
  kReject,
  kRun,  // and resume
  kConfirm,
  kRollback,
  kStatus,
  kReconcile,
};

struct RotateOptions {
  RotateVerb verb = RotateVerb::kPlan;
  std::string credential, identity, mode = "scheduled", cause;
  std::vector<std::string> stated;
  std::string plan_hash, clinical, signature;
  std::vector<std::string> accept;
  std::string wait;  // "8h"
  std::int64_t step = 0;
  bool to_sign = false;
  bool follow = false;
};

struct Options {
  Command command = Command::kNone;
  Verb verb = Verb::kList;
  std::vector<std::string> paths;
  std::string show_id;
  std::string argument;  // rule id, or key text file
  std::string finding;   // rules explain: id of a finding, or its beginning
  std::string report;    // where it stands, if not in the inventory
  std::string at;        // folder that is the root of the finding now
  std::string estate;
  std::string inventory = "./nhisweep.db";
  std::string journal;  // empty: the usual one
  bool audit_syslog = false;
  std::string format = "text";
  std::string output;
  std::string html;
  std::string host;   // collect: this one's name
  std::string cache;  // collect: an inventory that is kept
  std::vector<std::string> rules;
  bool no_default_rules = false;
  std::string gitleaks_default;  // what Gitleaks has built in, for files that extend it
  unsigned jobs = 0;
  std::size_t memory_mib = kMemoryMibDefault;
  std::vector<std::string> exclude;
  std::string max_file_size;
  std::vector<std::string> accept_closed;  // kinds of containers, or "all"
  bool staged = false;                     // scan: what the next commit will hold
  std::string since;                       // scan: what came after this revision
  bool no_git_history = false;
  bool one_file_system = false;
  std::string until;          // "06:00", or an instant
  std::string max_read_rate;  // a size; a second
  std::string io_timeout;     // a span of time: "30s"
  bool background = false;
  bool full = false;
  bool baseline = false;      // sweep: what is there is known
  std::string baseline_file;  // scan: an earlier report
  std::string fail_on;
  std::string min_confidence = "medium";
  std::string as_of;
  bool quiet = false;
  std::string color = "auto";
  std::string progress = "auto";
  bool reveal = false;
  bool stats = false;
  // Filters of list verbs and reports.
  std::string severity, confidence, rule, system, owner, state, principal, sort;
  std::string measure, group_by;
  bool in_head = false;
  std::string since_sweep;
  std::uint64_t limit = 0;
  std::string decision;  // filter: a verdict, accepted or none
  bool ignored_inline = false;
  // Decisions of people. `paths` holds the ids.
  std::string decide_as, decision_owner, ticket, reason, until_date, on_behalf, evidence;
  std::string csv;  // a file of decisions, in place of ids and words
  bool dry_run = false;
  std::vector<std::string> map;         // dependencies import: "state=Status"
  std::string from = "csv";             // findings import: whose list
  std::string root;                     // findings import: where its paths begin
  std::vector<std::string> anchors;     // audit verify: "17:9f2c…"
  std::string public_key;               // audit verify: what must have signed; head: write it there
  std::string from_date, to_date, run;  // audit export
  bool finish = false;                  // key rotate
  bool force = false;
  std::string older_than;  // prune: "400d"
  bool all = false;
  // rotators: what `argument` names, and how it is to be started.
  std::string rotation = "./rotation.yaml";
  std::string rotator_name, interpreter, shim, trial;
  std::vector<std::string> interpreter_arguments, allow;
  RotateOptions rotate;
};

/// What the command line asked for: options, or text to print with an exit status (help, version).
struct Parsed {
  std::optional<Options> options;
  std::string text;  // to standard output if status is 0, else to standard error
  int status = 0;
};

/// Reads the command line, and nhisweep.yaml of the current folder (or --config FILE) for flags
/// that are not given. Never throws.
[[nodiscard]] Parsed parse_command_line(int argc, const char* const* argv);

/// "10MiB", "4k", "1048576" -> bytes. Errors: kBadUse.
[[nodiscard]] Result<std::uint64_t> parse_size(const std::string& text);

}  // namespace nhi
