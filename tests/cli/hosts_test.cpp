// Claims about many hosts: what they collect is merged as their own sweeps would tell it, and a
// host that is silent never looks clean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using Words = std::multiset<std::string>;
using Args = std::vector<std::string>;

class HostsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.run({"key", "create"});  // the hosts of these tests share one home
    for (const char* host : {"app01", "app02"}) plant(host, "a.properties", host);
  }
  void plant(const std::string& host, const std::string& file, const std::string& value) const {
    box_.write("hosts/" + host + "/etc/" + file, "db.password=" + fake(value, 20) + "\n");
  }
  void remove(const std::string& host, const std::string& file) const {
    fs::remove(box_.path("hosts/" + host + "/etc/" + file));
  }
  [[nodiscard]] static RunOptions on(const Sandbox& box, const std::string& host) {
    RunOptions options;
    options.cwd = box.path("hosts/" + host);
    return options;
  }
  Outcome collect(const std::string& host, const std::string& as_of = "2026-11-25",
                  const Args& more = {"etc"}) const {
    Args args = {"collect", "--host", host, "--output", box_.path(host + ".bundle"),
                 "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args, on(box_, host));
  }
  Outcome import(const Args& hosts, const std::string& as_of = "2026-11-25",
                 const Args& more = {}) const {
    Args args = {"import", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    for (const std::string& host : hosts) args.push_back(host + ".bundle");
    return box_.run(args);
  }
  void night(const std::string& as_of, const Args& hosts = {"app01", "app02"}) const {
    for (const std::string& host : hosts) collect(host, as_of);
  }
  [[nodiscard]] std::string list(const Args& more = {}) const {
    Args args = {"findings", "list", "--format", "jsonl"};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args).out;
  }
  // "app01/etc gone" of each finding.
  [[nodiscard]] Words states() const {
    const std::string text = list();
    const auto roots = json_strings(text, "root");
    const auto states = json_strings(text, "state");
    Words out;
    for (std::size_t i = 0; i < std::min(roots.size(), states.size()); ++i) {
      out.insert(roots[i] + " " + states[i]);
    }
    return out;
  }
  void estate(const std::string& more = "") const {
    box_.write("estate.yaml",
               "estate: Trust\nhosts: [app01, {name: app02, max_age: 20h}]\n" + more);
  }
  const Args kEstate = {"--estate", "estate.yaml"};
  Sandbox box_;
};

