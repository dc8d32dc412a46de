#include "rotators/mariadb/login.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "rotators/mariadb/desk.hpp"

namespace nhi {
namespace {

// For one node: the others are to be asked as well.
constexpr std::chrono::milliseconds kLoginMax{10'000};
constexpr std::size_t kValueBytesMax = 16'384;
constexpr std::chrono::milliseconds kLagMax{5'000};
constexpr std::chrono::milliseconds kLagLook{100};

// libmariadb would send something else, or nothing.
bool can_be_tried(const SecretText& value) {
  return !value.empty() && value.size() <= kValueBytesMax &&
         value.reveal().find('\0') == std::string_view::npos;
}

std::string shown(const AccountName& name) {
  return fmt::format("'{}'@'{}'", plain_line(name.user), plain_line(name.host));
}

// Why a refusal is not of the target's account; empty if it is.
std::string doubt_of(const MariaDesk& desk, const MariaTarget& target, const std::string& client) {
  const auto account = account_at(desk, target, nullptr);
  if (!account) return account.error().message;
  if (*account == nullptr) return {};  // there is none, and no value opens it
  const OriginAnswer asked = account_of_login(desk.names, (*account)->name, client);
  const std::string name = shown((*account)->name);
  switch (asked.origin) {
    case Origin::kTarget:
      return {};
    case Origin::kOther:
      return fmt::format("a login from {} is for {} and not for {}", plain_line(client),
                         shown(asked.taken), name);
    case Origin::kNone:
      return fmt::format("{} may not log in from {}: ask from a host of its own", name,
                         plain_line(client));
    case Origin::kUnclear:
      break;
  }
  return fmt::format("a login from {} may be for another account than {}", plain_line(client),
                     name);
}

// What a refusal is worth.
NodeVerdict refused_at(RotatorCall& call, const MariaTarget& target, const Endpoint& node,
                       const MariaFailure& failure) {
  NodeVerdict verdict{node.label(), verdict_of(failure), failure.code_text(), failure.text};
  if (verdict.verdict != ProbeVerdict::kRejected) return verdict;
  std::string doubt;
  if (handle_in(member(call.params(), "auth")).empty()) {
    doubt = "without 'auth' nobody can tell which account was asked";
  } else {
    const auto desk = [&]() -> Answer<MariaDesk> {
      NHI_TRY(const SecretText auth, call.secret("auth"));
      return sit_down(call, target, node, auth);
    }();
    doubt =
        desk ? doubt_of(*desk, target, failure.our_host.empty() ? desk->our_host : failure.our_host)
             : desk.error().message;
  }
  if (doubt.empty()) return verdict;
  verdict.verdict = ProbeVerdict::kInconclusive;
  verdict.text += "; proves nothing: " + doubt;
  return verdict;
}

// Let in, and as whom: an anonymous account takes logins of every name.
NodeVerdict accepted_at(MariaConnection& connection, const MariaTarget& target,
                        const Endpoint& node) {
  NodeVerdict verdict{node.label(), ProbeVerdict::kAccepted, "0", "logged in"};
  const auto as = connection.run("SELECT CURRENT_USER()");
  if (!as) {
    if (as.error().code == kMustChange) {
      verdict.code = as.error().code_text();
      verdict.text = "logged in, and has to change its password before anything else";
    }
    return verdict;
  }
  const std::string_view text = as->at(0, 0);
  const std::size_t at = text.rfind('@');
  const AccountName name{std::string(text.substr(0, at)),
                         at == std::string_view::npos ? "" : std::string(text.substr(at + 1))};
  if (name.user == target.user &&
      (target.account_host.empty() || name.host == target.account_host)) {
    return verdict;
  }
  verdict.verdict = ProbeVerdict::kInconclusive;
  verdict.text = "logged in as another account, " + shown(name);
  return verdict;
}

NodeVerdict verdict_at(RotatorCall& call, const MariaTarget& target, const Endpoint& node,
                       const SecretText& value) {
  auto opened = MariaConnection::open(target, node, target.user, value, kLoginMax, call);
  if (opened) return accepted_at(*opened, target, node);
  return refused_at(call, target, node, opened.error());
}

// A replica that lets in what the primary refuses has not heard of it yet, as a rule. To look again
// costs nothing: who is let in has sent no wrong value.
NodeVerdict patient_verdict_at(RotatorCall& call, const MariaTarget& target, const Endpoint& node,
                               const SecretText& value) {
  const auto until = std::chrono::steady_clock::now() + std::min(kLagMax, call.time_left() / 2);
  for (;;) {
    NodeVerdict verdict = verdict_at(call, target, node, value);
    if (verdict.verdict != ProbeVerdict::kAccepted || call.cancelled()) return verdict;
    if (std::chrono::steady_clock::now() >= until) return verdict;
    std::this_thread::sleep_for(kLagLook);
  }
}

}  // namespace

Answer<ProbeReply> probe_account(RotatorCall& call, const MariaTarget& target) {
  NHI_TRY(const std::string kind, probe_kind(call));
  NHI_TRY(const SecretText value, call.secret("value"));
  std::vector<NodeVerdict> verdicts;
  for (const Endpoint& node : target.nodes) {
    if (!can_be_tried(value)) {
      verdicts.push_back({node.label(), ProbeVerdict::kInconclusive, "",
                          "no value that is sent to MariaDB: empty, over 16 KiB, or with a NUL"});
      continue;
    }
    const bool refused_before =
        !verdicts.empty() && verdicts.front().verdict == ProbeVerdict::kRejected;
    verdicts.push_back(kind != "new" && refused_before
                           ? patient_verdict_at(call, target, node, value)
                           : verdict_at(call, target, node, value));
    if (call.cancelled()) return fail(cancelled_without_effect());
  }
  return combined(kind, verdicts);
}

}  // namespace nhi
