#include <fmt/format.h>

#include "rotators/engine/approval.hpp"
#include "rotators/engine/new_value.hpp"
#include "rotators/engine/plan_words.hpp"
#include "rotators/journal/actor.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/rotation.hpp"

namespace nhi {
namespace {

Result<GuardCause> cause_named(const std::string& word) {
  for (int i = 0; i <= static_cast<int>(GuardCause::kRetirement); ++i) {
    if (to_string(static_cast<GuardCause>(i)) == word) return static_cast<GuardCause>(i);
  }
  return fail(ErrorCode::kBadUse, "no such cause", "--cause " + word);
}

Result<std::optional<Override>> override_of(const Options& options, Instant now) {
  if (options.reason.empty()) return std::optional<Override>();
  if (options.until_date.empty() || options.on_behalf.empty()) {
    return fail(ErrorCode::kBadUse, "an override needs who answers for it and until when",
                "--override", "--by NAME --until DATE");
  }
  NHI_TRY(const Instant until, parse_instant(options.until_date));
  if (until <= now) return fail(ErrorCode::kBadUse, "it has ended already", "--until");
  return std::optional<Override>(Override{actor_of(options), options.reason, until});
}

Result<PlanRequest> request_of(const Options& options, const StoredView& view, Instant now) {
  PlanRequest request;
  NHI_TRY(request.run_id, new_run_id());
  std::set<std::string> known;
  for (const Credential& credential : view.derived.credentials) known.insert(credential.id);
  NHI_TRY(request.credential_id, whole_id(known, options.rotate.credential));
  request.identity = options.rotate.identity;
  request.mode = parse_run_mode(options.rotate.mode).value_or(RunMode::kScheduled);
  if (!options.rotate.cause.empty()) {
    NHI_TRY(request.cause, cause_named(options.rotate.cause));
  }
  for (const std::string& word : options.rotate.stated) {
    request.agreed_test = request.agreed_test || word == "agreed-test";
    request.fallback_given_up = request.fallback_given_up || word == "fallback-given-up";
    request.unused = request.unused || word == "unused";
  }
  NHI_TRY(request.set_aside, override_of(options, now));
  request.planner = process_facts().user_name;
  return request;
}

AuditEvent event_of(const std::string& type, const Plan& plan, const std::string& hash) {
  AuditFields body;
  body.text("run_id", plan.run_id).text("plan_hash", hash).text("mode", to_string(plan.mode));
  body.text("credential", plan.credential_id).text("identity", plan.identity);
  body.text("old_fp", plan.fingerprint).text("plugin", plan.rotator);
  body.text("plugin_sha256", plan.rotator_sha256);
  std::vector<std::string> findings;
  for (const PlannedPlace& place : plan.places) {
    findings.insert(findings.end(), place.findings.begin(), place.findings.end());
  }
  body.list("finding_ids", findings);
  if (plan.set_aside) {
    body.text("override_by", plan.set_aside->who).text("override_reason", plan.set_aside->reason);
    body.text("override_until", to_iso8601(plan.set_aside->until));
  }
  return {type, std::move(body)};
}

Result<std::string> formatted(const Options& options, const Plan& plan, const std::string& hash) {
  if (options.format == "html") return plan_page(plan, hash);
  if (options.format == "text") return plan_words(plan, hash);
  NHI_TRY(Json json, parse_json(plan_text(plan)));
  json["plan_hash"] = hash;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<int> plan_one(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(const Disk disk, Disk::open(options));
  NHI_TRY(Rotation rotation, Rotation::open(options, now));
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  NHI_TRY(const PlanRequest request, request_of(options, view, now));
  const PlaceIo places = place_io(rotation.wrapping_key());
  PlanSources sources = rotation.sources(view, places, disk);
  RunStore store = rotation.store();
  NHI_TRY(sources.ended, accounts_ended(store, request.credential_id));
  auto plan = make_plan(request, sources);
  if (!plan) {
    AuditFields body;
    body.text("run_id", request.run_id).text("credential", request.credential_id);
    body.text("mode", to_string(request.mode)).text("because", plan.error().message());
    NHI_CHECK_OK(rotation.log().record({{"plan.refused", std::move(body)}}));
    NHI_CHECK_OK(rotation.log().close());
    return fail(std::move(plan.error()));
  }
  RunRow run;
  run.id = plan->run_id;
  run.identity = plan->identity;
  run.mode = plan->mode;
  run.plan = plan_text(*plan);
  run.plan_hash = plan_hash(run.plan);
  run.created = plan->created;
  run.expires = plan->expires;
  const AuditEvent made[] = {event_of("plan.made", *plan, run.plan_hash)};
  NHI_CHECK_OK(rotation.store().add(run, made));
  NHI_CHECK_OK(rotation.log().close());
  NHI_TRY(const std::string text, formatted(options, *plan, run.plan_hash));
  NHI_CHECK_OK(write_result(options, text));
  note(options, fmt::format("nothing was changed; next: nhisweep rotate approve {} --plan {}",
                            run.id, run.plan_hash.substr(0, 16)));
  return kStatusClean;
}

Result<int> show_one(const Options& options) {
  NHI_TRY(const std::string path, journal_path(options));
  NHI_TRY(Journal journal, Journal::open(path));
  RunStore store(journal);
  NHI_TRY(const RunRow run, store.run(options.run));
  if (options.rotate.to_sign) {
    ApprovalWords words;
    words.ticket = options.ticket;
    words.clinical = options.rotate.clinical;
    words.accepted = options.rotate.accept;
    NHI_CHECK_OK(write_result(options, approval_text(run.id, run.plan_hash, words)));
    return kStatusClean;
  }
  NHI_TRY(const Plan plan, plan_from(run.plan));
  NHI_TRY(const std::string text, formatted(options, plan, run.plan_hash));
  NHI_CHECK_OK(write_result(options, text));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_rotate_plan(const Options& options) {
  return options.rotate.verb == RotateVerb::kShow ? show_one(options) : plan_one(options);
}

}  // namespace nhi
