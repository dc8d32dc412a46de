// Claims about `nhisweep scan`, on the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

// A tree with something of everything; secrets are made at run time.
void make_tree(const Sandbox& box, int files) {
  for (int i = 0; i < files; ++i) {
    const std::string name = std::to_string(i);
    box.write("tree/conf/app" + name + ".properties",
              "db.url=jdbc:postgresql://db" + name +
                  ":5432/emr\ndb.user=app\ndb.password=" + fake("db" + name, 20) + "\n");
  }
  box.write("tree/notes.txt", "nothing to see\n");
  box.write("tree/gas.env", "CIS1_URL=https://gas.national.ncrs.nhs.uk/login/authvalidate\n");
}

TEST(ScanCommand, IsByteIdenticalForEveryNumberOfJobsAndTwice) {
  const Sandbox box;
  make_tree(box, 60);
  const Outcome one =
      box.run({"scan", "tree", "--format", "json", "--jobs", "1", "--as-of", "2026-11-25"});
  ASSERT_EQ(one.exit_status, 1) << one.err;
  for (const char* jobs : {"1", "2", "8"}) {
    const Outcome other =
        box.run({"scan", "tree", "--format", "json", "--jobs", jobs, "--as-of", "2026-11-25"});
    EXPECT_EQ(one.out, other.out) << jobs << " jobs";
  }
}

TEST(ScanCommand, EndsWithZeroWhereNothingIsFound) {
  const Sandbox box;
  box.write("tree/readme.txt", "a quiet file\n");
  const Outcome scan = box.run({"scan", "tree"});
  EXPECT_EQ(scan.exit_status, 0) << scan.out << scan.err;
}