TEST_F(HostsTest, AreMergedAndToldAsTheirOwnSweepsWouldTell) {
  EXPECT_EQ(collect("app01").exit_status, 1);
  EXPECT_EQ(collect("app02").exit_status, 1);
  struct stat facts {};
  ASSERT_EQ(::stat(box_.path("app01.bundle").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const Outcome first = import({"app01", "app02"});
  EXPECT_EQ(first.exit_status, 1) << first.err;
  EXPECT_EQ(states(), (Words{"app01/etc new", "app02/etc new"}));

  night("2026-11-26");
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-26").exit_status, 0);
  EXPECT_EQ(states(), (Words{"app01/etc open", "app02/etc open"}));

  remove("app01", "a.properties");
  plant("app01", "b.properties", "second");
  plant("app02", "a.properties", "other value");
  night("2026-11-27");
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-27").exit_status, 1);
  EXPECT_EQ(states(),
            (Words{"app01/etc gone", "app01/etc new", "app02/etc gone", "app02/etc new"}));

  plant("app01", "a.properties", "app01");
  night("2026-11-28");
  import({"app01", "app02"}, "2026-11-28");
  EXPECT_EQ(states(),
            (Words{"app01/etc open", "app01/etc open", "app02/etc gone", "app02/etc open"}));
}

TEST_F(HostsTest, EqualValuesAtEqualPlacesAreOneCredentialAndTwoFindings) {
  plant("app01", "a.properties", "same");
  plant("app02", "a.properties", "same");
  night("2026-11-25");
  import({"app01", "app02"});
  const std::string text = list();
  const auto ids = json_strings(text, "id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 2U);
  const auto credentials = json_strings(text, "credential_id");
  EXPECT_EQ(std::set<std::string>(credentials.begin(), credentials.end()).size(), 1U);
  EXPECT_THAT(text, HasSubstr("\"host\":\"app01\""));
  // One host without it: the other's finding is not touched.
  remove("app01", "a.properties");
  night("2026-11-26", {"app01"});
  import({"app01"}, "2026-11-26");
  EXPECT_EQ(states(), (Words{"app01/etc gone", "app02/etc new"}));
}

TEST_F(HostsTest, AHostWithoutABundleIsUnverifiedAndTheSweepIncomplete) {
  estate();
  night("2026-11-25");
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-25", kEstate).exit_status, 1);
  night("2026-11-26", {"app01"});
  const Outcome silent = import({"app01"}, "2026-11-26", kEstate);
  EXPECT_EQ(silent.exit_status, 3);
  EXPECT_THAT(silent.err, HasSubstr("no-bundle: app02"));
  EXPECT_EQ(states(), (Words{"app01/etc open", "app02/etc unverified"}));

  night("2026-11-27");
  EXPECT_EQ(import({}, "2026-11-27", {"--estate", "estate.yaml", "."}).exit_status, 0);
  EXPECT_EQ(states(), (Words{"app01/etc open", "app02/etc open"}));

  fs::create_directory(box_.path("bundles"));
  const Outcome nobody =
      import({}, "2026-11-28", {"--estate", "estate.yaml", box_.path("bundles")});
  EXPECT_EQ(nobody.exit_status, 3) << nobody.err;
  EXPECT_EQ(states(), (Words{"app01/etc unverified", "app02/etc unverified"}));
}

TEST_F(HostsTest, LastNightsBundleNeverPassesForTonights) {
  estate();
  night("2026-11-25");
  import({"app01", "app02"}, "2026-11-25", kEstate);
  night("2026-11-26", {"app01"});  // app02.bundle is still the old one
  const Outcome again = import({"app01", "app02"}, "2026-11-26", kEstate);
  EXPECT_EQ(again.exit_status, 3);
  EXPECT_THAT(again.err, HasSubstr("stale: collected 1 day ago, at most 20 hours: app02"));
  EXPECT_EQ(states(), (Words{"app01/etc open", "app02/etc unverified"}));
}

TEST_F(HostsTest, ALateBundleIsMergedByItselfTheSameNight) {
  estate();
  night("2026-11-25T01:00:00Z", {"app01"});
  EXPECT_EQ(import({"app01"}, "2026-11-25T02:00:00Z", kEstate).exit_status, 3);
  night("2026-11-25T05:00:00Z", {"app02"});
  EXPECT_EQ(import({"app02"}, "2026-11-25T06:00:00Z", kEstate).exit_status, 1);
  EXPECT_EQ(states(), (Words{"app01/etc new", "app02/etc new"}));
}

TEST_F(HostsTest, ABundleThatCameLateIsToldButProvesNothing) {
  estate();
  plant("app02", "b.properties", "second");
  night("2026-11-25");
  import({"app01", "app02"}, "2026-11-25", kEstate);
  remove("app02", "b.properties");
  plant("app02", "c.properties", "third");
  night("2026-11-26");
  const Outcome late = import({"app01", "app02"}, "2026-11-27", kEstate);
  EXPECT_EQ(late.exit_status, 3);
  EXPECT_EQ(states(),
            (Words{"app01/etc open", "app02/etc open", "app02/etc new", "app02/etc unverified"}));
}

TEST_F(HostsTest, TheSameBundleChangesNothing) {
  night("2026-11-25");
  import({"app01", "app02"});
  const Outcome again = import({"app01", "app02"}, "2026-11-26");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_THAT(again.err, HasSubstr("app01: this bundle was merged before"));
  EXPECT_THAT(again.out, HasSubstr("read 0 files"));
  EXPECT_EQ(states(), (Words{"app01/etc open", "app02/etc open"}));
  EXPECT_EQ(box_.run({"findings", "list", "--since-sweep", "last", "--format", "jsonl"}).out, "");
}

TEST_F(HostsTest, RefusesWhatItCannotTrustAndStoresNothingOfIt) {
  night("2026-11-25");
  import({"app01", "app02"});
  const std::string before = list();
  const std::string old = box_.read("app01.bundle");
  plant("app01", "b.properties", "second");
  night("2026-11-26");
  const std::string good = box_.read("app01.bundle");
  const auto refused = [&](const std::string& bytes, int status, const std::string& says) {
    box_.write("app01.bundle", bytes);
    const Outcome outcome = import({"app02", "app01"}, "2026-11-26");
    EXPECT_EQ(outcome.exit_status, status) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
    EXPECT_THAT(outcome.err, HasSubstr("app01.bundle"));
    EXPECT_EQ(list(), before) << says;
  };
  std::string changed = good;
  changed[changed.find("b.properties")] = 'c';
  refused(changed, 5, "changed or cut");
  refused(good.substr(0, good.size() / 2), 5, "changed or cut");
  refused("", 5, "empty file");
  box_.write("app01.bundle", good);
  EXPECT_EQ(import({"app01"}, "2026-11-26").exit_status, 1);
  const std::string later = list();
  box_.write("app01.bundle", old);
  const Outcome older = import({"app01"}, "2026-11-26");
  EXPECT_EQ(older.exit_status, 2);
  EXPECT_THAT(older.err, HasSubstr("is older than the one of 2026-11-26"));
  EXPECT_EQ(list(), later);
}

TEST_F(HostsTest, RefusesAnotherKeyTwoOfOneHostAndTheFuture) {
  night("2026-11-25");
  const std::string good = box_.read("app01.bundle");
  const Outcome twice = import({"app01", "app01"});
  EXPECT_EQ(twice.exit_status, 2);
  EXPECT_THAT(twice.err, HasSubstr("two bundles of one host"));
  const Outcome future = import({"app01"}, "2026-11-24");
  EXPECT_EQ(future.exit_status, 2);
  EXPECT_THAT(future.err, HasSubstr("in the future"));
  EXPECT_THAT(future.err, HasSubstr("check the clock of app01"));
  EXPECT_EQ(box_.run({"import"}).exit_status, 2);
  EXPECT_EQ(box_.run({"import", "missing.bundle"}).exit_status, 5);

  const Sandbox other;
  other.run({"key", "create"});
  other.write("etc/x.properties", "db.password=" + fake("x", 20) + "\n");
  other.run({"collect", "etc", "--host", "app03", "--output", "app03.bundle"});
  box_.write("app03.bundle", other.read("app03.bundle"));
  const Outcome foreign = import({"app01", "app03"});
  EXPECT_EQ(foreign.exit_status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("another estate key"));
  EXPECT_THAT(foreign.err, HasSubstr("key export"));
  EXPECT_EQ(box_.run({"findings", "list"}).exit_status, 5) << "no sweep has ended";
}

TEST_F(HostsTest, AnotherRuleSetThanBeforeIsNoRepair) {
  box_.write("ward.yaml",
             "- id: ward-token\n  name: Ward token\n  pattern: '\\bward_(?P<secret>[0-9A-Za-z]{32})"
             "\\b'\n  category: local\n  severity: high\n  confidence: high\n"
             "  matches: [{template: 'ward_{base62:32}'}]\n  misses: ['ward_short']\n");
  box_.write("hosts/app01/etc/t.conf", "t=ward_" + fake("ward", 32) + "\n");
  box_.write("hosts/app02/etc/t.conf", "t=ward_" + fake("ward2", 32) + "\n");
  const Args with = {"etc", "--rules", box_.path("ward.yaml")};
  collect("app01", "2026-11-25", with);
  collect("app02", "2026-11-25", with);
  import({"app01", "app02"});
  // Only the first host forgets the rule; both remove the value.
  box_.write("hosts/app01/etc/t.conf", "nothing\n");
  box_.write("hosts/app02/etc/t.conf", "nothing\n");
  collect("app01", "2026-11-26");
  collect("app02", "2026-11-26", with);
  const Outcome mixed = import({"app01", "app02"}, "2026-11-26");
  EXPECT_THAT(mixed.err, HasSubstr("read under 2 sets of rules"));
  const std::string text = list({"--rule", "ward-token"});
  EXPECT_THAT(text, HasSubstr("\"state\":\"unverified\",\"checked\":true,\"change\":\"ruleset\""));
  EXPECT_EQ(json_strings(text, "state"), (Args{"unverified", "gone"}));
}

TEST_F(HostsTest, UnreadPlacesOfAHostCountAndAreAcceptedByHost) {
  box_.write("hosts/app01/estate.yaml",
             "estate: Trust\ntargets: [{name: etc, path: [etc, missing/place]}]\n");
  const Args own = {"--estate", "estate.yaml"};
  const Outcome partly = collect("app01", "2026-11-25", own);
  EXPECT_EQ(partly.exit_status, 3);
  EXPECT_THAT(partly.err, HasSubstr("not-found"));
  collect("app02");
  const Outcome unread = import({"app01", "app02"});
  EXPECT_EQ(unread.exit_status, 3);
  EXPECT_THAT(unread.err, HasSubstr("not-found: app01/etc"));

  const auto accept = [&](const std::string& host, const std::string& path) {
    estate("accepted_unread:\n  - {host: '" + host + "', path: '" + path +
           "', owner: pas, reason: vendor lock, expires: 2026-11-28}\n");
  };
  const std::string missing = box_.path("hosts/app01/missing");
  accept("app0?", missing);
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-25", kEstate).exit_status, 0);
  accept("app02", missing);
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-25", kEstate).exit_status, 3) << "another host's";
  // A host can be accepted as a whole, until a day.
  box_.write("hosts/app01/missing/place/x", "here it is\n");
  accept("app02", "/");
  collect("app01", "2026-11-27", own);
  EXPECT_EQ(import({"app01"}, "2026-11-27", kEstate).exit_status, 0);
  EXPECT_EQ(states(), (Words{"app01/etc/etc open", "app02/etc unverified"}));
  collect("app01", "2026-11-28", own);
  EXPECT_EQ(import({"app01"}, "2026-11-28", kEstate).exit_status, 3);
}

TEST_F(HostsTest, AFolderThatIsEmptyLikeAnUnmountedShareProvesNothing) {
  box_.write("hosts/app01/etc/share/x.properties", "db.password=" + fake("share", 20) + "\n");
  night("2026-11-25");
  import({"app01", "app02"});
  const std::string share = box_.path("hosts/app01/etc/share");
  fs::rename(share, box_.path("elsewhere"));  // another folder stands there now
  fs::create_directory(share);
  night("2026-11-26");
  import({"app01", "app02"}, "2026-11-26");
  EXPECT_EQ(states(), (Words{"app01/etc open", "app01/etc unverified", "app02/etc open"}));
  fs::remove(share);
  fs::rename(box_.path("elsewhere"), share);
  fs::remove(share + "/x.properties");  // the same folder, emptied
  night("2026-11-27");
  import({"app01", "app02"}, "2026-11-27");
  EXPECT_EQ(states(), (Words{"app01/etc gone", "app01/etc open", "app02/etc open"}));
}

TEST_F(HostsTest, ATargetThatAHostNoLongerCollectsIsUnverified) {
  box_.write("hosts/app01/opt/x.properties", "db.password=" + fake("opt", 20) + "\n");
  collect("app01", "2026-11-25", {"etc", "opt"});
  import({"app01"});
  collect("app01", "2026-11-26", {"etc"});
  const Outcome fewer = import({"app01"}, "2026-11-26");
  EXPECT_THAT(fewer.out, HasSubstr("target-not-collected"));
  EXPECT_EQ(states(), (Words{"app01/etc open", "app01/opt unverified"}));
}

TEST_F(HostsTest, DecisionsMeasuresAndThePageAreTrueOfThem) {
  night("2026-11-25");
  import({"app01", "app02"});
  const std::string id = json_strings(list(), "id").front();
  EXPECT_EQ(box_.run({"exceptions", "add", id, "--for", "pas-team", "--reason", "vendor lock",
                      "--until", "2027-01-31", "--as-of", "2026-11-25"})
                .exit_status,
            0);
  plant("app02", "b.properties", "second");
  night("2026-11-26");
  EXPECT_EQ(import({"app01", "app02"}, "2026-11-26", {"--html", "page.html"}).exit_status, 1);
  EXPECT_THAT(list({"--decision", "accepted"}), HasSubstr(id));
  const std::string page = box_.read("page.html");
  EXPECT_THAT(page, HasSubstr("app02/etc"));
  EXPECT_THAT(page, HasSubstr("b.properties"));
  const std::string report = box_.run({"report", "--format", "prometheus"}).out;
  EXPECT_THAT(report, HasSubstr("nhisweep_findings{state=\"new\"} 1"));
  EXPECT_THAT(report, HasSubstr("nhisweep_findings{state=\"open\"} 2"));
  const std::string events =
      box_.run({"findings", "list", "--since-sweep", "last", "--format", "jsonl"}).out;
  EXPECT_THAT(json_strings(events, "event"), UnorderedElementsAre("appeared", "decided"));
}

TEST_F(HostsTest, OwnersAreTheEstatesThenTheHosts) {
  box_.write("hosts/app01/git/one/app.properties", "db.password=" + fake("git", 20) + "\n");
  box_.write("hosts/app01/git/one/CODEOWNERS", "* @pas\n");
  const std::string repository = box_.path("hosts/app01/git/one");
  box_.must({"git", "init", "-q", "-b", "main", repository});
  box_.must({"git", "add", "."}, repository);
  box_.must({"git", "commit", "-q", "-m", "a"}, repository);
  box_.write("hosts/app01/owners.yaml", "'etc/**': unix\n");
  box_.write("hosts/app01/estate.yaml",
             "estate: Trust\nowners: owners.yaml\ntargets: [{name: etc, path: etc},"
             " {name: repos, git: ['git/*']}]\n");
  const auto owner_of = [&](const std::string& path) {
    const std::string text = list();
    const std::size_t at = text.find("\"path\":\"" + path);
    const std::size_t owner = text.find("\"owner\":", text.find("\"environment\":", at));
    return text.substr(owner + 8, text.find(",\"s", owner) - owner - 8);
  };
  collect("app01", "2026-11-25", {"--estate", "estate.yaml"});
  import({"app01"});
  EXPECT_THAT(owner_of("a.properties"), HasSubstr("unix"));
  EXPECT_THAT(owner_of("app.properties"), HasSubstr("@pas"));
  // Nothing is read again, and who owns what follows both files.
  box_.write("hosts/app01/owners.yaml", "'etc/**': linux\n");
  box_.write("owners.yaml", "'app01/repos/**': tie\n");
  estate("owners: owners.yaml\n");
  collect("app01", "2026-11-26", {"--estate", "estate.yaml"});
  import({"app01"}, "2026-11-26", kEstate);
  EXPECT_THAT(owner_of("a.properties"), HasSubstr("linux"));
  EXPECT_THAT(owner_of("app.properties"), HasSubstr("tie"));
  estate();
  collect("app01", "2026-11-27", {"--estate", "estate.yaml"});
  import({"app01"}, "2026-11-27", kEstate);
  EXPECT_THAT(owner_of("app.properties"), HasSubstr("@pas")) << "the host's word again";
}

TEST_F(HostsTest, CollectLeavesNothingBehindAndKeepsACacheOnlyIfAsked) {
  box_.write("tmp/.keep", "");
  const auto tmp_entries = [&] {
    return std::distance(fs::directory_iterator(box_.path("tmp")), fs::directory_iterator());
  };
  ::setenv("TMPDIR", box_.path("tmp").c_str(), 1);
  EXPECT_EQ(collect("app01").exit_status, 1);
  EXPECT_EQ(tmp_entries(), 1);
  // Where the bundle cannot be written there is none, and no other file either.
  EXPECT_EQ(
      box_.run({"collect", "etc", "--host", "app01", "--output", "no/such/b"}, on(box_, "app01"))
          .exit_status,
      5);
  EXPECT_EQ(tmp_entries(), 1);
  ::unsetenv("TMPDIR");
  const Args cached = {"etc", "--cache", box_.path("cache.db")};
  EXPECT_EQ(collect("app01", "2026-11-25", cached).exit_status, 1);
  EXPECT_EQ(collect("app01", "2026-11-26", cached).exit_status, 0) << "nothing is new";
  // A file younger than two seconds is read again once it is older: on a slow machine that moment
  // lies between these runs, so one more may be needed.
  const auto carried = [&] {
    return box_.read("app01.bundle").find("\"carried_files\":1") != std::string::npos;
  };
  for (int run = 0; run < 2 && !carried(); ++run) collect("app01", "2026-11-26", cached);
  EXPECT_TRUE(carried());
  EXPECT_EQ(import({"app01"}, "2026-11-26").exit_status, 1);
  EXPECT_EQ(states(), (Words{"app01/etc new"}));
}

TEST_F(HostsTest, ABundleGoesToStandardOutputWhole) {
  Args args = {"collect", "etc", "--host", "app01", "--output", "-", "--as-of", "2026-11-25"};
  const Outcome piped = box_.run(args, on(box_, "app01"));
  EXPECT_EQ(piped.exit_status, 1);
  box_.write("app01.bundle", piped.out);
  EXPECT_EQ(import({"app01"}).exit_status, 1);
  EXPECT_FALSE(fs::exists(box_.path("hosts/app01/-")));
}

TEST_F(HostsTest, CollectAsksForANameItCanUse) {
  const Outcome bad = box_.run({"collect", "etc", "--host", "App 01", "--output", "b"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.err, HasSubstr("--host App 01"));
  EXPECT_EQ(box_.run({"collect", "etc"}).exit_status, 2);
  estate();
  const Outcome hosts = box_.run({"sweep", "--estate", "estate.yaml"});
  EXPECT_EQ(hosts.exit_status, 2);
  EXPECT_THAT(hosts.err, HasSubstr("no targets of its own"));
}

}  // namespace
}  // namespace nhi::testing
