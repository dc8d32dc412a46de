#include "scanner/cli/rotation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "rotators/engine/planner_places.hpp"
#include "rotators/engine/registration.hpp"
#include "rotators/journal/actor.hpp"
#include "scanner/base/host_name.hpp"
#include "scanner/base/time_span.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/dependency_words.hpp"
#include "scanner/cli/version.hpp"

namespace nhi {
namespace {

// The rest of a printed root behind that of a target; none if it is another's.
std::optional<std::string> rest_behind(const std::string& root, const std::string& whole) {
  if (!whole.starts_with(root)) return std::nullopt;
  if (whole.size() == root.size()) return std::string();
  if (whole[root.size()] != '/') return std::nullopt;
  return whole.substr(root.size());
}

SessionOptions session_options(const Options& options) {
  SessionOptions session;
  session.core = fmt::format("nhisweep {}", kVersion);
  session.progress = [&options](std::string_view text) { note(options, text); };
  return session;
}

Result<std::chrono::seconds> span_of(const std::string& text) {
  if (text.empty()) return std::chrono::seconds(0);
  auto span = parse_span(text);
  if (span) return std::chrono::seconds(*span);
  span.error().subject = "--wait " + text;
  return fail(std::move(span.error()));
}

PlanRequest request_of(const Plan& plan) {
  PlanRequest request;
  request.credential_id = plan.credential_id;
  request.mode = plan.mode;
  request.cause = plan.cause;
  const auto stated = [&](const char* word) {
    return std::find(plan.stated.begin(), plan.stated.end(), word) != plan.stated.end();
  };
  request.agreed_test = stated("agreed-test");
  request.fallback_given_up = stated("fallback-given-up");
  request.unused = stated("unused");
  return request;
}

Result<RunCheck> look_around(const Options& options, const Plan& plan, Instant now) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  RunCheck check;
  for (const Finding* finding : places_of(plan.credential_id, view.findings)) {
    const bool ours = finding->identity.empty() || finding->identity == plan.identity;
    const bool planned =
        std::any_of(plan.places.begin(), plan.places.end(), [&](const PlannedPlace& place) {
          return std::binary_search(place.findings.begin(), place.findings.end(), finding->id);
        });
    if (!ours || planned) continue;
    check.new_places.push_back(finding->place.root + "/" + finding->place.path.value_or(""));
  }
  const bool overlap = plan.strategy == Strategy::kTwin || plan.strategy == Strategy::kSlots;
  check.verdicts =
      guard_verdicts(request_of(plan), action_of(plan.mode), overlap, view.findings,
                     view.derived.dependencies, now, view.sweep.facts.policy.cis1_removal);
  return check;
}

}  // namespace

Result<Disk> Disk::open(const Options& options) {
  Disk disk;
  disk.host_ = own_host_name();
  if (!options.estate.empty()) {
    NHI_TRY(Estate estate, load_estate(options.estate));
    disk.targets_ = std::move(estate.targets);
  }
  std::vector<Target> more = targets_from_paths(options.paths, Naming::kByFolder);
  std::move(more.begin(), more.end(), std::back_inserter(disk.targets_));
  if (!disk.targets_.empty()) return disk;
  return fail(ErrorCode::kBadUse, "where do the places of the inventory lie on disk?",
              "--estate or --path", "name what was swept");
}

std::optional<OnDisk> Disk::of(const Finding& finding) const {
  for (const Target& target : targets_) {
    if (target.name != finding.target) continue;
    // A bundle of another host has targets of the same names.
    const bool here =
        finding.host.empty() || finding.host == host_ || finding.host == target.context.host;
    if (!here) continue;
    for (const TargetRoot& root : target.roots) {
      const auto rest = rest_behind(root.root, finding.place.root);
      if (!rest) continue;
      std::error_code failed;
      const std::string folder = std::filesystem::absolute(root.path + *rest, failed).string();
      OnDisk found;
      found.path = folder;
      if (finding.place.path && !finding.place.path->empty()) {
        found.path += "/" + *finding.place.path;
      }
      if (finding.place.git) found.git_root = folder;
      return found;
    }
  }
  return std::nullopt;
}

