// Claims about rotating the key of an estate of many hosts: docs/operations.md, "Many hosts", step
// by step on three machines that share nothing, with nights on which they do not have the same key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Args = std::vector<std::string>;

class EstateKeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(hub({"key", "create"}).exit_status, 0);
    ASSERT_EQ(hub({"key", "export", "estate.key"}).exit_status, 0);
    for (const std::string& host : kHosts) {
      plant(host, "a.properties", "db.password=" + fake(host, 20) + "\n");
      plant(host, "shared.properties", "db.password=" + fake("shared", 20) + "\n");
      plant(host, "app.env", "GAS_URL=https://gas.national.ncrs.nhs.uk/login/authactivate\n");
      ASSERT_EQ(on(host, {"key", "import", box_.path("estate.key")}).exit_status, 0);
    }
    box_.write("hosts.yaml", "estate: Trust\nhosts: [app01, app02, app03]\n");
    const Outcome first = night("2026-11-25");
    ASSERT_EQ(first.exit_status, 1) << first.err;
    decide();
    before_ = facts();
    ASSERT_GE(before_.size(), 9U);
  }
  // What people said on the first day.
  void decide() const {
    const Args day = {"--by", "Ada", "--as-of", "2026-11-25"};
    const auto must = [&](Args args) {
      args.insert(args.end(), day.begin(), day.end());
      const Outcome outcome = hub(args);
      EXPECT_EQ(outcome.exit_status, 0) << args[0] << ": " << outcome.err;
    };
    must({"findings", "decide", "--state", "new", "--as", "confirmed"});
    const std::string text = hub({"findings", "list", "--format", "jsonl"}).out;
    must({"exceptions", "add", json_strings(text, "credential_id").front(), "--for", "team",
          "--reason", "r", "--until", "2027-01-01"});
    for (const std::string& id : json_strings(dependencies(), "id")) {
      if (id.starts_with("d_")) {
        must({"dependencies", "set-state", id, "dual", "--evidence", "seen"});
      }
    }
  }
  // What a night changes is another matter: presence, the last trace seen, the days that are left.
  [[nodiscard]] std::string dependencies() const {
    std::string text = hub({"dependencies", "list", "--format", "jsonl"}).out;
    const std::regex of_the_night(R"re("days_to_removal":\d+,|"last_seen":"[^"]*",)re");
    text = std::regex_replace(text, of_the_night, "");
    return std::regex_replace(text, std::regex(R"("state":"new")"), R"("state":"open")");
  }
  void plant(const std::string& host, const std::string& file, const std::string& text) const {
    box_.write("hosts/" + host + "/etc/" + file, text);
  }
  Outcome hub(const Args& args) const { return box_.run(args); }
  Outcome on(const std::string& host, const Args& args) const {
    RunOptions options;
    options.cwd = box_.path("hosts/" + host);
    options.home = box_.path("homes/" + host);
    fs::create_directories(options.home);
    return box_.run(args, options);
  }
  Outcome collect(const std::string& host, const std::string& as_of) const {
    return on(host, {"collect", "etc", "--host", host, "--cache", box_.path(host + ".cache"),
                     "--output", box_.path("bundles/" + host + ".bundle"), "--as-of", as_of});
  }
  Outcome import(const std::string& as_of) const {
    return hub({"import", "--estate", "hosts.yaml", "bundles", "--as-of", as_of});
  }
  Outcome night(const std::string& as_of) const {
    box_.write("bundles/.keep", "");
    for (const std::string& host : kHosts) {
      const Outcome collected = collect(host, as_of);
      EXPECT_LE(collected.exit_status, 1) << host << collected.err;
    }
    return import(as_of);
  }
  // Of each finding, what must outlive a rotation: id, credential, first date, decisions.
  [[nodiscard]] std::map<std::string, std::string> facts() const {
    std::map<std::string, std::string> out;
    const std::string text =
        hub({"findings", "list", "--min-confidence", "low", "--format", "jsonl"}).out;
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         start = end + 1, end = text.find('\n', start)) {
      const std::string line = text.substr(start, end - start);
      const auto ids = json_strings(line, "id");
      if (ids.empty() || !ids[0].starts_with("f_")) continue;
      std::string& fact = out[ids[0]];
      for (const char* key : {"root", "path", "credential_id", "first_seen", "kind", "until"}) {
        for (const std::string& value : json_strings(line, key)) fact += value + " ";
      }
    }
    return out;
  }
  void expect_as_if_nothing_had_happened(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("new 0"));
    EXPECT_THAT(outcome.out, HasSubstr("gone 0  unverified 0"));
    EXPECT_THAT(outcome.out, HasSubstr("open " + std::to_string(before_.size())));
    EXPECT_EQ(facts(), before_);
  }
  const Args kHosts = {"app01", "app02", "app03"};
  Sandbox box_;
  std::map<std::string, std::string> before_;
};

