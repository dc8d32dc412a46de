#include "rotators/engine/rotation_config.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "rotators/engine/test_folder.hpp"

namespace nhi {
namespace {

constexpr const char* kWhole = R"(
rotators: []
providers:
  - name: pas
    rotator: postgresql
    type: postgresql.role
    identities: ["postgresql:db01:5432/*"]
    ref: {database: pas, port: 5433}
    account: role
    config: {admin: rotator, tls: disable}
    auth: {file: /etc/nhisweep/pas.pw}
    twins: [[app_a, app_b]]
    clients: ["10.0.0.* *"]
sinks:
  - paths: ["/srv/app/**"]
    reload: [/usr/bin/systemctl, reload, app]
    probe: [/usr/local/bin/app-health]
  - {paths: ["/srv/git/**"], as: git, ref: main}
windows:
  - {systems: [PAS], environments: [live], days: [sat], from: "22:00", to: "04:00"}
freezes:
  - {from: 2026-12-19, to: 2027-01-04, reason: Christmas}
times:
  default: {overlap: 10m, soak: 2h}
  live: {overlap: 1d, soak: 7d}
policy: {plan_valid: 24h, concurrent: 2, old_probes: 0, ticket: always, four_eyes: never}
approvers: approvers.yaml
)";

Result<RotationConfig> read(const std::string& text) {
  const test::Folder folder;
  return read_rotation_config(folder.write("rotation.yaml", text));
}

Instant at(const char* text) { return *parse_instant(text); }

TEST(RotationConfig, EveryWordIsRead) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config) << config.error().message();
  const Provider& pas = config->providers.at(0);
  EXPECT_EQ(pas.ref, Json({{"database", "pas"}, {"port", 5433}}));
  EXPECT_EQ(pas.auth.file, "/etc/nhisweep/pas.pw");
  EXPECT_EQ(pas.twins.at(0).at(1), "app_b");
  EXPECT_EQ(sink_rule_of(*config, "/srv/app/conf/a.properties")->probe.size(), 1U);
  EXPECT_EQ(sink_rule_of(*config, "/srv/git/x/y.xml")->kind, SinkKind::kGit);
  EXPECT_EQ(sink_rule_of(*config, "/etc/passwd"), nullptr);
  EXPECT_EQ(times_of(*config, Environment::kLive).soak, 7 * 86400);
  EXPECT_EQ(times_of(*config, Environment::kTraining).overlap, 600);
  EXPECT_EQ(config->policy.concurrent, 2);
  EXPECT_EQ(config->policy.four_eyes, Needed::kNever);
  EXPECT_TRUE(config->approvers.ends_with("/approvers.yaml"));
}

TEST(RotationConfig, AnEmptyFileIsNoConfiguration) {
  EXPECT_TRUE(read(""));
  EXPECT_TRUE(read("providers:\n"));
}

TEST(RotationConfig, AProviderIsFoundByIdentityAndTwoAreRefused) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config);
  EXPECT_EQ((*provider_of(*config, "postgresql:db01:5432/app"))->name, "pas");
  EXPECT_EQ(*provider_of(*config, "postgresql:db02:5432/app"), nullptr);
  auto twice = *config;
  twice.providers.push_back(twice.providers[0]);
  EXPECT_FALSE(provider_of(twice, "postgresql:db01:5432/app"));
}

