#include <fmt/format.h>

#include "rotators/engine/approval.hpp"
#include "rotators/engine/rotation_config.hpp"
#include "rotators/journal/actor.hpp"
#include "scanner/base/file.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/rotation.hpp"

namespace nhi {
namespace {

constexpr std::size_t kSignatureBytesMax = 65536;

Result<int> approve(const Options& options, AuditLog& log, const RunRow& run, Instant now) {
  NHI_TRY(const RotationConfig config, read_rotation_config(options.rotation));
  NHI_TRY(const Plan plan, plan_from(run.plan));
  if (!options.rotate.plan_hash.empty() && !run.plan_hash.starts_with(options.rotate.plan_hash)) {
    return fail(ErrorCode::kBadUse, "the plan of this rotation is another one", run.plan_hash,
                "nhisweep rotate show " + run.id);
  }
  std::vector<Approver> approvers;
  if (!config.approvers.empty()) {
    NHI_TRY(approvers, read_approvers(config.approvers));
  }
  ApprovalWords words;
  words.ticket = options.ticket;
  words.clinical = options.rotate.clinical;
  words.accepted = options.rotate.accept;
  words.on_behalf = options.on_behalf;
  if (!options.rotate.signature.empty()) {
    NHI_TRY(words.signature, read_small_file(options.rotate.signature, kSignatureBytesMax));
  }
  NHI_TRY(const ApprovalRow approval,
          approval_of(run, plan, words, process_facts(), approvers, now));
  AuditFields body;
  body.text("run_id", run.id).text("approved_plan_hash", run.plan_hash);
  body.text("ticket", words.ticket).text("clinical_safety", words.clinical);
  body.list("accepted", words.accepted).flag("four_eyes", plan.four_eyes);
  NHI_TRY(AuditFields actor, AuditFields::from_json(approval.actor));
  body.fields("approver", std::move(actor));
  const AuditEvent events[] = {{"plan.approved", std::move(body)}};
  NHI_CHECK_OK(RunStore(log.journal())
                   .approve(run.id, RunState::kPlanned, approval, RunState::kApproved, events));
  note(options, fmt::format("approved; next: nhisweep rotate run {}", run.id));
  return kStatusClean;
}

Result<int> reject(const Options& options, AuditLog& log, const RunRow& run, Instant now) {
  AuditFields body;
  body.text("run_id", run.id).text("plan_hash", run.plan_hash).text("because", options.reason);
  const AuditEvent events[] = {{"plan.rejected", std::move(body)}};
  const RunState from = run.state == RunState::kApproved ? run.state : RunState::kPlanned;
  NHI_CHECK_OK(RunStore(log.journal()).move(run.id, from, RunState::kRejected, now, events));
  note(options, "rejected; nothing was changed");
  return kStatusClean;
}

}  // namespace

Result<int> cmd_rotate_approve(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(AuditLog log, AuditLog::open(options));
  NHI_TRY(const RunRow run, RunStore(log.journal()).run(options.run));
  NHI_TRY(const int status, options.rotate.verb == RotateVerb::kApprove
                                ? approve(options, log, run, now)
                                : reject(options, log, run, now));
  NHI_CHECK_OK(log.close());
  return status;
}

}  // namespace nhi
