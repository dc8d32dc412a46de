#include "rotators/postgresql/login.hpp"

#include <algorithm>

namespace nhi {
namespace {

// For one node: the others are to be asked as well.
constexpr std::chrono::milliseconds kLoginMax{10'000};

// PostgreSQL can hold neither, and libpq would send something else.
bool can_be_tried(const SecretText& value) {
  return !value.empty() && value.reveal().find('\0') == std::string_view::npos;
}

NodeVerdict try_node(const RotatorCall& call, const PgTarget& target, const Endpoint& node,
                     const SecretText& value) {
  const auto opened = PgConnection::open(role_login(target, node), value, kLoginMax, call);
  NodeVerdict verdict{node.label(), ProbeVerdict::kAccepted, "00000", "logged in"};
  if (opened) {
    if (!opened->used_password()) verdict.text = "let in without being asked for a password";
    return verdict;
  }
  verdict.verdict = verdict_of(opened.error());
  verdict.code = opened.error().code;
  verdict.text = opened.error().text;
  return verdict;
}

}  // namespace

Answer<ProbeReply> probe_role(RotatorCall& call, const PgTarget& target) {
  NHI_TRY(const std::string kind, probe_kind(call));
  NHI_TRY(const SecretText value, call.secret("value"));
  std::vector<Endpoint> nodes = target.standbys;
  nodes.insert(nodes.begin(), target.primary);
  std::vector<NodeVerdict> verdicts;
  for (const Endpoint& node : nodes) {
    if (!can_be_tried(value)) {
      verdicts.push_back({node.label(), ProbeVerdict::kInconclusive, "",
                          "no value that PostgreSQL can hold: empty, or with a NUL"});
      continue;
    }
    verdicts.push_back(try_node(call, target, node, value));
    if (call.cancelled()) return fail(cancelled_without_effect());
  }
  return combined(kind, verdicts);
}

bool holds_value(const RotatorCall& call, const PgTarget& target, const SecretText& value) {
  const auto opened =
      PgConnection::open(role_login(target, target.primary), value, kLoginMax, call);
  return opened ? opened->used_password() : knew_the_password(opened.error());
}

}  // namespace nhi
