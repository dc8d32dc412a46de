#include "rotators/openldap/login.hpp"

#include <ldap.h>

#include <algorithm>
#include <optional>

namespace nhi {
namespace {

// Larger ones are no value of anybody; before a login slapd reads 256 KiB.
constexpr std::size_t kValueBytesMax = 16'384;

LdapTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

NodeVerdict verdict(const Endpoint& node, ProbeVerdict said, std::string code, std::string text) {
  return {node.label(), said, std::move(code), std::move(text)};
}

struct Tried {
  NodeVerdict verdict;
  bool by_records = false;
};

// Where one more wrong value would lock the account.
Tried judged_by_records(const Endpoint& node, const Desk& desk, const SecretText& value) {
  const bool gone = fit_of_any(desk.account, value) == Fit::kNo;
  const std::string text =
      gone ? "not tried, since it would lock the account: no stored value is this one"
           : "not tried, since it might lock the account";
  return {verdict(node, gone ? ProbeVerdict::kRejected : ProbeVerdict::kInconclusive, {}, text),
          true};
}

Tried try_at(const RotatorCall& call, const LdapTarget& target, const Endpoint& node,
             const SecretText& value, const SecretText* auth) {
  std::optional<Desk> desk;
  std::string unseen = "the admin's password was not given";
  if (auth != nullptr) {
    auto seated = sit_down(call, target, node, *auth);
    if (!seated && seated.error().code == PluginErrorCode::kUnreachable) {
      return {verdict(node, ProbeVerdict::kInconclusive, {}, seated.error().message)};
    }
    if (seated) {
      desk = *std::move(seated);
    } else {
      unseen = seated.error().message;
    }
  }
  if (desk && desk->account.exists && desk->account.lock.is_at_the_brink(desk->policy, now()) &&
      fit_of_any(desk->account, value) != Fit::kYes) {
    return judged_by_records(node, *desk, value);
  }
  auto opened = LdapConnection::open(target, node, kLoginMax, call);
  if (!opened) return {verdict(node, ProbeVerdict::kInconclusive, {}, opened.error().text)};
  const auto in = opened->bind(target.dn, value);
  if (in) {
    return {verdict(node, ProbeVerdict::kAccepted, "0",
                    *in == PolicyReason::kMustChange
                        ? "logged in, and may do nothing but change its value (pwdReset)"
                        : "logged in")};
  }
  const LdapFailure& failure = in.error();
  if (!failure.is(LDAP_INVALID_CREDENTIALS) && !failure.is(LDAP_INAPPROPRIATE_AUTH)) {
    return {verdict(node, ProbeVerdict::kInconclusive, code_text(failure), failure.text)};
  }
  if (!desk) {
    return {verdict(node, ProbeVerdict::kInconclusive, code_text(failure),
                    failure.text + ", and nobody could look why: " + unseen)};
  }
  NodeVerdict judged = verdict_of_refusal(failure, desk->account, desk->policy, value, now());
  judged.node = node.label();
  return {std::move(judged)};
}

}  // namespace

Fit fit_of_any(const LdapAccount& account, const SecretText& value) {
  Fit fit = Fit::kNo;
  for (const SecretText& stored : account.values) {
    const Fit one = fit_of(stored, value);
    if (one == Fit::kYes) return one;
    if (one == Fit::kUnknown) fit = one;
  }
  return fit;
}

NodeVerdict verdict_of_refusal(const LdapFailure& failure, const LdapAccount& account,
                               const LdapPolicy& policy, const SecretText& value, LdapTime now) {
  const auto open = [&](const char* why) {
    return NodeVerdict{{}, ProbeVerdict::kInconclusive, code_text(failure), why};
  };
  const auto dead = [&](std::string why) {
    return NodeVerdict{{}, ProbeVerdict::kRejected, code_text(failure), std::move(why)};
  };
  if (failure.reason == PolicyReason::kExpired) return open("the value is right and has expired");
  if (!account.exists) {
    return account.surely_absent ? dead("there is no such entry")
                                 : open("refused, and the entry cannot be seen");
  }
  if (account.lock.is_suspended() && (policy.locks || !policy.known)) {
    return dead("locked by an administrator");
  }
  if (account.lock.is_locked_out(policy, now)) return open("locked by wrong values");
  if (account.lock.is_out_of_time(now)) return open("outside of pwdStartTime and pwdEndTime");
  if (fit_of_any(account, value) == Fit::kYes) {
    return open("refused, although this value is stored: expired, idle for too long, or barred");
  }
  return dead(failure.text);
}

Answer<ProbeReply> probe_entry(RotatorCall& call, const LdapTarget& target) {
  NHI_TRY(const std::string kind, probe_kind(call));
  NHI_TRY(const SecretText value, call.secret("value"));
  std::optional<SecretText> auth;
  if (!handle_in(member(call.params(), "auth")).empty()) {
    NHI_TRY(auth, call.secret("auth"));
  }
  std::vector<NodeVerdict> verdicts;
  bool by_records = false;
  for (const Endpoint& node : target.nodes) {
    if (value.empty() || value.size() > kValueBytesMax) {
      verdicts.push_back(verdict(node, ProbeVerdict::kInconclusive, {},
                                 "no value that is sent: empty, or over 16 KiB"));
      continue;
    }
    Tried tried = try_at(call, target, node, value, auth ? &*auth : nullptr);
    by_records = by_records || tried.by_records;
    verdicts.push_back(std::move(tried.verdict));
    if (call.cancelled()) return fail(cancelled_without_effect());
  }
  ProbeReply reply = combined(kind, verdicts);
  reply.from_metadata = by_records;
  return reply;
}

}  // namespace nhi
