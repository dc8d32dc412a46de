// Claims about what people say of the life of a credential: it moves every number that rests on it,
// nothing that they did not mean, and is never believed against the eyes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

using Args = std::vector<std::string>;

class AttestTest : public ::testing::Test {
 protected:
  // Three passwords; the first stands in two files.
  void SetUp() override {
    box_.write("t/a.properties", "db.user=svc_a\ndb.password=" + fake("a", 20) + "\n");
    box_.write("t/copy.properties", "db.user=svc_a\ndb.password=" + fake("a", 20) + "\n");
    box_.write("t/b.properties", "db.user=svc_b\ndb.password=" + fake("b", 20) + "\n");
    box_.write("t/c.ini", "db.user=svc_c\ndb.password=" + fake("c", 20) + "\n");
    EXPECT_EQ(sweep("2026-11-20").exit_status, 1);
  }
  Outcome sweep(const std::string& as_of) const {
    return box_.run({"sweep", "t", "--as-of", as_of});
  }
  Outcome attest(Args more, const std::string& as_of = "2026-11-21") const {
    more.insert(more.begin(), {"credentials", "attest"});
    more.insert(more.end(), {"--as-of", as_of});
    return box_.run(more);
  }
  Outcome attest_dead(const std::string& id) const {
    return attest({id, "--as", "dead", "--evidence", "CHG-7: account dropped", "--by", "Ada"});
  }
  // Of the credentials that a list holds.
  [[nodiscard]] Args listed(const Args& more) const {
    Args args = {"credentials", "list", "--format", "jsonl"};
    args.insert(args.end(), more.begin(), more.end());
    Args ids;
    for (const std::string& id : json_strings(box_.run(args).out, "id")) {
      if (id.starts_with("c_")) ids.push_back(id);
    }
    return ids;
  }
  [[nodiscard]] Args measure(const std::string& name) const { return listed({"--measure", name}); }
  // The credential in a file that holds one.
  [[nodiscard]] std::string credential_in(const std::string& file) const {
    std::istringstream lines(box_.run({"findings", "list", "--format", "jsonl"}).out);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"path\":\"" + file + "\"") == std::string::npos) continue;
      const Args ids = json_strings(line, "credential_id");
      if (!ids.empty()) return ids.front();
    }
    ADD_FAILURE() << "no credential in " << file;
    return {};
  }
  // Each number of the summary that names a list counts that list.
  void recount(const std::string& summary) const {
    const std::regex link(R"(nhisweep credentials list --measure (\S+)\s+# ([0-9,]+))");
    int links = 0;
    for (std::sregex_iterator at(summary.begin(), summary.end(), link), end; at != end; ++at) {
      EXPECT_EQ(std::to_string(measure((*at)[1]).size()), (*at)[2]) << (*at)[1];
      ++links;
    }
    EXPECT_GT(links, 0) << summary;
  }
  [[nodiscard]] std::string summary() const {
    return box_.run({"report", "--format", "text", "--limit", "1"}).out;
  }

  Sandbox box_;
};

TEST_F(AttestTest, ADeadCredentialIsResidueWhereItsBytesRemain) {
  ASSERT_THAT(measure("outstanding"), SizeIs(3));
  const std::string id = credential_in("a.properties");
  const Outcome said = attest_dead(id);
  EXPECT_EQ(said.exit_status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr(id + "  dead-attested, still in 2 places\n"));
  EXPECT_THAT(said.err, HasSubstr("1 attested, 0 as before"));
  EXPECT_THAT(measure("outstanding"), Not(::testing::Contains(id)));
  EXPECT_EQ(measure("residue"), Args{id});
  EXPECT_THAT(box_.run({"credentials", "show", id}).out,
              AllOf(HasSubstr("dead-attested by "), HasSubstr("on behalf of Ada on 2026-11-21"),
                    HasSubstr("(CHG-7: account dropped)")));
  const Outcome night = sweep("2026-11-22");
  EXPECT_EQ(night.exit_status, 0) << "what it knows it does not call new";
  EXPECT_THAT(night.out, HasSubstr("outstanding: 2 credentials"));
  recount(night.out);
}

TEST_F(AttestTest, ADeadCredentialThatIsGoneIsNoLongerMissedAndCanBePruned) {
  const std::string id = credential_in("b.properties");
  fs::remove(box_.path("t/b.properties"));
  EXPECT_THAT(sweep("2026-11-21").out, HasSubstr("removed from files, not proven dead: 1"));
  EXPECT_EQ(measure("removed-not-dead"), Args{id});
  const Args prune = {"prune", "--older-than", "30d", "--as-of", "2027-06-01"};
  box_.run(prune);
  EXPECT_THAT(listed({}), ::testing::Contains(id)) << "it may still open something";
  EXPECT_EQ(attest_dead(id).exit_status, 0);
  EXPECT_THAT(measure("removed-not-dead"), SizeIs(0));
  const Outcome night = sweep("2026-11-22");
  EXPECT_THAT(night.out, HasSubstr("removed from files, not proven dead: 0"));
  recount(night.out);
  EXPECT_EQ(box_.run(prune).exit_status, 0);
  EXPECT_THAT(listed({}), Not(::testing::Contains(id)));
}