TEST_F(EstateKeyTest, IsRotatedStepByStepAndNoIdDateOrDecisionIsLost) {
  const std::string decided = dependencies();
  ASSERT_THAT(decided, HasSubstr("\"dual\""));
  // 1. On the machine that merges. The hosts know nothing of it yet.
  ASSERT_EQ(hub({"key", "rotate"}).exit_status, 0);
  ASSERT_EQ(hub({"key", "export", "both.key"}).exit_status, 0);
  const Outcome nobody_has_it = night("2026-11-26");
  expect_as_if_nothing_had_happened(nobody_has_it);
  EXPECT_THAT(nobody_has_it.err, HasSubstr("app02 still collects under k1, which k2 replaces"));
  const Outcome early = hub({"key", "rotate", "--finish"});
  EXPECT_EQ(early.exit_status, 2);
  EXPECT_THAT(early.err, AllOf(HasSubstr("3 of the hosts have not delivered under key k2 yet: "
                                         "app01, app02, app03"),
                               HasSubstr("by target: app01/etc (")));

  // 2. On each host, as it can be reached: one is not.
  for (const char* host : {"app01", "app02"}) {
    const Outcome taken = on(host, {"key", "import", box_.path("both.key")});
    EXPECT_EQ(taken.exit_status, 0) << taken.err;
    EXPECT_THAT(taken.out, AllOf(HasSubstr("key k2 (check "), HasSubstr("with k1 (check ")));
  }
  const Outcome mixed = night("2026-11-27");
  expect_as_if_nothing_had_happened(mixed);
  EXPECT_THAT(mixed.err,
              AllOf(HasSubstr("app03 still collects under k1"), Not(HasSubstr("app01"))));
  const Outcome refused = hub({"key", "rotate", "--finish"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("1 of the hosts has not delivered under key k2 yet: "
                                           "app03"),
                                 Not(HasSubstr("app01/etc"))));

  // 3. The last host, and the end.
  EXPECT_EQ(on("app03", {"key", "import", box_.path("both.key")}).exit_status, 0);
  expect_as_if_nothing_had_happened(night("2026-11-28"));
  const Outcome finished = hub({"key", "rotate", "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.err;

  // Files that were written a moment ago are read again once; then the cache knows all of them.
  const auto from_cache = [&] {
    return box_.read("bundles/app02.bundle").find("\"carried_files\":3") != std::string::npos;
  };
  ASSERT_TRUE(eventually([&] {
    collect("app02", "2026-11-28T02:00:00Z");
    return from_cache() && box_.read("bundles/app02.bundle").find("\"racy:") == std::string::npos;
  }));

  // 4. The former key goes from the hosts too, in any order; the nights go on meanwhile.
  ASSERT_EQ(hub({"key", "export", "k2.key"}).exit_status, 0);
  EXPECT_EQ(on("app02", {"key", "import", box_.path("k2.key")}).exit_status, 0);
  expect_as_if_nothing_had_happened(night("2026-11-29"));
  EXPECT_TRUE(from_cache()) << "what it read under both keys serves under the one";
  for (const char* host : {"app01", "app03"}) {
    EXPECT_EQ(on(host, {"key", "import", box_.path("k2.key")}).exit_status, 0);
  }
  expect_as_if_nothing_had_happened(night("2026-11-30"));
  for (const std::string& host : kHosts) {
    EXPECT_THAT(box_.read("homes/" + host + "/fingerprint.key"), Not(HasSubstr("k1")));
    EXPECT_THAT(box_.read("bundles/" + host + ".bundle"), Not(HasSubstr("hmac-sha256:k1")));
  }
  EXPECT_THAT(hub({"report", "--format", "jsonl"}).out, Not(HasSubstr("hmac-sha256:k1")));
  EXPECT_EQ(dependencies(), decided);
  // Without any cache the same is found.
  for (const std::string& host : kHosts) fs::remove(box_.path(host + ".cache"));
  expect_as_if_nothing_had_happened(night("2026-12-01"));
}

TEST_F(EstateKeyTest, WhatIsNewAndGoneOnAMixedNightIsToldAsOnAnyOther) {
  ASSERT_EQ(hub({"key", "rotate"}).exit_status, 0);
  ASSERT_EQ(hub({"key", "export", "both.key"}).exit_status, 0);
  ASSERT_EQ(on("app01", {"key", "import", box_.path("both.key")}).exit_status, 0);
  for (const char* host : {"app01", "app02"}) {  // one of each key
    plant(host, "b.properties", "db.password=" + fake("one and the same", 20) + "\n");
    fs::remove(box_.path(std::string("hosts/") + host + "/etc/a.properties"));
  }
  const Outcome mixed = night("2026-11-26");
  EXPECT_EQ(mixed.exit_status, 1) << mixed.err;
  EXPECT_THAT(mixed.out, AllOf(HasSubstr("new 2"), HasSubstr("gone 2  unverified 0")));
  const std::string fresh = hub({"findings", "list", "--state", "new", "--format", "jsonl"}).out;
  const auto credentials = json_strings(fresh, "credential_id");
  ASSERT_EQ(credentials.size(), 2U);
  EXPECT_EQ(credentials[0], credentials[1]) << "one value, whatever key its host had";

  for (const char* host : {"app02", "app03"}) {
    ASSERT_EQ(on(host, {"key", "import", box_.path("both.key")}).exit_status, 0);
  }
  EXPECT_THAT(night("2026-11-27").out, AllOf(HasSubstr("new 0"), HasSubstr("gone 2")));
  const auto after = facts();
  EXPECT_EQ(after.size(), before_.size() + 2);
  EXPECT_EQ(hub({"key", "rotate", "--finish"}).exit_status, 0);
  EXPECT_THAT(night("2026-11-28").out, HasSubstr("new 0"));
  EXPECT_EQ(facts(), after);
}

TEST_F(EstateKeyTest, WhatCannotBeMatchedIsRefusedByNameAndNothingIsStored) {
  const auto refused = [&](const std::string& as_of, const std::string& says) {
    const Outcome outcome = import(as_of);
    EXPECT_EQ(outcome.exit_status, 2) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_THAT(outcome.err, HasSubstr("app03"));
    EXPECT_EQ(facts(), before_);
  };
  // The machine that merges is the one that lags behind.
  const std::string k1 = box_.read("home/fingerprint.key");
  ASSERT_EQ(hub({"key", "rotate"}).exit_status, 0);
  ASSERT_EQ(hub({"key", "export", "both.key"}).exit_status, 0);
  const std::string both = box_.read("both.key");
  ASSERT_EQ(on("app03", {"key", "import", box_.path("both.key")}).exit_status, 0);
  collect("app03", "2026-11-26");
  box_.write("home/fingerprint.key", k1);
  refused("2026-11-26", "the key was rotated: bring it here too");

  // The new key alone, while findings of the host are known under the former one only.
  box_.write("home/fingerprint.key", both);
  const std::string k2_alone = both.substr(0, both.find('\n') + 1);
  box_.write("homes/app03/fingerprint.key", k2_alone);
  fs::remove(box_.path("app03.cache"));
  collect("app03", "2026-11-26T02:00:00Z");
  refused("2026-11-26T03:00:00Z", "4 findings of it are known under k1");
  // What the refusal says to do helps.
  ASSERT_EQ(on("app03", {"key", "import", box_.path("both.key")}).exit_status, 0);
  EXPECT_EQ(box_.read("homes/app03/fingerprint.key"), both);
  collect("app03", "2026-11-26T04:00:00Z");
  for (const char* host : {"app01", "app02"}) collect(host, "2026-11-26T04:00:00Z");
  expect_as_if_nothing_had_happened(import("2026-11-26T05:00:00Z"));

  // A key of nobody's.
  fs::remove(box_.path("homes/app03/fingerprint.key"));
  fs::remove(box_.path("app03.cache"));
  ASSERT_EQ(on("app03", {"key", "create"}).exit_status, 0);
  collect("app03", "2026-11-27");
  refused("2026-11-27", "the bundle is of another estate key: app03 collected under k1 (check ");
}

TEST_F(EstateKeyTest, AForcedEndNamesWhatIsLeftBehindAndThenThatHostIsRefused) {
  ASSERT_EQ(hub({"key", "rotate"}).exit_status, 0);
  ASSERT_EQ(hub({"key", "export", "both.key"}).exit_status, 0);
  for (const char* host : {"app01", "app02"}) {
    ASSERT_EQ(on(host, {"key", "import", box_.path("both.key")}).exit_status, 0);
  }
  expect_as_if_nothing_had_happened(night("2026-11-26"));
  const Outcome refused = hub({"key", "rotate", "--finish"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("a host that still has key k1 is refused"));
  const Outcome forced = hub({"key", "rotate", "--finish", "--force"});
  EXPECT_EQ(forced.exit_status, 0);
  EXPECT_THAT(forced.err, AllOf(HasSubstr("left behind"), HasSubstr("app03/etc")));
  for (const std::string& host : kHosts) collect(host, "2026-11-27");
  const Outcome late = import("2026-11-27");
  EXPECT_EQ(late.exit_status, 2);
  EXPECT_THAT(late.err, AllOf(HasSubstr("app03 collected under k1 (check "), HasSubstr("has k2")));
  EXPECT_EQ(facts(), before_);
}

TEST_F(EstateKeyTest, AHostThatJoinsWhileTheKeyIsRotatedIsWelcomeWithAnyOfBoth) {
  ASSERT_EQ(hub({"key", "rotate"}).exit_status, 0);
  const std::string both = box_.read("home/fingerprint.key");
  box_.write("homes/app04/fingerprint.key", both.substr(0, both.find('\n') + 1));
  box_.write("homes/app05/fingerprint.key", box_.read("estate.key"));
  for (const char* host : {"app04", "app05"}) {
    fs::permissions(box_.path(std::string("homes/") + host + "/fingerprint.key"),
                    fs::perms::owner_read | fs::perms::owner_write);
    plant(host, "a.properties", "db.password=" + fake(host, 20) + "\n");
    EXPECT_EQ(collect(host, "2026-11-26").exit_status, 1);
  }
  const Outcome joined = night("2026-11-26");
  EXPECT_EQ(joined.exit_status, 1) << joined.err;
  EXPECT_THAT(joined.out, AllOf(HasSubstr("new 2"), HasSubstr("gone 0")));
}

TEST(KeyInPlace, NoCommandOfAnEstateMakesAKeyOfItsOwn) {
  const Sandbox box;
  box.write("etc/a.properties", "db.password=" + fake("a", 20) + "\n");
  for (const Args& args :
       {Args{"collect", "etc", "--host", "app01", "--output", "b"}, Args{"import", "b.bundle"},
        Args{"key", "export", "f"}, Args{"key", "rotate"}, Args{"key", "rotate", "--finish"}}) {
    const Outcome refused = box.run(args);
    EXPECT_EQ(refused.exit_status, 2) << args[0];
    EXPECT_THAT(
        refused.err,
        AllOf(HasSubstr("there is no fingerprint key"), HasSubstr(box.path("home/fingerprint.key")),
              HasSubstr("nhisweep key import FILE"), HasSubstr("NHISWEEP_KEY_FILE")));
    EXPECT_FALSE(fs::exists(box.path("home/fingerprint.key"))) << args[0];
    EXPECT_FALSE(fs::exists(box.path("b"))) << args[0];
  }
  EXPECT_EQ(box.run({"scan", "etc"}).exit_status, 1);
  EXPECT_TRUE(fs::exists(box.path("home/fingerprint.key")));
}

}  // namespace
}  // namespace nhi::testing