Result<Rotation> Rotation::open(const Options& options, Instant now) {
  Rotation rotation;
  rotation.options_ = &options;
  rotation.now_ = now;
  NHI_TRY(rotation.config_, read_rotation_config(options.rotation));
  NHI_TRY(rotation.pins_, read_registrations(options.rotation));
  NHI_TRY(rotation.key_, key_in_place());
  NHI_TRY(const std::string journal, journal_path(options));
  NHI_TRY(const std::string path, WrappingKey::usual_path());
  NHI_TRY(rotation.wrapping_, WrappingKey::load_or_create(path, journal, ask_passphrase));
  NHI_TRY(rotation.log_, AuditLog::open(options));
  return rotation;
}

Result<RunParts> Rotation::parts() {
  RunParts parts;
  parts.journal = &log_->journal();
  parts.wrapping_key = &*wrapping_;
  parts.fingerprint_key = &key_;
  parts.config = &config_;
  parts.pins = pins_;
  parts.session = session_options(*options_);
  parts.runner = process_facts().user_name;
  // --as-of moves the clock; time that passes while we run is added to it.
  const std::int64_t shift = now_.seconds - system_now().seconds;
  parts.now = [shift] { return Instant{system_now().seconds + shift}; };
  parts.wait = [](std::chrono::milliseconds span) { std::this_thread::sleep_for(span); };
  parts.tell = [this](std::string_view text) { note(*options_, text); };
  parts.check = [this, now = parts.now](const Plan& plan) {
    return look_around(*options_, plan, now());
  };
  NHI_TRY(parts.wait_at_most, span_of(options_->rotate.wait));
  return parts;
}

PlanSources Rotation::sources(const StoredView& view, const PlaceIo& places, const Disk& disk) {
  PlanSources sources;
  sources.findings = &view.findings;
  sources.derived = &view.derived;
  sources.sweep = &view.sweep;
  sources.config = &config_;
  sources.pins = pins_;
  sources.session = session_options(*options_);
  sources.key = &key_;
  sources.places = &places;
  sources.host = disk.host();
  sources.on_disk = [&disk](const Finding& finding) { return disk.of(finding); };
  sources.given = [this](const std::string& purpose, const std::string& rotator) {
    AuditFields body;
    body.text("purpose", purpose).text("plugin", rotator).text("method", "inspect");
    return log_->record({{"secret.given", std::move(body)}});
  };
  sources.now = now_;
  return sources;
}

