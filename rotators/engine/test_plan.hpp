// test_plan.hpp - a plan with everything in it, for tests of this room.
#pragma once

#include "rotators/engine/plan.hpp"

namespace nhi::test {

inline Capability usual_capability() {
  Capability can;
  can.slots = 1;
  can.create_replay = CreateReplay::kIdempotent;
  can.suspend = true;
  can.twins = true;
  can.derived = {"sessions"};
  can.dead_probe = DeadProbe::kSafe;
  return can;
}

inline Plan usual_plan() {
  Plan plan;
  plan.run_id = "r_0011223344556677aabb";
  plan.credential_id = "c_0a";
  plan.fingerprint = "hmac-sha256:k1:00";
  plan.redacted = "********";
  plan.rule = "generic-password";
  plan.identity = "postgresql:db01:5432/app_a";
  plan.system = "PAS";
  plan.environment = "live";
  plan.owner = "platform";
  plan.account = "app_a";
  plan.new_account = "app_b";
  plan.provider = "pas";
  plan.rotator = "postgresql";
  plan.rotator_sha256 = "ab";
  plan.type = "postgresql.role";
  plan.capability = usual_capability();
  plan.ref = {{"host", "db01"}, {"role", "app_a"}};
  plan.new_ref = {{"host", "db01"}, {"role", "app_b"}};
  plan.strategy = Strategy::kTwin;
  PlannedPlace file;
  file.means = PlaceMeans::kFile;
  file.path = "/srv/app/app.properties";
  file.shown = "app/app.properties";
  file.format = "properties";
  file.version = "77";
  file.secrets = {{"db.password", 0, "", {}}};
  file.accounts = {{"db.user", 0, "", {}}};
  file.findings = {"f_1"};
  file.reload = {"/usr/bin/systemctl", "reload", "app"};
  file.probe = {"/usr/local/bin/app-health"};
  PlannedPlace git = file;
  git.means = PlaceMeans::kGit;
  git.shown = "exports/adt.xml";
  git.git_root = "/srv/git/exports";
  git.git_ref = "main";
  git.reload.clear();
  git.probe.clear();
  PlannedPlace elsewhere;
  elsewhere.shown = "app02/etc/app.conf";
  elsewhere.host = "app02";
  elsewhere.why_guided = "it lies on app02";
  plan.places = {file, git, elsewhere};
  plan.blind_spots = {{"b1", "unread", "3 places could not be read"}};
  plan.verdicts = {
      {"d_1", "PAS", "cis2-client", "rotate", true, "cis2-client in dual", "overlap", {"a test"}}};
  plan.overlap_s = 3600;
  plan.soak_s = 86400;
  plan.ticket_needed = true;
  plan.clinical_needed = true;
  plan.four_eyes = true;
  plan.planner = "pat";
  plan.sweep = "2026-12-01T00:00:00Z";
  plan.created = Instant{1'796'000'000};
  plan.expires = Instant{1'796'100'000};
  plan.steps = steps_of(plan);
  return plan;
}

}  // namespace nhi::test
