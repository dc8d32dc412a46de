// approval.hpp - who may approve which plan, and how we know that it was them.
//
// A person is a user of this machine, as the kernel knows it, or the holder of an SSH key who
// signed the plan elsewhere. What somebody claims to be is kept beside it and decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotators/engine/plan.hpp"
#include "rotators/journal/actor.hpp"
#include "rotators/journal/run_store.hpp"

namespace nhi {

struct Approver {
  std::string name;
  std::vector<std::string> users;         // of this machine
  std::vector<std::string> keys;          // lines of authorized_keys: "ssh-ed25519 AAAA…"
  std::vector<std::string> systems;       // globs; empty: all
  std::vector<Environment> environments;  // empty: all
};

/// Source: docs/rotation.md. Errors: kBadUse with line and column, also for a file that others can
/// write to: whoever writes it approves.
[[nodiscard]] Result<std::vector<Approver>> read_approvers(const std::string& path);

/// What a person gives with an approval.
struct ApprovalWords {
  std::string ticket;
  std::string clinical;               // DCB0160 reference
  std::string reason;                 // of a rejection
  std::vector<std::string> accepted;  // ids of blind spots
  std::string on_behalf;
  std::string signature;  // an SSH signature of approval_text(), armoured; empty: the user himself
};

/// What a detached signature is over: "nhisweep-approval/1", the run, the plan's hash and the words
/// that count, a line each.
[[nodiscard]] std::string approval_text(const std::string& run_id, const std::string& plan_hash,
                                        const ApprovalWords& words);
inline constexpr std::string_view kApprovalNamespace = "nhisweep-approval";

/// The approval of `run` by the one who asks, or who signed. Errors: kBadUse with what is missing:
/// a ticket, a clinical-safety reference, a right, another person than the planner, a signature
/// that is nobody's; or a plan that ended.
[[nodiscard]] Result<ApprovalRow> approval_of(const RunRow& run, const Plan& plan,
                                              const ApprovalWords& words, const ProcessFacts& who,
                                              const std::vector<Approver>& approvers, Instant now);

}  // namespace nhi
