// main.cpp - the program: harden the process, read the command line, run one command.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/supervise.hpp"

namespace nhi {
namespace {

// Secrets pass through this process: no core file, no debugger of the same user, no swap is asked
// for here (that needs a privilege), private files only.
void harden_process() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::umask(077);
  // A closed pipe and a limit of file sizes are errors of write(), with a message.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Result<int> run(const Options& options) {
  switch (options.command) {
    case Command::kScan:
      return cmd_scan(options);
    case Command::kSweep:
      return cmd_sweep(options);
    case Command::kCollect:
      return cmd_collect(options);
    case Command::kImport:
      return cmd_import(options);
    case Command::kFindings:
    case Command::kFindingsExport:
    case Command::kIdentities:
    case Command::kCredentials:
    case Command::kDependencies:
    case Command::kReport:
      return cmd_listing(options);
    case Command::kFindingsDecide:
    case Command::kFindingsImport:
      return cmd_decide(options);
    case Command::kCredentialsAttest:
      return cmd_attest(options);
    case Command::kDependencySetState:
    case Command::kDependencyAssignOwner:
    case Command::kDependencyBind:
      return cmd_dependency_decision(options);
    case Command::kDependenciesExport:
      return cmd_dependencies_export(options);
    case Command::kDependenciesImport:
      return cmd_dependencies_import(options);
    case Command::kExceptionsList:
    case Command::kExceptionsAdd:
    case Command::kExceptionsEnd:
      return cmd_exceptions(options);
    case Command::kRulesList:
    case Command::kRulesTest:
    case Command::kRulesExplain:
    case Command::kRulesImport:
      return cmd_rules(options);
    case Command::kKeyCreate:
    case Command::kKeyExport:
    case Command::kKeyImport:
    case Command::kKeyRotate:
      return cmd_key(options);
    case Command::kPrune:
      return cmd_prune(options);
    case Command::kAuditVerify:
    case Command::kAuditExport:
    case Command::kAuditHead:
      return cmd_audit(options);
    case Command::kRotatorsList:
    case Command::kRotatorsCheck:
      return cmd_rotators(options);
    case Command::kRotate:
      return cmd_rotate(options);
    case Command::kDoctor:
      return cmd_doctor(options);
    case Command::kInit:
      return cmd_init(options);
    case Command::kHookInstall:
    case Command::kHookUninstall:
      return cmd_hook(options);
    case Command::kMan:
    case Command::kCompletion:
      return cmd_manual(options);
    case Command::kNone:
      break;
  }
  return fail(ErrorCode::kInternal, "no command was chosen");
}

int main_of(int argc, char** argv) {
  harden_process();
  const Parsed parsed = parse_command_line(argc, argv);
  if (!parsed.options) {
    std::fputs(parsed.text.c_str(), parsed.status == 0 ? stdout : stderr);
    return parsed.status;
  }
  const Options& options = *parsed.options;
  if (auto limit = set_io_timeout(options); !limit) return report_error(limit.error());
  if (needs_supervision(options)) go_on_supervised();
  auto ended = run(options);
  const int status = ended ? *ended : report_error(ended.error());
  end_without_waiting(status);
  return status;
}

}  // namespace
}  // namespace nhi

int main(int argc, char** argv) {
  // A library that throws where it promised not to, or memory that ran out: say so, end with 5.
  try {
    return nhi::main_of(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nhisweep: error[internal]: %s\n", error.what());
    nhi::end_without_waiting(nhi::kStatusFailed);
    return nhi::kStatusFailed;
  }
}
