// Groups 2, 7, 8 and 11: what a probe says, full slots and wrong clocks, names of attackers, and
// where the values of all this are to be found afterwards.
#include <fmt/format.h>

#include <thread>

#include "plugins/conformance/checks.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;

// As a probe must answer when nobody can know; an error says the same.
bool is_open(const std::string& verdict) { return verdict == "inconclusive" || verdict == "none"; }

constexpr const char* kNeverDead =
    "say rejected only when the system said that the value is wrong: this would be taken for proof "
    "that a credential is dead";

void probe_under(Bed& bed, Checks& checks, const std::string& name, ProxyFault fault) {
  if (bed.proxy() == nullptr) {
    return checks.not_tried(name, "the trial names no host and port to stand between");
  }
  const auto value = bed.reset();
  if (!value) return checks.broken(name, value.error());
  bed.proxy()->set(fault, 0);
  Ask ask;
  ask.method = "probe";
  ask.value = &*value;
  ask.kind = "old";
  ask.timeout = milliseconds(3000);
  const PluginCall call = bed.ask(ask);
  bed.proxy()->set(ProxyFault::kNone, 0);
  const auto reply = call.succeeded() ? probe_reply_from(call.result)
                                      : Result<ProbeReply>(fail(ErrorCode::kInternal, "none"));
  const bool open = !reply || reply->verdict == ProbeVerdict::kInconclusive;
  checks.expect(open, name, reply ? std::string(to_string(reply->verdict)) : told(call),
                kNeverDead);
  checks.expect(call.answered(), name + ": answered in time", told(call),
                "keep the deadline, whatever the network does");
}

// With the system changed by a command of the trial.
void probe_while(Bed& bed, Checks& checks, const std::string& name, const TrialAct& before,
                 const TrialAct& after) {
  if (!before) return checks.not_tried(name, "the trial has no command for it");
  const auto value = bed.reset();
  if (!value) return checks.broken(name, value.error());
  if (const auto changed = before(); !changed) return checks.broken(name, changed.error());
  const std::string verdict = bed.verdict(*value, "old");
  checks.expect(is_open(verdict), name, verdict, kNeverDead);
  if (!after) return;
  if (const auto back = after(); !back) checks.broken(name, back.error());
}

Json with_name(const Bed& bed, const std::string& field, const std::string& name) {
  Json ref = bed.trial().ref;
  ref[field] = name;
  return ref;
}

void try_name(Bed& bed, Checks& checks, const std::string& field, const std::string& what,
              const std::string& name) {
  const std::string title = fmt::format("'{}' with {}", field, what);
  const auto old = bed.reset();
  if (!old) return checks.broken(title, old.error());
  const auto before = bed.dump();
  std::string worst;
  for (const char* const method : {"inspect", "create", "revoke"}) {
    if (!bed.has(method)) continue;
    const SecretText fresh = bed.fresh_value();
    Ask ask;
    ask.method = method;
    ask.ref = with_name(bed, field, name);
    if (ask.method == "create") ask.fresh = &fresh;
    if (ask.method == "revoke") ask.id = {{field, name.substr(0, 500)}};
    const PluginCall call = bed.ask(ask);
    if (!call.answered()) worst = std::string(method) + ": " + told(call);
    if (ask.method == "create" && outcome_of(call) == "done") {
      worst = "create: done, for an account that is not there";
    }
  }
  checks.expect(worst.empty(), title, worst, "refuse it with 1003 or 1012, and go on");
  const auto after = bed.dump();
  checks.expect(before && after && *before == *after, title + " changes nothing",
                "the system's state changed",
                "quote names with the library's own function; never build statements of text");
}

}  // namespace

std::vector<CheckResult> check_probing(Bed& bed) {
  Checks checks(CheckGroup::kProbing);
  if (!bed.has("probe")) {
    checks.not_tried("probe", "it has no probe");
    return checks.take();
  }
  const auto value = bed.reset();
  if (!value) {
    checks.broken("probe", value.error());
    return checks.take();
  }
  const std::string right = bed.verdict(*value);
  checks.expect(right == "accepted", "the right value", right, "see its output");
  for (const char* const kind : {"new", "old", "control"}) {
    const std::string wrong = bed.verdict(bed.fresh_value(), kind);
    checks.expect(wrong == "rejected", fmt::format("a wrong value, as {}", kind), wrong,
                  "the system refused it: say rejected");
  }
  const std::string empty = bed.verdict(SecretText(""));
  checks.expect(empty != "accepted", "an empty value", empty,
                "some systems take an empty password for no login at all: never send one");
  probe_under(bed, checks, "every connection refused", ProxyFault::kRefuse);
  probe_under(bed, checks, "a system that does not answer", ProxyFault::kSilent);
  probe_under(bed, checks, "a connection that breaks", ProxyFault::kDropReply);
  probe_while(bed, checks, "the server is stopped", bed.trial().stop, bed.trial().start);
  probe_while(bed, checks, "the account is locked", bed.trial().lock, {});
  return checks.take();
}

