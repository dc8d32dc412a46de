#include <algorithm>
#include <array>

#include "plugins/protocol/words.hpp"
#include "rotators/engine/plan.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr Words<5> kStrategies = {"twin", "slots", "cut_over", "revoke_only", "no_change"};
constexpr Words<3> kMeans = {"file", "git", "guided"};
constexpr Words<14> kKinds = {"preflight", "create",       "enable",     "write",      "await",
                              "reload",    "probe_place",  "verify_new", "overlap",    "suspend",
                              "soak",      "end_sessions", "revoke",     "verify_dead"};
constexpr std::string_view kSchema = "nhisweep.plan/1";

Json value_json(const PlannedValue& value) {
  return {{"path", value.path},
          {"ordinal", value.ordinal},
          {"part", value.part},
          {"encoding", value.encoding}};
}

PlannedValue value_from(const Json& json) {
  return {json.at("path").get<std::string>(), json.at("ordinal").get<std::uint64_t>(),
          json.at("part").get<std::string>(), json.at("encoding").get<std::vector<std::string>>()};
}

template <class T, class Make>
Json list_json(const std::vector<T>& all, Make make) {
  Json list = Json::array();
  for (const T& one : all) list.push_back(make(one));
  return list;
}

template <class T, class Make>
std::vector<T> list_from(const Json& list, Make make) {
  std::vector<T> all;
  for (const Json& one : list) all.push_back(make(one));
  return all;
}

Json place_json(const PlannedPlace& place) {
  return {{"means", to_string(place.means)},
          {"path", place.path},
          {"shown", place.shown},
          {"host", place.host},
          {"format", place.format},
          {"version", place.version},
          {"secrets", list_json(place.secrets, value_json)},
          {"accounts", list_json(place.accounts, value_json)},
          {"findings", place.findings},
          {"consumer", place.consumer},
          {"git_root", place.git_root},
          {"git_ref", place.git_ref},
          {"why_guided", place.why_guided},
          {"reload", place.reload},
          {"probe", place.probe}};
}

// `at` throws where a member is missing or of another kind; plan_from() catches it.
PlannedPlace place_from(const Json& json) {
  PlannedPlace place;
  place.means = value_of<PlaceMeans>(json.at("means").get<std::string>(), kMeans).value();
  json.at("path").get_to(place.path);
  json.at("shown").get_to(place.shown);
  json.at("host").get_to(place.host);
  json.at("format").get_to(place.format);
  json.at("version").get_to(place.version);
  place.secrets = list_from<PlannedValue>(json.at("secrets"), value_from);
  place.accounts = list_from<PlannedValue>(json.at("accounts"), value_from);
  json.at("findings").get_to(place.findings);
  json.at("consumer").get_to(place.consumer);
  json.at("git_root").get_to(place.git_root);
  json.at("git_ref").get_to(place.git_ref);
  json.at("why_guided").get_to(place.why_guided);
  json.at("reload").get_to(place.reload);
  json.at("probe").get_to(place.probe);
  return place;
}

Json step_json(const PlannedStep& step) {
  return {{"kind", to_string(step.kind)},
          {"place", step.place ? Json(*step.place) : Json()},
          {"what", step.what},
          {"breaks", step.breaks},
          {"back", step.back},
          {"no_return", step.no_return}};
}

PlannedStep step_from(const Json& json) {
  PlannedStep step;
  step.kind = value_of<StepKind>(json.at("kind").get<std::string>(), kKinds).value();
  if (!json.at("place").is_null()) step.place = json.at("place").get<std::size_t>();
  json.at("what").get_to(step.what);
  json.at("breaks").get_to(step.breaks);
  json.at("back").get_to(step.back);
  json.at("no_return").get_to(step.no_return);
  return step;
}

Json verdict_json(const PlannedVerdict& verdict) {
  return {{"dependency", verdict.dependency_id}, {"system", verdict.system},
          {"towards", verdict.towards},          {"action", verdict.action},
          {"permitted", verdict.permitted},      {"rule", verdict.rule},
          {"because", verdict.because},          {"conditions", verdict.conditions}};
}

PlannedVerdict verdict_from(const Json& json) {
  PlannedVerdict verdict;
  json.at("dependency").get_to(verdict.dependency_id);
  json.at("system").get_to(verdict.system);
  json.at("towards").get_to(verdict.towards);
  json.at("action").get_to(verdict.action);
  json.at("permitted").get_to(verdict.permitted);
  json.at("rule").get_to(verdict.rule);
  json.at("because").get_to(verdict.because);
  json.at("conditions").get_to(verdict.conditions);
  return verdict;
}

std::optional<GuardCause> cause_of(const std::string& word) {
  for (int i = 0; i <= static_cast<int>(GuardCause::kRetirement); ++i) {
    if (to_string(static_cast<GuardCause>(i)) == word) return static_cast<GuardCause>(i);
  }
  return std::nullopt;
}

Json set_aside_json(const std::optional<Override>& set_aside) {
  if (!set_aside) return nullptr;
  return {{"who", set_aside->who},
          {"reason", set_aside->reason},
          {"until", to_iso8601(set_aside->until)}};
}

