#include "plugins/protocol/capability.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/protocol/words.hpp"

namespace nhi {
namespace {

constexpr Words<3> kOrigins = {"client", "server", "keypair"};
constexpr Words<3> kPolicies = {"error", "evicts_oldest", "evicts_previous"};
constexpr Words<4> kReplays = {"idempotent", "conflict", "duplicates", "destructive"};
constexpr Words<4> kDeadProbes = {"safe", "lockout_risk", "metadata_only", "none"};
constexpr Words<2> kAuthorities = {"separate_admin", "self"};
constexpr Words<3> kAutomations = {"full", "revoke_only", "guided"};
constexpr Words<5> kDerived = {"sessions", "tokens", "tickets", "caches", "replicas"};
constexpr std::string_view kMany = "many";
constexpr std::int64_t kConvergeMsMax = std::int64_t{24} * 60 * 60 * 1000;

Error wrong(std::string_view name, std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("capability member '{}' {}", name, why), {}, {}};
}

// Reads members one after the other and keeps the first fault.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  template <class Enum, std::size_t N>
  void word(std::string_view name, const Words<N>& words, Enum& into) {
    const std::optional<Enum> value = value_of<Enum>(text_in(json_, name), words);
    if (value) {
      into = *value;
    } else {
      fault(name, "is missing or has an unknown word");
    }
  }
  void flag(std::string_view name, bool& into) {
    const Json& value = member(json_, name);
    if (!value.is_boolean()) return fault(name, "is missing or no flag");
    into = value.get<bool>();
  }
  void marker(Capability& into) {
    if (!member(json_, "marker").is_string()) return fault("marker", "is missing or no text");
    into.marker = text_in(json_, "marker");
  }
  void slots(Capability& into) {
    const Json& value = member(json_, "slots");
    const std::int64_t number = number_in(json_, "slots");
    if (value.is_string() && text_in(json_, "slots") == kMany) {
      into.slots = kManySlots;
    } else if (number >= 1 && number < kManySlots) {
      into.slots = static_cast<std::uint32_t>(number);
    } else {
      fault("slots", "is missing, or neither a number from 1 nor \"many\"");
    }
  }
  void converge(Capability& into) {
    into.converge_ms = number_in(json_, "converge_ms", -1);
    if (into.converge_ms < 0 || into.converge_ms > kConvergeMsMax) {
      fault("converge_ms", "is missing or not in 0 to 86400000");
    }
  }
  void derived(Capability& into) {
    const Json& list = member(json_, "derived");
    if (!list.is_array()) return fault("derived", "is missing or no list");
    for (const Json& entry : list) {
      const std::string word = entry.is_string() ? entry.get<std::string>() : std::string();
      if (std::find(kDerived.begin(), kDerived.end(), word) == kDerived.end()) {
        return fault("derived", "has an unknown word");
      }
      into.derived.push_back(word);
    }
  }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  void fault(std::string_view name, std::string_view why) {
    if (!failure_) failure_ = wrong(name, why);
  }

  const Json& json_;
  std::optional<Error> failure_;
};

// What cannot be true at the same time.
Result<void> check_sense(const Capability& it) {
  if (it.create_replay == CreateReplay::kConflict && it.marker.empty()) {
    return fail(wrong("create_replay", "is conflict, which needs a marker"));
  }
  if (it.slots == 1 && it.slot_policy == SlotPolicy::kEvictsOldest) {
    return fail(wrong("slot_policy", "is evicts_oldest with one slot; that is evicts_previous"));
  }
  if (it.secret_origin != SecretOrigin::kServer && it.create_replay == CreateReplay::kDuplicates &&
      it.marker.empty() && !it.listable) {
    return fail(
        wrong("create_replay", "is duplicates, and neither a marker nor a list finds them"));
  }
  return {};
}

}  // namespace

Json to_json(const Capability& it) {
  Json json = {{"secret_origin", word_of(it.secret_origin, kOrigins)},
               {"slot_policy", word_of(it.slot_policy, kPolicies)},
               {"create_replay", word_of(it.create_replay, kReplays)},
               {"marker", it.marker},
               {"listable", it.listable},
               {"recoverable", it.recoverable},
               {"suspend", it.suspend},
               {"twins", it.twins},
               {"derived", it.derived},
               {"converge_ms", it.converge_ms},
               {"dead_probe", word_of(it.dead_probe, kDeadProbes)},
               {"authority", word_of(it.authority, kAuthorities)},
               {"automation", word_of(it.automation, kAutomations)}};
  json["slots"] = it.slots == kManySlots ? Json(kMany) : Json(it.slots);
  return json;
}

Result<Capability> capability_from(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::kMalformed, "a capability is no object");
  Capability it;
  Members members(json);
  members.word("secret_origin", kOrigins, it.secret_origin);
  members.slots(it);
  members.word("slot_policy", kPolicies, it.slot_policy);
  members.word("create_replay", kReplays, it.create_replay);
  members.marker(it);
  members.flag("listable", it.listable);
  members.flag("recoverable", it.recoverable);
  members.flag("suspend", it.suspend);
  members.flag("twins", it.twins);
  members.derived(it);
  members.converge(it);
  members.word("dead_probe", kDeadProbes, it.dead_probe);
  members.word("authority", kAuthorities, it.authority);
  members.word("automation", kAutomations, it.automation);
  if (members.failure()) return fail(*members.failure());
  NHI_CHECK_OK(check_sense(it));
  return it;
}

}  // namespace nhi
