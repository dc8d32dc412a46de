#include "plugins/sdk/evidence.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

namespace nhi {
namespace {

constexpr std::size_t kLineBytesMax = 300;

void copy_missing(const std::vector<CredentialId>& of, const std::vector<CredentialId>& in,
                  std::vector<CredentialId>& out) {
  std::copy_if(of.begin(), of.end(), std::back_inserter(out), [&](const CredentialId& id) {
    return std::find(in.begin(), in.end(), id) == in.end();
  });
}

}  // namespace

std::string time_text(std::chrono::system_clock::time_point when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

std::string now_text() { return time_text(std::chrono::system_clock::now()); }

std::string plain_line(std::string_view text) {
  std::string line(text.substr(0, std::min({text.size(), text.find('\n'), kLineBytesMax})));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return line;
}

StepReply step_reply(StepOutcome outcome, CredentialId id) {
  StepReply reply;
  reply.outcome = outcome;
  reply.id = std::move(id);
  return reply;
}

StepReply with_evidence(StepReply reply, std::string kind, std::string text, std::string code) {
  reply.evidence.push_back({std::move(kind), std::move(text), std::move(code), now_text()});
  return reply;
}

Answer<std::string> probe_kind(const RotatorCall& call) {
  std::string kind = text_in(call.params(), "kind");
  if (kind == "new" || kind == "old" || kind == "control") return kind;
  return refuse(PluginErrorCode::kInvalidParams, "kind is none of new, old, control");
}

ProbeReply combined(std::string_view kind, const std::vector<NodeVerdict>& nodes) {
  ProbeReply reply;
  if (nodes.empty()) return reply;
  // What must be the same everywhere, and what decides where it stands alone.
  const bool is_new = kind == "new";
  const ProbeVerdict wanted = is_new ? ProbeVerdict::kAccepted : ProbeVerdict::kRejected;
  const NodeVerdict* deciding = &nodes.front();
  for (const NodeVerdict& node : nodes) {
    if (deciding->verdict == wanted && node.verdict != wanted) deciding = &node;
    if (!is_new && node.verdict == ProbeVerdict::kAccepted &&
        deciding->verdict != ProbeVerdict::kAccepted) {
      deciding = &node;
    }
    reply.evidence.push_back(
        {"login", fmt::format("{} at {}: {}", to_string(node.verdict), node.node, node.text),
         node.code, now_text()});
  }
  reply.verdict = deciding->verdict;
  // A node that refuses what the primary accepts has not heard of it yet.
  if (is_new && deciding != &nodes.front() && deciding->verdict == ProbeVerdict::kRejected) {
    reply.verdict = ProbeVerdict::kInconclusive;
  }
  reply.node = deciding->node;
  reply.code = deciding->code;
  return reply;
}

Answer<std::vector<CredentialId>> expected_ids(const RotatorCall& call) {
  std::vector<CredentialId> ids;
  for (const Json& entry : member(call.params(), "expected")) {
    auto id = credential_id_from(entry);
    if (!id) return refuse(PluginErrorCode::kInvalidParams, "expected has an entry that is no id");
    ids.push_back(*std::move(id));
  }
  return ids;
}

ReconcileReply compared(const std::vector<CredentialId>& there,
                        const std::vector<CredentialId>& expected) {
  ReconcileReply reply;
  copy_missing(there, expected, reply.unknown);
  copy_missing(expected, there, reply.missing);
  return reply;
}

}  // namespace nhi
