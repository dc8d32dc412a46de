// Groups 3, 5, 9 and 10: a rotator that is killed, a network that loses replies, a core that wants
// to stop, an authority that is lost.
#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "plugins/conformance/checks.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kCutsMax = 64;  // pieces that a server sends in one create
constexpr milliseconds kCancelAfter{400};
constexpr const char* kNoEndpoint = "the trial names no host and port to stand between";

bool says_no_effect(const PluginCall& call) {
  const bool cancelled = has_error(call, {PluginErrorCode::kCancelled}) &&
                         text_in(call.error->data, "effect") == "none";
  return cancelled || outcome_of(call) == "not_done" || call.end == CallEnd::kNotSent ||
         has_error(call, {PluginErrorCode::kUnreachable, PluginErrorCode::kAuthFailed,
                          PluginErrorCode::kForbidden, PluginErrorCode::kNotFound});
}

// A create that something happens to, and what must hold afterwards: it did not say that nothing
// happened when something did, nor the other way round, and a repeat with the same value gets
// there.
class DisturbedCreate {
 public:
  DisturbedCreate(Bed& bed, Checks& checks, std::string name)
      : bed_(bed), checks_(checks), name_(std::move(name)), fresh_(bed.fresh_value()) {}

  bool prepare() {
    auto old = bed_.reset();
    if (!old) {
      checks_.broken(name_, old.error());
      return false;
    }
    old_ = std::move(*old);
    const auto before = bed_.dump();
    if (before) before_ = *before;
    return true;
  }
  PluginCall go(milliseconds timeout = milliseconds(20'000)) {
    PluginCall call = ask(1, timeout);
    made_ = bed_.created_value(fresh_);
    return call;
  }
  void judge(const PluginCall& call, bool may_be_silent) {
    if (Proxy* const proxy = bed_.proxy()) proxy->set(ProxyFault::kNone, 0);
    const auto after = bed_.dump();
    const bool changed = !after || *after != before_;
    if (!may_be_silent) {
      checks_.expect(call.answered(), name_, told(call),
                     "answer in time, whatever the network does");
    }
    checks_.expect(!(says_no_effect(call) && changed), name_ + ": what it said is true",
                   told(call) + ", and the account had changed",
                   "after the request was sent say ambiguous, or error 1009");
    checks_.expect(!(is_done(call) && bed_.has("probe") && bed_.verdict(made_) != "accepted"),
                   name_ + ": done is done", "done, and the value does not work",
                   "say done only when the system said so");
    recover();
  }

 private:
  PluginCall ask(int attempt, milliseconds timeout) {
    Ask ask;
    ask.method = "create";
    ask.fresh = &fresh_;
    ask.old = &old_;
    ask.attempt = attempt;
    ask.timeout = timeout;
    return bed_.ask(ask);
  }
  // As the engine recovers a type whose create can be repeated.
  void recover() {
    const CreateReplay replay = bed_.type().capability.create_replay;
    if (replay != CreateReplay::kIdempotent) return;
    const PluginCall again = ask(2, milliseconds(20'000));
    checks_.expect(is_done(again), name_ + ": a repeat gets there", told(again),
                   "its capability says idempotent: the same value must be accepted again");
    if (!bed_.has("probe")) return;
    const std::string verdict = bed_.verdict(bed_.created_value(fresh_));
    checks_.expect(verdict == "accepted", name_ + ": the value works in the end", verdict,
                   "what a repeat says is done must be so");
  }

  Bed& bed_;
  Checks& checks_;
  std::string name_;
  SecretText fresh_;
  SecretText old_;
  SecretText made_;
  std::string before_;
};

bool has_create(const Bed& bed, Checks& checks, const char* what) {
  if (!bed.has("create")) checks.not_tried(what, "it has no create");
  return bed.has("create");
}

// Goes through every piece of the server's replies until one create is over before it.
template <class Disturb>
void at_every_piece(Bed& bed, Checks& checks, const std::string& what, Disturb&& disturb) {
  if (bed.proxy() == nullptr) return checks.not_tried(what, kNoEndpoint);
  for (std::size_t cut = 0; cut < kCutsMax; ++cut) {
    DisturbedCreate create(bed, checks, fmt::format("create, {} {}", what, cut + 1));
    if (!create.prepare()) return;
    if (!disturb(create, cut)) return;
  }
}

// Without a proxy: at moments that a clock picks.
void kill_by_the_clock(Bed& bed, Checks& checks) {
  for (const int after_ms : {0, 1, 2, 5, 10, 20, 50, 100}) {
    DisturbedCreate create(bed, checks, fmt::format("create, killed after {} ms", after_ms));
    if (!create.prepare()) return;
    Ask look;
    look.method = "inspect";
    static_cast<void>(bed.ask(look));  // so that it runs
    const pid_t process = bed.process();
    std::jthread killer([&] {
      std::this_thread::sleep_for(milliseconds(after_ms));
      ::kill(process, SIGKILL);
    });
    const PluginCall call = create.go();
    killer.join();
    bed.end_session();  // also where it had answered by then
    create.judge(call, /*may_be_silent=*/true);
  }
}

void kill_at_put(Bed& bed, Checks& checks) {
  if (bed.type().capability.secret_origin != SecretOrigin::kServer) return;
  DisturbedCreate create(bed, checks, "create, killed before PUT_OK");
  if (!create.prepare()) return;
  bed.at_put = [&]() -> Result<void> {
    ::kill(bed.process(), SIGKILL);
    return {};
  };
  const PluginCall call = create.go();
  bed.at_put = {};
  create.judge(call, /*may_be_silent=*/true);
}

}  // namespace

std::vector<CheckResult> check_killed(Bed& bed) {
  Checks checks(CheckGroup::kKilled);
  if (!has_create(bed, checks, "create, killed")) return checks.take();
  if (bed.proxy() == nullptr) {
    kill_by_the_clock(bed, checks);
  } else {
    at_every_piece(bed, checks, "killed at reply", [&](DisturbedCreate& create, std::size_t cut) {
      bed.proxy()->set(ProxyFault::kAct, cut, [&] { ::kill(bed.process(), SIGKILL); });
      const PluginCall call = create.go();
      const bool struck = bed.proxy()->struck();
      create.judge(call, /*may_be_silent=*/true);
      return struck;
    });
  }
  kill_at_put(bed, checks);
  return checks.take();
}

std::vector<CheckResult> check_lost_replies(Bed& bed) {
  Checks checks(CheckGroup::kLostReplies);
  if (!has_create(bed, checks, "create, its replies lost")) return checks.take();
  for (const auto& [fault, what] : {std::pair(ProxyFault::kDropReply, "connection reset at reply"),
                                    std::pair(ProxyFault::kHalfReply, "half of reply")}) {
    at_every_piece(bed, checks, what, [&, fault = fault](DisturbedCreate& create, std::size_t cut) {
      bed.proxy()->set(fault, cut);
      const PluginCall call = create.go();
      const bool struck = bed.proxy()->struck();
      create.judge(call, /*may_be_silent=*/false);
      return struck;
    });
  }
  return checks.take();
}

std::vector<CheckResult> check_cancelling(Bed& bed) {
  Checks checks(CheckGroup::kCancelling);
  if (!has_create(bed, checks, "create, cancelled")) return checks.take();
  at_every_piece(bed, checks, "no answer from reply",
                 [&](DisturbedCreate& create, std::size_t cut) {
                   bed.proxy()->set(ProxyFault::kSilent, cut);
                   const PluginCall call = create.go(kCancelAfter);
                   const bool struck = bed.proxy()->struck();
                   create.judge(call, /*may_be_silent=*/false);
                   return struck;
                 });
  return checks.take();
}

std::vector<CheckResult> check_authority(Bed& bed) {
  Checks checks(CheckGroup::kAuthority);
  const std::string wrong_name = "create with a wrong authority";
  if (!bed.has("create") || bed.trial().auth.empty()) {
    checks.not_tried(wrong_name, "it has no create, or needs no authority");
    return checks.take();
  }
  const auto try_create = [&](const std::string& name, const SecretText* auth,
                              PluginErrorCode expected) {
    const auto old = bed.reset();
    if (!old) return checks.broken(name, old.error());
    if (auth == nullptr) {
      if (const auto forbidden = bed.trial().forbid(); !forbidden) {
        return checks.broken(name, forbidden.error());
      }
    }
    const auto before = bed.dump();
    const SecretText fresh = bed.fresh_value();
    Ask ask;
    ask.method = "create";
    ask.fresh = &fresh;
    ask.old = &*old;
    ask.auth = auth;
    const PluginCall call = bed.ask(ask);
    const auto after = bed.dump();
    checks.expect(has_error(call, {expected}), name, told(call),
                  fmt::format("answer error {}", static_cast<int>(expected)));
    checks.expect(before && after && *before == *after, name + " changes nothing",
                  "the system's state changed", "stop at the first refusal");
  };
  const SecretText wrong = bed.fresh_value();
  try_create(wrong_name, &wrong, PluginErrorCode::kAuthFailed);
  const std::string forbidden_name = "create without the right to";
  if (bed.trial().forbid && bed.trial().allow) {
    try_create(forbidden_name, nullptr, PluginErrorCode::kForbidden);
    if (const auto allowed = bed.trial().allow(); !allowed) {
      checks.broken(forbidden_name, allowed.error());
    }
  } else {
    checks.not_tried(forbidden_name, "the trial has no 'forbid' and 'allow'");
  }
  return checks.take();
}

}  // namespace nhi