std::vector<CheckResult> check_slots(Bed& bed) {
  Checks checks(CheckGroup::kSlots);
  for (const char* const as_of : {"2026-11-30T11:50:00Z", "2026-11-30T12:10:00Z"}) {
    const std::string name = fmt::format("create with a clock at {}", as_of);
    if (!bed.has("create")) {
      checks.not_tried(name, "it has no create");
      continue;
    }
    const auto old = bed.reset();
    if (!old) {
      checks.broken(name, old.error());
      continue;
    }
    const SecretText fresh = bed.fresh_value();
    Ask ask;
    ask.method = "create";
    ask.fresh = &fresh;
    ask.old = &*old;
    ask.as_of = as_of;
    const PluginCall call = bed.ask(ask);
    const std::string verdict =
        bed.has("probe") ? bed.verdict(bed.created_value(fresh)) : "accepted";
    checks.expect(verdict == "accepted", name, told(call) + ", " + verdict,
                  "ten minutes of difference must not matter");
  }
  const Capability& can = bed.type().capability;
  const std::string full = "create when all slots are taken";
  if (can.slots == 1 || can.slots == kManySlots || can.slot_policy != SlotPolicy::kError) {
    checks.not_tried(full, "the type has one slot, any number, or evicts");
    return checks.take();
  }
  const auto old = bed.reset();
  if (!old) {
    checks.broken(full, old.error());
    return checks.take();
  }
  PluginCall last;
  for (std::uint32_t i = 0; i <= can.slots; ++i) {
    const SecretText fresh = bed.fresh_value();
    Ask ask;
    ask.method = "create";
    ask.fresh = &fresh;
    ask.old = &*old;
    ask.step = static_cast<int>(i) + 1;
    last = bed.ask(ask);
  }
  checks.expect(has_error(last, {PluginErrorCode::kSlotsFull}), full, told(last),
                "answer error 1005 with data.ids; never make room by yourself");
  return checks.take();
}

std::vector<CheckResult> check_hostile_names(Bed& bed) {
  Checks checks(CheckGroup::kHostileNames);
  const std::pair<const char*, std::string> names[] = {
      {"quotes", "a'b\"c`d"},
      {"a statement", "x'; DROP ROLE x; --"},
      {"a backslash at its end", "name\\"},
      {"NUL", std::string("na\0me", 5)},
      {"line ends", "one\r\ntwo\nthree"},
      {"a turned direction",
       "name\xE2\x80\xAE"
       "eman"},
      {"four-byte UTF-8", "\xF0\x9F\x94\x91\xF0\x9F\x8F\xA5"},
      {"a leading dash", "--help"},
      {"a path", "../../../etc/passwd"},
      {"64 KiB", std::string(65536, 'n')},
      {"nothing", ""},
  };
  for (const PluginField& field : bed.name_fields()) {
    for (const auto& [what, name] : names) {
      // Nothing in a field that may be absent is its usual value.
      if (field.required || !name.empty()) try_name(bed, checks, field.name, what, name);
    }
  }
  return checks.take();
}

std::vector<CheckResult> check_secrets(Bed& bed) {
  Checks checks(CheckGroup::kSecrets);
  checks.expect(bed.leaks().empty(), "no value in output, log or answer",
                bed.leaks().empty() ? "" : bed.leaks().front(),
                "a secret leaves a rotator on descriptor 4 only");
  checks.expect(bed.seen_in_proc().empty(), "no value in arguments or environment",
                bed.seen_in_proc().empty() ? "" : bed.seen_in_proc().front(),
                "others can read them; hand values to programs on a descriptor");
  for (const std::string& log : bed.trial().logs) {
    const auto leak = bed.canaries().find(whole_text(log));
    checks.expect(!leak, "no value in " + log, leak ? leak->name + " (" + leak->form + ")" : "",
                  "send a hash or a verifier; keep values out of statements");
  }
  if (bed.trial().logs.empty()) {
    checks.not_tried("no value in the server's logs", "the trial names no 'logs'");
  }
  const auto state = bed.dump();
  const auto leak = state ? bed.canaries().find(*state) : std::nullopt;
  if (leak) {
    checks.not_tried("no value in the system's state",
                     "the system keeps values as they are, or the dump shows them");
  }
  return checks.take();
}

}  // namespace nhi
