// Claims about `rules explain --finding`: it says why a finding was kept, from the inventory and
// from a report, with the file at hand and without, and never says the value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ExplainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    secret_ = fake("canary", 22);
    box_.write("share/app.properties", "db.user=svc_pas\ndb.password=" + secret_ + "\n");
  }
  std::string swept_id() {
    EXPECT_EQ(box_.run({"sweep", "share"}).exit_status, 1);
    return id_in(box_.run({"findings", "list", "--format", "json"}).out);
  }
  static std::string id_in(const std::string& json) {
    const auto ids = json_strings(json, "id");
    return ids.empty() ? std::string() : ids.front();
  }
  Outcome explain(const std::string& id, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"rules", "explain", "--finding", id};
    args.insert(args.end(), more.begin(), more.end());
    Outcome outcome = box_.run(args);
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(secret_)));
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(secret_.substr(0, 8))));
    return outcome;
  }
  Sandbox box_;
  std::string secret_;
};

TEST_F(ExplainTest, SaysWhyFromTheInventoryWithTheFileAtHand) {
  const std::string id = swept_id();
  ASSERT_FALSE(id.empty());
  const Outcome told = explain(id.substr(0, 8));
  EXPECT_EQ(told.exit_status, 0) << told.err;
  EXPECT_THAT(told.out,
              AllOf(HasSubstr("generic-password"), HasSubstr("share/app.properties, line 2"),
                    HasSubstr("account svc_pas"), HasSubstr("kept because"),
                    HasSubstr("rules of thumb: kept"), HasSubstr("model: "), HasSubstr("for it: "),
                    HasSubstr("dropped if"), HasSubstr("still holds it")));
}

TEST_F(ExplainTest, AnIdOfACredentialIsToldFromOneOfAFinding) {
  const Outcome told = explain("c_0123456789ab");
  EXPECT_EQ(told.exit_status, 2);
  EXPECT_THAT(told.err, AllOf(HasSubstr("id of a credential"), HasSubstr("begin with f_")));
}

TEST_F(ExplainTest, SaysTheSameFromAReport) {
  for (const char* format : {"json", "jsonl"}) {
    box_.run({"scan", "share", "--format", format, "--output", "scan.out"});
    const Outcome told = explain(id_in(box_.read("scan.out")), {"--report", "scan.out"});
    EXPECT_EQ(told.exit_status, 0) << told.err;
    EXPECT_THAT(told.out, AllOf(HasSubstr("rules of thumb: kept"), HasSubstr("still holds it")));
  }
}

TEST_F(ExplainTest, SaysPlainlyThatTheFileChangedOrIsGone) {
  const std::string id = swept_id();
  box_.write("share/app.properties", "\n\ndb.user=svc_pas\ndb.password=" + secret_ + "\n");
  EXPECT_THAT(explain(id).out, HasSubstr("still holds it, now in line 4"));
  box_.write("share/app.properties", "db.user=svc_pas\ndb.password=" + fake("other", 22) + "\n");
  const Outcome changed = explain(id);
  EXPECT_EQ(changed.exit_status, 0);
  EXPECT_THAT(changed.out, AllOf(HasSubstr("holds this no more"), Not(HasSubstr("model: "))));
  EXPECT_THAT(changed.out, Not(HasSubstr(fake("other", 22))));
  box_.must({"rm", "share/app.properties"}, box_.folder());
  const Outcome gone = explain(id);
  EXPECT_EQ(gone.exit_status, 0);
  EXPECT_THAT(gone.out, AllOf(HasSubstr("not read"), HasSubstr("--at FOLDER"),
                              HasSubstr("by the rules of thumb and the model together")));
}

TEST_F(ExplainTest, FindsTheFileWhereItsRootIsNow) {
  const std::string id = swept_id();
  box_.must({"mv", "share", "elsewhere"}, box_.folder());
  EXPECT_THAT(explain(id).out, HasSubstr("not read"));
  EXPECT_THAT(explain(id, {"--at", "elsewhere"}).out, HasSubstr("still holds it"));
}

TEST_F(ExplainTest, NeedsOneFinding) {
  box_.write("share/b.properties", "db.password=" + fake("b", 22) + "\n");
  swept_id();
  const Outcome several = explain("f_");
  EXPECT_EQ(several.exit_status, 2);
  EXPECT_THAT(several.err, HasSubstr("more than one"));
  EXPECT_EQ(explain("f_zzzz").exit_status, 2);
  EXPECT_EQ(box_.run({"rules", "explain"}).exit_status, 2);
  EXPECT_EQ(box_.run({"rules", "explain", "generic-password", "--finding", "f_1"}).exit_status, 2);
  EXPECT_EQ(box_.run({"rules", "explain", "generic-password", "--at", "x"}).exit_status, 2);
  EXPECT_EQ(box_.run({"rules", "explain", "generic-password"}).exit_status, 0);
}

// A report is a stranger's text: it cannot make the program read what is not below the root.
TEST_F(ExplainTest, APathLeadsNowhereElse) {
  box_.run({"scan", "share", "--format", "json", "--output", "scan.json"});
  std::string text = box_.read("scan.json");
  const std::string path = R"("path":"app.properties")";
  ASSERT_NE(text.find(path), std::string::npos);
  text.replace(text.find(path), path.size(), R"("path":"../share/app.properties")");
  box_.write("scan.json", text);
  const Outcome told = explain(id_in(text), {"--report", "scan.json"});
  EXPECT_EQ(told.exit_status, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("leads out of the root"));
}

TEST_F(ExplainTest, ExplainsRulesWithAPattern) {
  box_.write("share/ci.yml",
             "token: ghp_" + fake("g", 36) + "\nx: AKIA" + "QWERTYUIOPASDFGH" + "\n");
  box_.run({"scan", "share/ci.yml", "--format", "json", "--output", "scan.json", "--min-confidence",
            "low"});
  const std::string text = box_.read("scan.json");
  for (const std::string& id : json_strings(text, "id")) {
    const Outcome told = explain(id, {"--report", "scan.json"});
    EXPECT_EQ(told.exit_status, 0) << told.err;
    EXPECT_THAT(told.out,
                AllOf(HasSubstr("confidence"), HasSubstr("checked"), HasSubstr("still holds it")));
  }
}

}  // namespace
}  // namespace nhi::testing
