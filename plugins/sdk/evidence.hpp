// evidence.hpp - what a rotator shows for what it says: lines of evidence, and one verdict of many
// nodes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

/// "2026-11-30T21:04:53Z".
[[nodiscard]] std::string time_text(std::chrono::system_clock::time_point when);
[[nodiscard]] std::string now_text();

/// A server's text as one short line of printable ASCII: nobody knows what it is encoded in.
[[nodiscard]] std::string plain_line(std::string_view text);

[[nodiscard]] StepReply step_reply(StepOutcome outcome, CredentialId id);
[[nodiscard]] StepReply with_evidence(StepReply reply, std::string kind, std::string text,
                                      std::string code);

struct NodeVerdict {
  std::string node;
  ProbeVerdict verdict = ProbeVerdict::kInconclusive;
  std::string code;
  std::string text;
};

/// `kind` of a probe. Errors: kInvalidParams for what is none.
[[nodiscard]] Answer<std::string> probe_kind(const RotatorCall& call);
/// One verdict of all nodes, the primary first. A `new` value works where all accept it; any other
/// is dead where all refuse it, and alive where one lets it in.
[[nodiscard]] ProbeReply combined(std::string_view kind, const std::vector<NodeVerdict>& nodes);

/// The `expected` ids of a reconcile. Errors: kInvalidParams for what is no id.
[[nodiscard]] Answer<std::vector<CredentialId>> expected_ids(const RotatorCall& call);
/// What is there and not expected, and the other way round. Nothing is removed.
[[nodiscard]] ReconcileReply compared(const std::vector<CredentialId>& there,
                                      const std::vector<CredentialId>& expected);

}  // namespace nhi