TEST_F(AttestTest, OneThatIsSeenAgainIsSaidToBe) {
  const std::string id = credential_in("c.ini");
  ASSERT_EQ(attest_dead(id).exit_status, 0);
  EXPECT_THAT(sweep("2026-11-22").out, Not(HasSubstr("seen again")));
  fs::copy_file(box_.path("t/c.ini"), box_.path("t/elsewhere.ini"));
  const Outcome night = sweep("2026-11-23");
  EXPECT_THAT(night.out, HasSubstr("seen again after dead: 1 credential"));
  EXPECT_EQ(measure("seen-again"), Args{id});
  recount(night.out);
  EXPECT_THAT(box_.run({"credentials", "show", id}).out, HasSubstr("SEEN AGAIN"));
  const Outcome back = attest({id, "--as", "none", "--evidence", "it still logs in"}, "2026-11-24");
  EXPECT_THAT(back.out, HasSubstr(id + "  unknown\n"));
  EXPECT_THAT(measure("seen-again"), SizeIs(0));
  EXPECT_THAT(measure("outstanding"), ::testing::Contains(id));
}

TEST_F(AttestTest, NeedsEvidenceAndAWordAndSomethingToSpeakOf) {
  const std::string id = credential_in("c.ini");
  for (const Args& args :
       {Args{id, "--as", "dead"}, Args{id, "--as", "dead", "--evidence", "  "},
        Args{id, "--evidence", "x"}, Args{"c_nothing", "--as", "dead", "--evidence", "x"},
        Args{"--as", "dead", "--evidence", "x"}, Args{id, "--as", "revoked", "--evidence", "x"}}) {
    EXPECT_EQ(attest(args).exit_status, 2) << args.size() << args.back();
  }
  EXPECT_EQ(attest({id, "--as", "dead", "--evidence", "x", "--dry-run"}).exit_status, 0);
  EXPECT_THAT(measure("outstanding"), SizeIs(3));
  attest_dead(id);
  EXPECT_THAT(attest_dead(id).err, HasSubstr("0 attested, 1 as before"));
}

TEST_F(AttestTest, BySpreadsheetAllRowsOrNone) {
  const std::string a = credential_in("a.properties");
  const std::string b = credential_in("b.properties");
  box_.write("said.csv",
             "id,as,evidence\n" + a + ",dead,CHG-1\n" + b + ",gone,CHG-2\nc_x,dead,y\n");
  const Outcome bad = attest({"--csv", "said.csv"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("said.csv:3"), HasSubstr("'gone' is not known here"),
                             HasSubstr("said.csv:4"), HasSubstr("no credential has the id 'c_x'")));
  EXPECT_THAT(measure("outstanding"), SizeIs(3));
  box_.write("said.csv", "id,as,evidence\n" + a + ",dead,CHG-1\n" + b + ",dead,CHG-2\n");
  EXPECT_EQ(attest({"--csv", "said.csv"}).exit_status, 0);
  EXPECT_THAT(measure("outstanding"), SizeIs(1));
}

// A person who retires CIS1 by system must not bury what Spine still needs.
TEST_F(AttestTest, ASharedSpineCredentialIsAttestedByItsOwnIdOnly) {
  box_.write("t/mesh.properties", "mesh.password=" + fake("mesh", 20) + "\n");
  box_.write("t/cis.properties", "auth.url=https://gas.national.ncrs.nhs.uk/login/authactivate\n");
  sweep("2026-11-21");
  const Args shared = measure("shared-spine");
  ASSERT_THAT(shared, SizeIs(1));
  const Outcome all = attest({"--state", "open", "--as", "dead", "--evidence", "CIS1 is over"});
  EXPECT_EQ(all.exit_status, 0) << all.err;
  attest({"--state", "new", "--as", "dead", "--evidence", "CIS1 is over"});
  EXPECT_EQ(measure("shared-spine"), shared);
  const Outcome named = attest_dead(shared.front());
  EXPECT_THAT(named.out, HasSubstr("dead-attested, still in 1 place, shared Spine"));
  EXPECT_THAT(measure("shared-spine"), SizeIs(0));
}

TEST_F(AttestTest, OfAnIdentityMeansAllThatOpenIt) {
  box_.write("t/url.properties",
             "url=postgresql://svc_z:" + fake("z", 20) + "@pas01.trust.example:5432/pas\n");
  sweep("2026-11-21");
  ASSERT_THAT(measure("outstanding"), SizeIs(4));
  const Args ids = json_strings(box_.run({"identities", "list", "--format", "jsonl"}).out, "id");
  ASSERT_FALSE(ids.empty());
  const Outcome said =
      box_.run({"identities", "attest", ids.front(), "--as", "dead", "--evidence", "CHG-9"});
  EXPECT_EQ(said.exit_status, 0) << said.err;
  EXPECT_THAT(measure("outstanding"), SizeIs(3));
}

TEST_F(AttestTest, IsAnEventOfEachFinding) {
  sweep("2026-11-21");
  ASSERT_EQ(attest_dead(credential_in("a.properties")).exit_status, 0);
  const std::string feed =
      box_.run({"findings", "list", "--since-sweep", "last", "--format", "jsonl"}).out;
  EXPECT_THAT(json_strings(feed, "status"), SizeIs(2)) << feed;
  EXPECT_THAT(feed, HasSubstr("\"kind\":\"credential-status\""));
}

}  // namespace
}  // namespace nhi::testing
