#include "scanner/cli/audit_events.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

TEST(AuditEvents, SayEachDecisionInItsOwnWords) {
  Decisions decisions;
  FindingDecision finding;
  finding.subject = "f_1";
  finding.verdict = Verdict::kFalsePositive;
  finding.reason = "a dummy";
  finding.who = "ada";
  decisions.findings.push_back(finding);
  Exception exception;
  exception.id = "e_1";
  exception.subject = "c_1";
  exception.owner = "tie";
  exception.until = Instant{1'800'000'000};
  exception.who = "bo";
  decisions.exceptions.push_back(exception);
  exception.withdrawn = true;
  decisions.exceptions.push_back(exception);
  DependencyDecision dependency;
  dependency.dependency_id = "d_1";
  dependency.system = "PAS";
  dependency.value = "dual";
  dependency.who = "ada";
  dependency.evidence = "CHG-1";
  decisions.dependencies.push_back(dependency);
  decisions.credentials.push_back(
      {"c_2", CredentialStatus::kDeadAttested, "ada", Instant{5}, "supplier's mail"});

  const std::vector<AuditEvent> events = events_of(decisions, "/srv/nhisweep.db");
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].type, "decision.finding");
  EXPECT_EQ(events[0].body.to_json(),
            R"({"decided_by":"ada","evidence":"","inventory":"/srv/nhisweep.db","owner":"",)"
            R"("reason":"a dummy","subject":"f_1","ticket":"","verdict":"false-positive"})");
  EXPECT_EQ(events[1].type, "exception.added");
  EXPECT_EQ(events[1].body.text_of("until"), "2027-01-15T08:00:00Z");
  EXPECT_EQ(events[2].type, "exception.ended");
  EXPECT_EQ(events[3].type, "decision.dependency");
  EXPECT_EQ(events[3].body.text_of("field"), "state");
  EXPECT_EQ(events[3].body.text_of("value"), "dual");
  EXPECT_EQ(events[4].type, "decision.credential");
  EXPECT_EQ(events[4].body.text_of("status"), "dead-attested");
  EXPECT_EQ(events[4].body.text_of("evidence"), "supplier's mail");
}

Estate small_estate() {
  Estate estate;
  estate.name = "North Ward";
  Target target;
  target.name = "hosts";
  target.roots.push_back({"/srv/app", "hosts", "hosts", false});
  target.exclude = {"**/cache/**"};
  target.network = true;
  estate.targets.push_back(target);
  return estate;
}

TEST(AuditEvents, SayWhatASweepLeavesOut) {
  Options options;
  options.exclude = {"*.iso"};
  options.max_file_size = "10MiB";
  options.no_git_history = true;
  options.accept_closed = {"zip"};
  Estate estate = small_estate();
  estate.targets[0].network = false;
  estate.accepted.push_back({"/srv/legacy", "pas", "vendor lock", Instant{1'800'000'000}, {}});
  EXPECT_EQ(left_out_by(options, estate),
            (std::vector<std::string>{"/srv/legacy until 2027-01-15, by pas: vendor lock",
                                      "exclude **/cache/** in hosts", "exclude *.iso",
                                      "files over 10MiB", "git history", "network mounts in hosts",
                                      "what is in containers of kind zip"}));
}

AuditRecord recorded(const AuditEvent& event) {
  AuditRecord record;
  record.type = event.type;
  record.body = event.body;
  return record;
}

TEST(AuditEvents, SayWhatASweepHidesThatTheOneBeforeItDidNot) {
  Options options;
  Estate estate = small_estate();
  const auto before = sweep_started("sweep", options, estate, "sha256:1", "k1", Instant{1});
  ASSERT_TRUE(before.has_value());
  SweepFactsForAudit facts;
  facts.coverage.add_policy("exclude", 2, 100);
  const AuditEvent before_end = sweep_ended("sweep", *before, facts, std::nullopt, std::nullopt);
  EXPECT_TRUE(before_end.body.fields_of("since_last").empty());

  options.exclude = {"secret/**"};
  estate.targets[0].exclude.clear();
  estate.targets[0].name = "others";
  const auto now = sweep_started("sweep", options, estate, "sha256:2", "k1", Instant{2});
  ASSERT_TRUE(now.has_value());
  facts.sweep = SweepId{2};
  facts.status = 3;
  facts.outcome.newly_unverified = 7;
  facts.coverage.unread_total = 1;
  facts.measures = {{"outstanding", 5}, {"unused", std::nullopt}};
  const AuditEvent end = sweep_ended("sweep", *now, facts, recorded(*before), recorded(before_end));
  EXPECT_EQ(end.body.number_of("status"), 3);
  EXPECT_EQ(end.body.fields_of("coverage").number_of("unread"), 1);
  EXPECT_EQ(end.body.fields_of("presence").number_of("newly_unverified"), 7);
  EXPECT_EQ(end.body.fields_of("measures").number_of("outstanding"), 5);
  EXPECT_EQ(end.body.fields_of("measures").text_of("unused"), "unknown");
  const AuditFields changed = end.body.fields_of("since_last");
  EXPECT_EQ(changed.list_of("left_out_now"), (std::vector<std::string>{"exclude secret/**"}));
  EXPECT_EQ(changed.list_of("read_again"),
            (std::vector<std::string>{"exclude **/cache/** in hosts"}));
  EXPECT_EQ(changed.list_of("targets_gone"), (std::vector<std::string>{"hosts"}));
  EXPECT_EQ(changed.list_of("targets_new"), (std::vector<std::string>{"others"}));
  EXPECT_EQ(changed.text_of("ruleset_before"), "sha256:1");
  EXPECT_EQ(changed.list_of("by_policy_before"),
            (std::vector<std::string>{"exclude: 2 (100 bytes)"}));
}

TEST(AuditEvents, NameTheEstateFileByItsHash) {
  const std::string file = std::filesystem::temp_directory_path() / "nhi-audit-estate.yaml";
  ASSERT_TRUE(write_file_atomically(file, "abc").has_value());
  Options options;
  options.estate = file;
  const auto event = sweep_started("sweep", options, small_estate(), "r", "k1", Instant{1});
  ASSERT_TRUE(event.has_value());
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(event->body.text_of("estate_sha256"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(event->body.list_of("roots"), (std::vector<std::string>{"/srv/app"}));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace nhi