TEST(RotationConfig, WhatIsWrongIsNamedWithItsPlace) {
  const struct {
    const char* text;
    const char* what;
  } kCases[] = {
      {"provider: []", "unknown key 'provider'"},
      {"providers: [{name: a}]", "without 'rotator'"},
      {"providers: [{name: a, rotator: r, type: t, identities: [x], twins: [[a, a]]}]", "twins"},
      {"providers: [{name: a, rotator: r, type: t, identities: [x], auth: {file: pw}}]",
       "absolute"},
      {"providers: [{name: a, rotator: r, type: t, identities: [x], auth: {value: hunter2}}]",
       "unknown key 'value'"},
      {"sinks: [{as: file}]", "without 'paths'"},
      {"sinks: [{paths: [a], as: tape}]", "file, git or guided"},
      {"sinks: [{paths: [a], reload: [systemctl]}]", "absolute"},
      {"windows: [{days: [someday]}]", "'someday' is no day"},
      {"windows: [{from: \"25:00\"}]", "no time of the day"},
      {"freezes: [{from: 2027-01-04, to: 2026-12-19, reason: x}]", "ends before it begins"},
      {"freezes: [{from: 2026-12-19, to: 2027-01-04}]", "without a 'reason'"},
      {"times: {moon: {soak: 1d}}", "'moon' is no environment"},
      {"times: {live: {soak: 1y}}", "no span of time"},
      {"policy: {concurrent: 0}", "from 1 to 64"},
      {"policy: {ticket: sometimes}", "never, live or always"},
  };
  for (const auto& one : kCases) {
    const auto config = read(one.text);
    ASSERT_FALSE(config) << one.text;
    EXPECT_EQ(config.error().code, ErrorCode::kBadUse) << one.text;
    EXPECT_NE(config.error().what.find(one.what), std::string::npos) << config.error().what;
    EXPECT_NE(config.error().subject.find("rotation.yaml:1:"), std::string::npos) << one.text;
  }
}

TEST(RotationConfig, AWindowGoesOverMidnight) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config);
  const auto open = [&](const char* when) {
    return !closed_at(*config, "PAS", Environment::kLive, at(when)).has_value();
  };
  EXPECT_TRUE(open("2026-12-05T22:00:00Z"));  // a Saturday
  EXPECT_TRUE(open("2026-12-06T03:59:00Z"));
  EXPECT_FALSE(open("2026-12-06T04:00:00Z"));
  EXPECT_FALSE(open("2026-12-05T21:59:00Z"));
  EXPECT_FALSE(open("2026-12-06T22:30:00Z"));
  const auto closed = closed_at(*config, "PAS", Environment::kLive, at("2026-12-06T05:00:00Z"));
  ASSERT_TRUE(closed && closed->opens);
  EXPECT_EQ(to_iso8601(*closed->opens), "2026-12-12T22:00:00Z");
}

TEST(RotationConfig, WhatNoWindowIsForIsFreeAndAFreezeHoldsForAll) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config);
  EXPECT_FALSE(closed_at(*config, "RIS", Environment::kLive, at("2026-12-07T10:00:00Z")));
  EXPECT_FALSE(closed_at(*config, "PAS", Environment::kTraining, at("2026-12-07T10:00:00Z")));
  const auto frozen = closed_at(*config, "RIS", Environment::kLive, at("2026-12-24T10:00:00Z"));
  ASSERT_TRUE(frozen);
  EXPECT_NE(frozen->why.find("Christmas"), std::string::npos);
  EXPECT_EQ(to_iso8601(*frozen->opens), "2027-01-04T00:00:00Z");
}

TEST(RotationConfig, WhatIsNotKnownToBeAnythingElseIsLive) {
  EXPECT_TRUE(is_needed(Needed::kLive, Environment::kUnknown));
  EXPECT_FALSE(is_needed(Needed::kLive, Environment::kTraining));
  EXPECT_TRUE(is_needed(Needed::kAlways, Environment::kTraining));
  EXPECT_FALSE(is_needed(Needed::kNever, Environment::kLive));
}

TEST(RotationConfig, AValueIsReadFromAFileOfItsOwnerOnly) {
  const test::Folder folder;
  SecretReference reference;
  reference.file = folder.write("pw", "a value\n");
  ::chmod(reference.file.c_str(), 0600);
  const auto value = value_of(reference);
  ASSERT_TRUE(value) << value.error().message();
  EXPECT_EQ(value->reveal(), "a value");
  ::chmod(reference.file.c_str(), 0644);
  EXPECT_FALSE(value_of(reference));
}

TEST(RotationConfig, AValueComesFromTheServiceManager) {
  const test::Folder folder;
  const std::string path = folder.write("pas-admin", "from systemd");
  ::chmod(path.c_str(), 0400);
  SecretReference reference;
  reference.credential = "pas-admin";
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_FALSE(value_of(reference));
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  const auto value = value_of(reference);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(value) << value.error().message();
  EXPECT_EQ(value->reveal(), "from systemd");
}

}  // namespace
}  // namespace nhi