void take_texts(const Json& json, Plan& plan) {
  json.at("run").get_to(plan.run_id);
  json.at("credential").get_to(plan.credential_id);
  json.at("fingerprint").get_to(plan.fingerprint);
  json.at("redacted").get_to(plan.redacted);
  json.at("rule").get_to(plan.rule);
  json.at("identity").get_to(plan.identity);
  json.at("system").get_to(plan.system);
  json.at("environment").get_to(plan.environment);
  json.at("owner").get_to(plan.owner);
  json.at("account").get_to(plan.account);
  json.at("new_account").get_to(plan.new_account);
  json.at("provider").get_to(plan.provider);
  json.at("rotator").get_to(plan.rotator);
  json.at("rotator_sha256").get_to(plan.rotator_sha256);
  json.at("type").get_to(plan.type);
  json.at("stated").get_to(plan.stated);
  json.at("residue").get_to(plan.residue);
  json.at("overlap_s").get_to(plan.overlap_s);
  json.at("soak_s").get_to(plan.soak_s);
  json.at("old_probes").get_to(plan.old_probes);
  json.at("clinical_needed").get_to(plan.clinical_needed);
  json.at("ticket_needed").get_to(plan.ticket_needed);
  json.at("four_eyes").get_to(plan.four_eyes);
  json.at("planner").get_to(plan.planner);
  json.at("sweep").get_to(plan.sweep);
  plan.ref = json.at("ref");
  plan.new_ref = json.at("new_ref");
  plan.config = json.at("config");
}

Plan plan_of(const Json& json) {
  Plan plan;
  take_texts(json, plan);
  plan.mode = parse_run_mode(json.at("mode").get<std::string>()).value();
  plan.cause = cause_of(json.at("cause").get<std::string>()).value();
  plan.strategy = value_of<Strategy>(json.at("strategy").get<std::string>(), kStrategies).value();
  if (auto capability = capability_from(json.at("capability"))) plan.capability = *capability;
  plan.places = list_from<PlannedPlace>(json.at("places"), place_from);
  plan.steps = list_from<PlannedStep>(json.at("steps"), step_from);
  plan.verdicts = list_from<PlannedVerdict>(json.at("verdicts"), verdict_from);
  plan.blind_spots = list_from<BlindSpot>(json.at("blind_spots"), [](const Json& spot) {
    return BlindSpot{spot.at("id").get<std::string>(), spot.at("kind").get<std::string>(),
                     spot.at("what").get<std::string>()};
  });
  if (const Json& aside = json.at("set_aside"); !aside.is_null()) {
    const auto until = parse_instant(aside.at("until").get<std::string>());
    plan.set_aside = Override{aside.at("who").get<std::string>(),
                              aside.at("reason").get<std::string>(), until ? *until : Instant{}};
  }
  const auto created = parse_instant(json.at("created").get<std::string>());
  const auto expires = parse_instant(json.at("expires").get<std::string>());
  if (created) plan.created = *created;
  if (expires) plan.expires = *expires;
  return plan;
}

}  // namespace

std::string_view to_string(Strategy strategy) {
  return kStrategies.at(static_cast<std::size_t>(strategy));
}
std::string_view to_string(PlaceMeans means) { return kMeans.at(static_cast<std::size_t>(means)); }
std::string_view to_string(StepKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

std::string plan_text(const Plan& plan) {
  const Json json = {
      {"schema", kSchema},
      {"run", plan.run_id},
      {"mode", to_string(plan.mode)},
      {"cause", to_string(plan.cause)},
      {"credential", plan.credential_id},
      {"fingerprint", plan.fingerprint},
      {"redacted", plan.redacted},
      {"rule", plan.rule},
      {"identity", plan.identity},
      {"system", plan.system},
      {"environment", plan.environment},
      {"owner", plan.owner},
      {"account", plan.account},
      {"new_account", plan.new_account},
      {"provider", plan.provider},
      {"rotator", plan.rotator},
      {"rotator_sha256", plan.rotator_sha256},
      {"type", plan.type},
      {"capability", to_json(plan.capability)},
      {"ref", plan.ref},
      {"new_ref", plan.new_ref},
      {"config", plan.config},
      {"strategy", to_string(plan.strategy)},
      {"places", list_json(plan.places, place_json)},
      {"steps", list_json(plan.steps, step_json)},
      {"blind_spots",
       list_json(plan.blind_spots,
                 [](const BlindSpot& spot) {
                   return Json{{"id", spot.id}, {"kind", spot.kind}, {"what", spot.what}};
                 })},
      {"verdicts", list_json(plan.verdicts, verdict_json)},
      {"set_aside", set_aside_json(plan.set_aside)},
      {"stated", plan.stated},
      {"residue", plan.residue},
      {"overlap_s", plan.overlap_s},
      {"soak_s", plan.soak_s},
      {"old_probes", plan.old_probes},
      {"clinical_needed", plan.clinical_needed},
      {"ticket_needed", plan.ticket_needed},
      {"four_eyes", plan.four_eyes},
      {"planner", plan.planner},
      {"sweep", plan.sweep},
      {"created", to_iso8601(plan.created)},
      {"expires", to_iso8601(plan.expires)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Plan> plan_from(std::string_view text) {
  const Error none{ErrorCode::kMalformed, "not a plan as we write them", {}, {}};
  NHI_TRY(const Json json, parse_json(text));
  try {
    if (text_in(json, "schema") != kSchema) return fail(none);
    Plan plan = plan_of(json);
    // One plan, one text: whatever else stands in it was not approved by anybody who saw it.
    if (plan_text(plan) == text) return plan;
  } catch (const Json::exception&) {
    return fail(none);
  } catch (const std::bad_optional_access&) {
    return fail(none);
  }
  return fail(none);
}

std::string plan_hash(std::string_view text) { return to_hex(sha256(text)); }

}  // namespace nhi