namespace {

// What rotations that are done say of credentials, and is not stored yet.
Result<Decisions> unsettled(RunStore& store, Inventory& inventory, Instant now,
                            std::vector<Plan>& revoked) {
  NHI_TRY(const std::vector<RunRow> runs, store.runs());
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  NHI_TRY(const std::vector<CredentialDecision> known, inventory.credential_decisions());
  Decisions decisions;
  for (const RunRow& run : runs) {
    const std::string by = "nhisweep rotation " + run.id;
    const bool stored = std::any_of(known.begin(), known.end(),
                                    [&](const CredentialDecision& one) { return one.who == by; });
    if (run.state != RunState::kDone || stored) continue;
    NHI_TRY(Plan plan, plan_from(run.plan));
    NHI_TRY(const Json facts, parse_json(run.facts));
    const auto say = [&](const std::string& credential, CredentialStatus status,
                         std::string evidence) {
      if (credential.empty()) return;
      decisions.credentials.push_back({credential, status, by, now, std::move(evidence)});
    };
    const std::string verified = "verified at " + text_in(facts, "verified_at");
    const bool adopted = plan.strategy == Strategy::kNoChange;
    if (adopted) say(plan.credential_id, CredentialStatus::kManaged, verified);
    // One value may open several accounts, and was ended for one.
    NHI_TRY(const std::set<std::string> ended, accounts_ended(store, plan.credential_id));
    const std::vector<std::string> others = other_uses(plan, view.findings, ended);
    const std::string dead =
        fmt::format("{} at {}", text_in(facts, "grade"), text_in(facts, "dead_at"));
    if (!adopted && others.empty()) say(plan.credential_id, CredentialStatus::kDeadProven, dead);
    if (!adopted && !others.empty()) {
      say(plan.credential_id, CredentialStatus::kUnknown,
          fmt::format("{} for {} only; the same value is used for {}", dead, plan.identity,
                      fmt::join(others, ", ")));
    }
    say(text_in(facts, "new_credential"), CredentialStatus::kManaged, verified);
    if (plan.mode == RunMode::kRevokeOnly) revoked.push_back(std::move(plan));
  }
  return decisions;
}

// Dependencies whose last credential of the CIS1 call was revoked: they are over.
Decisions retirements(const StoredView& view, const std::vector<Plan>& revoked, Instant now) {
  Decisions states;
  for (const Dependency& dependency : view.derived.dependencies) {
    const auto plan = std::find_if(revoked.begin(), revoked.end(), [&](const Plan& one) {
      return concerns(dependency, one.credential_id);
    });
    if (plan == revoked.end() || dependency.decided != DependencyState::kCis2Only) continue;
    if (check_transition(dependency.decided, DependencyState::kRetired,
                         outstanding_of(view.derived.credentials, dependency.id))) {
      continue;
    }
    DependencyDecision decision;
    decision.dependency_id = dependency.id;
    decision.system = dependency.system;
    decision.environment = dependency.environment;
    decision.field = DependencyField::kState;
    decision.value = to_string(DependencyState::kRetired);
    decision.who = "nhisweep rotation " + plan->run_id;
    decision.when = now;
    decision.evidence = "its last credential of the CIS1 call is proven dead";
    states.dependencies.push_back(std::move(decision));
  }
  return states;
}

}  // namespace

Result<void> settle(const Options& options, AuditLog& log, Instant now) {
  auto inventory = open_to_decide(options);
  if (!inventory && inventory.error().code == ErrorCode::kBusy) {
    note(options,
         "the inventory is held by a sweep: what it has to know of rotations is stored by "
         "the next command of rotate");
    return {};
  }
  if (!inventory) return fail(std::move(inventory.error()));
  RunStore store(log.journal());
  std::vector<Plan> revoked;
  NHI_TRY(const Decisions decisions, unsettled(store, *inventory, now, revoked));
  NHI_CHECK_OK(decide_recorded(options, log, *inventory, decisions));
  if (revoked.empty()) return {};
  NHI_TRY(const StoredView view, stored_view(*inventory, {}, now));
  return decide_recorded(options, log, *inventory, retirements(view, revoked, now));
}

Result<SecretText> ask_passphrase(const std::string& path) {
  termios before{};
  if (::tcgetattr(STDIN_FILENO, &before) != 0) {
    return fail(ErrorCode::kBadUse,
                "the wrapping key needs its passphrase, and nobody is at a "
                "terminal",
                path, "a key file or a systemd credential serves where nobody is");
  }
  std::fputs(("passphrase of " + path + ": ").c_str(), stderr);
  termios quiet = before;
  quiet.c_lflag &= static_cast<tcflag_t>(~ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  std::array<char, 1024> line{};
  const bool read = std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr;
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputc('\n', stderr);
  std::string text(line.data());
  line.fill('\0');
  while (text.ends_with('\n')) text.pop_back();
  SecretText passphrase{std::string_view(text)};
  wipe(text);
  if (!read) return fail(ErrorCode::kBadUse, "no passphrase was given", path);
  return passphrase;
}

}  // namespace nhi