TEST(ScanCommand, OfAMissingPathIsNeverClean) {
  const Sandbox box;
  const Outcome scan = box.run({"scan", "no-such-place"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_NE(scan.err.find("no-such-place"), std::string::npos) << scan.err;
}

// The flag took the path for a second glob, and the command had none.
TEST(ScanCommand, AFlagThatMayBeRepeatedLeavesThePathToTheCommand) {
  const Sandbox box;
  make_tree(box, 1);
  const Outcome scan =
      box.run({"scan", "--exclude", "conf", "--exclude", "*.env", box.path("tree"), "--quiet"});
  EXPECT_EQ(scan.exit_status, 0) << scan.err;
}

TEST(ScanCommand, NamesTheNearestFlag) {
  const Sandbox box;
  const Outcome scan = box.run({"scan", ".", "--formatt", "json"});
  EXPECT_EQ(scan.exit_status, 2);
  EXPECT_NE(scan.err.find("--format"), std::string::npos) << scan.err;
  EXPECT_TRUE(scan.out.empty());
}

TEST(ScanCommand, ReadsStandardInput) {
  const Sandbox box;
  RunOptions piped;
  piped.input = "db.password=" + fake("stdin", 20) + "\n";
  const Outcome scan = box.run({"scan", "-", "--format", "json"}, piped);
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_NE(scan.out.find("\"root\":\"-\""), std::string::npos) << scan.out;
}

TEST(ScanCommand, HonoursInlineIgnoresAndCountsThem) {
  const Sandbox box;
  box.write("tree/a.properties", "db.password=" + fake("x", 20) + " # gitleaks:allow\n");
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 0) << scan.out;
  EXPECT_NE(scan.out.find("inline-ignore"), std::string::npos);
}

TEST(ScanCommand, RevealsOnlyWhereAskedAndNobodyElseCanRead) {
  const Sandbox box;
  const std::string secret = fake("reveal", 20);
  box.write("tree/a.properties", "db.password=" + secret + "\n");
  const Outcome plain = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(plain.out.find(secret), std::string::npos);
  const Outcome shown = box.run({"scan", "tree", "--format", "json", "--reveal"});
  EXPECT_NE(shown.out.find(secret), std::string::npos);
  RunOptions to_file;
  to_file.out_path = box.path("world-readable.json");
  const Outcome refused = box.run({"scan", "tree", "--format", "json", "--reveal"}, to_file);
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_EQ(box.read("world-readable.json").find(secret), std::string::npos);
}

TEST(ScanCommand, FindsAKeyThatALaterCommitRemoved) {
  const Sandbox box;
  box.write("repo/app.properties", "db.password=" + fake("old", 20) + "\n");
  box.must({"git", "init", "-q", "-b", "main", "repo"});
  box.must({"git", "add", "-A"}, box.path("repo"));
  box.must({"git", "commit", "-q", "-m", "first"}, box.path("repo"));
  box.write("repo/app.properties", "db.password=${DB_PASSWORD}\n");
  box.must({"git", "commit", "-q", "-a", "-m", "second"}, box.path("repo"));
  const Outcome scan = box.run({"scan", "repo", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_NE(scan.out.find("\"in_head\":false"), std::string::npos) << scan.out;
  const Outcome tree_only = box.run({"scan", "repo", "--no-git-history"});
  EXPECT_EQ(tree_only.exit_status, 0) << tree_only.out;
}

TEST(ScanCommand, SeesNoNeutralOrTrapTraceAsCis) {
  const Sandbox box;
  box.write("tree/spine.env",
            "A=https://msg.spine2.ncrs.nhs.uk/reliablemessaging\nB=ldap.national.ncrs.nhs.uk:636\n"
            "C=https://auth.login.nhs.uk\nD=sbapi.dc.sportsbook.example\nprofile=cis1\n");
  const Outcome scan = box.run({"scan", "tree", "--format", "json", "--min-confidence", "low"});
  EXPECT_EQ(scan.out.find("\"class\":\"CIS1\""), std::string::npos) << scan.out;
  EXPECT_EQ(scan.out.find("\"class\":\"CIS2\""), std::string::npos) << scan.out;
  EXPECT_EQ(scan.exit_status, 0);
}

TEST(RulesCommand, ProvesEveryExampleOfEveryRule) {
  const Sandbox box;
  const Outcome test = box.run({"rules", "test"});
  EXPECT_EQ(test.exit_status, 0) << test.out.substr(0, 2000);
}

constexpr const char* kForeignRules = R"toml(
[[allowlists]]
paths = ['^docs/']
[[rules]]
id = "Acme_Key"
regex = '''acme_([0-9a-z]{8})'''
keywords = ["acme_"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ['# sample']
[[rules]]
id = "acme-pair"
regex = '''pair=(\d{6})'''
[[rules.required]]
id = "acme-host"
withinLines = 1
[[rules]]
id = "acme-host"
regex = '''host=\w+'''
skipReport = true
[[rules]]
id = "acme-store"
path = '''\.p12$'''
)toml";

TEST(RulesCommand, TakesRulesOfGitleaksAndGivesThemBackAsOurs) {
  const Sandbox box;
  box.write("acme.toml", kForeignRules);
  box.write("tree/a.txt", "acme_12345abc\nacme_99999zzz # sample\npair=123456\n\n\nhost=x\n");
  box.write("tree/b.txt", "host=x\npair=654321\n");
  box.write("tree/docs/c.txt", "acme_12345abd\n");
  box.write("tree/d.p12", "bytes");
  const std::vector<std::string> scan = {"scan", "tree",    "--no-default-rules", "--format",
                                         "json", "--as-of", "2026-11-25"};
  const auto with = [&](const std::string& rules) {
    std::vector<std::string> arguments = scan;
    arguments.insert(arguments.end(), {"--rules", rules});
    return box.run(arguments);
  };
  const Outcome foreign = with("acme.toml");
  EXPECT_EQ(foreign.exit_status, 1) << foreign.err;
  const auto count = [&](std::string_view what) {
    std::size_t found = 0;
    for (auto at = foreign.out.find(what); at != std::string::npos;
         at = foreign.out.find(what, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("\"rule\":\"gitleaks.acme-key\""), 1U) << foreign.out;
  EXPECT_EQ(count("\"rule\":\"gitleaks.acme-pair\""), 1U) << foreign.out;
  EXPECT_EQ(count("\"rule\":\"gitleaks.acme-store\""), 1U) << foreign.out;
  EXPECT_EQ(count("\"rule\":"), 3U) << foreign.out;
  EXPECT_EQ(count("12345abc"), 0U);

  const Outcome import = box.run({"rules", "import", "acme.toml", "--output", "acme.yaml"});
  ASSERT_EQ(import.exit_status, 0) << import.err;
  EXPECT_EQ(with("acme.yaml").out, foreign.out);

  box.write("bad.toml", "[[rules]]\nid = 'a'\nregexp = 'x'\n");
  const Outcome bad = with("bad.toml");
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_NE(bad.err.find("bad.toml:3"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("did you mean 'regex'"), std::string::npos) << bad.err;
}

constexpr const char* kKingfisherRules = R"yaml(rules:
  - name: Acme key
    id: kingfisher.acme.1
    pattern: |
      (?x)
      \b ( acme_ (?P<body>[a-z0-9]{8}) (?P<checksum>[0-9a-f]{8}) ) \b  # a key
    confidence: high
    pattern_requirements:
      checksum:
        actual: {template: '{{ checksum }}'}
        expected: '{{ body | crc32_hex }}'
    validation: {type: Http, content: {request: {method: GET, url: 'https://acme.example'}}}
  - {name: Acme id, id: kingfisher.acme.2, pattern: 'id_[a-z0-9]{8}', visible: false}
  - {name: Acme pair, id: kingfisher.acme.3, pattern: 'pair=([a-z0-9]{8})', confidence: low}
)yaml";

TEST(RulesCommand, TakesRulesOfKingfisherAndGivesThemBackAsOurs) {
  const Sandbox box;
  box.write("kf/acme.yml", kKingfisherRules);
  // The CRC-32 of q1w2e3r4, and a wrong one.
  box.write("tree/a.txt", "k acme_q1w2e3r4d0628527 .\nid_q1w2e3r4\npair=q1w2e3r4\n");
  box.write("tree/b.txt", "k acme_q1w2e3r400000000 .\npair=z1x2c3v4  # kingfisher:ignore\n");
  const auto with = [&](const std::string& rules) {
    return box.run({"scan", "tree", "--no-default-rules", "--min-confidence", "low", "--format",
                    "json", "--as-of", "2026-11-25", "--rules", rules});
  };
  const Outcome foreign = with("kf");
  EXPECT_EQ(foreign.exit_status, 1) << foreign.err;
  const auto holds = [&](std::string_view what) {
    return foreign.out.find(what) != std::string::npos;
  };
  EXPECT_TRUE(holds("\"rule\":\"kingfisher.acme.1\"")) << foreign.out;
  EXPECT_TRUE(holds("\"why\":\"checksum correct\"")) << foreign.out;
  EXPECT_TRUE(holds("\"rule\":\"kingfisher.acme.3\"")) << foreign.out;
  EXPECT_FALSE(holds("kingfisher.acme.2")) << foreign.out;
  EXPECT_FALSE(holds("b.txt")) << foreign.out;
  EXPECT_FALSE(holds("q1w2e3r4")) << foreign.out;

  const Outcome import = box.run({"rules", "import", "kf/acme.yml", "--output", "acme.yaml"});
  ASSERT_EQ(import.exit_status, 0) << import.err;
  EXPECT_NE(import.err.find("note: kingfisher.acme.1: 'validation' (Http) is left out"),
            std::string::npos)
      << import.err;
  EXPECT_EQ(with("acme.yaml").out, foreign.out);

  box.write("bad.yml", "rules:\n  - {name: a, id: a, patern: x}\n");
  const Outcome bad = with("bad.yml");
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_NE(bad.err.find("bad.yml:2"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("did you mean 'pattern'?"), std::string::npos) << bad.err;
}

// One blob at two paths of the history: that an allowlist lets one of them pass says nothing of the
// other, whichever is newer and whether HEAD has it.
TEST(RulesCommand, AnAllowlistOfAPathHidesNoOtherPathOfAHistory) {
  const Sandbox box;
  box.write("acme.toml",
            "[[allowlists]]\npaths = ['^docs/']\n[[rules]]\nid = 'key'\nregex = 'acme_[0-9]{8}'\n");
  box.must({"git", "init", "-q", "-b", "main", box.path("repo")});
  const auto commit = [&](const char* message) {
    box.must({"git", "add", "-A"}, box.path("repo"));
    box.must({"git", "commit", "-q", "-m", message}, box.path("repo"));
  };
  box.write("repo/src/a.ini", "acme_12345678\n");
  box.write("repo/docs/only.md", "acme_87654321\n");
  commit("first");
  box.must({"git", "mv", "src/a.ini", "docs/a.ini"}, box.path("repo"));
  commit("moved");
  const std::vector<std::string> scan = {
      "scan", "repo", "--no-default-rules", "--rules", "acme.toml", "--format", "json"};
  const Outcome in_head = box.run(scan);
  EXPECT_EQ(in_head.exit_status, 1) << in_head.err;
  EXPECT_EQ(json_strings(in_head.out, "path"), std::vector<std::string>{"src/a.ini"});
  box.must({"git", "rm", "-q", "-r", "docs"}, box.path("repo"));
  commit("removed");
  EXPECT_EQ(json_strings(box.run(scan).out, "path"), std::vector<std::string>{"src/a.ini"});
}

TEST(ConfigFile, GivesFlagsThatAreNotGivenAndNamesWhatItDoesNotKnow) {
  const Sandbox box;
  box.write("tree/a.properties", "db.password=" + fake("c", 20) + "\n");
  box.write("nhisweep.yaml", "format: json\n");
  EXPECT_TRUE(box.run({"scan", "tree"}).out.starts_with("{"));
  EXPECT_FALSE(box.run({"scan", "tree", "--format", "csv"}).out.starts_with("{"));
  box.write("nhisweep.yaml", "fromat: json\n");
  const Outcome bad = box.run({"scan", "tree"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_NE(bad.err.find("nhisweep.yaml:1:1"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("'format'"), std::string::npos) << bad.err;
}

TEST(KeyCommand, CarriesAKeyToAnotherHost) {
  const Sandbox here;
  const Sandbox there;
  ASSERT_EQ(here.run({"key", "create"}).exit_status, 0);
  ASSERT_EQ(here.run({"key", "export", there.path("copy.key")}).exit_status, 0);
  EXPECT_EQ(there.run({"key", "import", "copy.key"}).exit_status, 0);
  EXPECT_EQ(here.read("home/fingerprint.key"), there.read("home/fingerprint.key"));
  EXPECT_EQ(there.run({"key", "import", "copy.key"}).exit_status, 0) << "twice is no harm";
  const Sandbox other;
  ASSERT_EQ(other.run({"key", "create"}).exit_status, 0);
  EXPECT_EQ(other.run({"key", "import", there.path("copy.key")}).exit_status, 2);
}

TEST(DoctorCommand, CountsWhatASweepWouldRead) {
  const Sandbox box;
  box.write("tree/a.txt", "12345");
  const Outcome doctor = box.run({"doctor", "tree"});
  EXPECT_EQ(doctor.exit_status, 0) << doctor.err;
  EXPECT_NE(doctor.out.find("1 file, 5 bytes"), std::string::npos) << doctor.out;
}

// Known is what an earlier report of the same paths holds: the new value in an old place is not.
class ScanBaseline : public ::testing::Test {
 protected:
  void SetUp() override { put(fake("a", 20)); }
  void put(const std::string& value) const {
    box_.write("share/a.properties", "db.password=" + value + "\n");
  }
  Outcome scan(std::vector<std::string> more) const {
    std::vector<std::string> args = {"scan", "share"};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  Sandbox box_;
};

TEST_F(ScanBaseline, WhatItHoldsIsCountedNotListedAndMakesNoStatus) {
  for (const char* format : {"json", "jsonl", "sarif", "csv"}) {
    ASSERT_EQ(scan({"--format", format, "--output", "old"}).exit_status, 1);
    box_.write("share/z.properties", "unrelated=1\n");
    const Outcome known = scan({"--baseline", "old"});
    EXPECT_EQ(known.exit_status, 0) << format << known.err;
    EXPECT_THAT(known.out, HasSubstr("nothing new; 1 finding is known from the baseline"));
    EXPECT_THAT(known.err, HasSubstr("1 known from old, 0 not"));
    EXPECT_THAT(scan({"--baseline", "old", "--format", "json"}).out, HasSubstr("\"known\":1,"));
  }
  EXPECT_THAT(scan({"--format", "json"}).out, Not(HasSubstr("\"known\"")));
}

TEST_F(ScanBaseline, ALineAboveKeepsItKnownAndANewValueIsNew) {
  ASSERT_EQ(scan({"--format", "json", "--output", "old.json"}).exit_status, 1);
  box_.write("share/a.properties", "# moved\n" + box_.read("share/a.properties"));
  EXPECT_EQ(scan({"--baseline", "old.json"}).exit_status, 0);
  put(fake("rotated", 20));
  const Outcome rotated = scan({"--baseline", "old.json"});
  EXPECT_EQ(rotated.exit_status, 1) << "the same place, another value";
  EXPECT_THAT(rotated.err, HasSubstr("0 known from old.json, 1 not"));
  EXPECT_THAT(rotated.err, HasSubstr("nothing that the baseline holds was found"));
}

TEST_F(ScanBaseline, OneOfAnotherKeyOfTheSameNameIsRefusedAndOneOfTheFormerKeyIsUnderstood) {
  for (const char* format : {"json", "jsonl", "sarif", "csv"}) {
    const std::string file = std::string("of-") + format;
    ASSERT_EQ(scan({"--format", format, "--output", file}).exit_status, 1);
  }
  ASSERT_EQ(box_.run({"key", "rotate"}).exit_status, 0);
  for (const char* format : {"json", "jsonl", "sarif", "csv"}) {
    const std::string file = std::string("of-") + format;
    const Outcome rotated = scan({"--baseline", file});
    EXPECT_EQ(rotated.exit_status, 0) << file << rotated.err;
    EXPECT_THAT(rotated.err, HasSubstr("make it again before nhisweep key rotate --finish"));
  }
  std::filesystem::remove(box_.path("home/fingerprint.key"));
  ASSERT_EQ(box_.run({"key", "create"}).exit_status, 0);
  for (const char* format : {"json", "jsonl", "sarif", "csv"}) {
    const std::string file = std::string("of-") + format;
    const Outcome other = scan({"--baseline", file});
    EXPECT_EQ(other.exit_status, 2) << file;
    EXPECT_THAT(other.err, HasSubstr("made with another key: k1 (check "));
    EXPECT_EQ(other.out, "");
  }
}

TEST_F(ScanBaseline, OneThatCannotBeUsedStopsTheScan) {
  box_.write("hello.json", "hello");
  for (const char* file : {"absent.json", "hello.json"}) {
    const Outcome refused = scan({"--baseline", file});
    EXPECT_EQ(refused.exit_status, 2) << file;
    EXPECT_THAT(refused.err, HasSubstr(file));
    EXPECT_EQ(refused.out, "");
  }
  EXPECT_EQ(box_.run({"sweep", "share"}).exit_status, 1);
  ASSERT_EQ(box_.run({"report", "--format", "json", "--output", "sweep.json"}).exit_status, 0);
  const Outcome sweep = scan({"--baseline", "sweep.json"});
  EXPECT_EQ(sweep.exit_status, 2);
  EXPECT_THAT(sweep.err, HasSubstr("is a report of a sweep"));
}

}  // namespace
}  // namespace nhi::testing
