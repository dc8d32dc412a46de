#include "rotators/engine/approval.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "plugins/host/command.hpp"
#include "rotators/engine/test_folder.hpp"
#include "rotators/engine/test_plan.hpp"

namespace nhi {
namespace {

struct ApprovalTest : ::testing::Test {
  Plan plan = test::usual_plan();
  ApprovalWords words{"CHG-1", "DCB-7", "", {"b1"}, "", ""};
  ProcessFacts ada{1001, "ada", kNoLogin, "", "", ""};
  std::vector<Approver> approvers = {{"Ada", {"ada"}, {}, {"PAS"}, {Environment::kLive}}};

  [[nodiscard]] RunRow run() const {
    RunRow row;
    row.id = plan.run_id;
    row.plan = plan_text(plan);
    row.plan_hash = plan_hash(row.plan);
    return row;
  }
  Result<ApprovalRow> approve(Instant now = Instant{1'796'000'100}) const {
    return approval_of(run(), plan, words, ada, approvers, now);
  }
  [[nodiscard]] std::string refusal() const {
    const auto approval = approve();
    return approval ? std::string("approved") : approval.error().message();
  }
};

TEST_F(ApprovalTest, IsBoundToThePlanAndNamesWhoGaveIt) {
  const auto approval = approve();
  ASSERT_TRUE(approval) << approval.error().message();
  EXPECT_EQ(approval->plan_hash, run().plan_hash);
  EXPECT_NE(approval->actor.find("\"user\":\"ada\""), std::string::npos);
  EXPECT_NE(approval->body.find("CHG-1"), std::string::npos);
}

TEST_F(ApprovalTest, NeedsTicketReferenceAndAWordForEachBlindSpot) {
  words.ticket.clear();
  EXPECT_NE(refusal().find("ticket"), std::string::npos);
  words.ticket = "CHG-1";
  words.clinical.clear();
  EXPECT_NE(refusal().find("DCB0160"), std::string::npos);
  words.clinical = "DCB-7";
  words.accepted.clear();
  EXPECT_NE(refusal().find("blind spot b1"), std::string::npos);
  words.accepted = {"b1", "b9"};
  EXPECT_NE(refusal().find("b9"), std::string::npos);
}

TEST_F(ApprovalTest, OfAnExposedOneNobodyHasToAcceptBlindSpots) {
  plan.mode = RunMode::kExposed;
  words.accepted.clear();
  EXPECT_EQ(refusal(), "approved");
}

TEST_F(ApprovalTest, IsNotForEverybody) {
  ada.user_name = "eve";
  EXPECT_NE(refusal().find("'eve' is no approver"), std::string::npos);
  ada.user_name = "ada";
  plan.system = "RIS";
  EXPECT_NE(refusal().find("may not approve"), std::string::npos);
  plan.system = "PAS";
  plan.environment = "training";
  EXPECT_NE(refusal().find("may not approve"), std::string::npos);
}

TEST_F(ApprovalTest, WhoPlannedDoesNotApproveWhereFourEyesAreNeeded) {
  plan.planner = "ada";
  EXPECT_NE(refusal().find("who planned it"), std::string::npos);
  plan.four_eyes = false;
  EXPECT_EQ(refusal(), "approved");
}

TEST_F(ApprovalTest, AClaimChangesNothing) {
  ada.user_name = "eve";
  words.on_behalf = "ada";
  EXPECT_NE(refusal().find("'eve' is no approver"), std::string::npos);
}

TEST_F(ApprovalTest, APlanThatEndedIsNotApproved) { EXPECT_FALSE(approve(plan.expires)); }

// Made elsewhere, with ssh-keygen as everybody has it.
struct SignedApprovalTest : ApprovalTest {
  test::Folder folder;
  void SetUp() override {
    ada.user_name = "courier";
    make_key("key");
    approvers[0].users.clear();
    approvers[0].keys = {folder.read("key.pub")};
    while (approvers[0].keys[0].ends_with('\n')) approvers[0].keys[0].pop_back();
  }
  void make_key(const std::string& name) const {
    ASSERT_EQ(run("ssh-keygen -q -t ed25519 -N '' -C '' -f " + folder.file(name)), 0);
  }
  static int run(const std::string& line) {
    const auto ran = run_command({"/bin/sh", "-c", line}, SecretText(), std::chrono::seconds(20));
    return ran ? ran->status : -1;
  }
  [[nodiscard]] std::string signature(const std::string& key, const std::string& text,
                                      const std::string& space) const {
    folder.write("text", text);
    std::filesystem::remove(folder.file("text.sig"));
    EXPECT_EQ(run("ssh-keygen -q -Y sign -f " + folder.file(key) + " -n " + space + " " +
                  folder.file("text")),
              0);
    return folder.read("text.sig");
  }
  [[nodiscard]] std::string text() const {
    const RunRow row = ApprovalTest::run();
    return approval_text(row.id, row.plan_hash, words);
  }
};

TEST_F(SignedApprovalTest, TheHolderOfAKeyApproves) {
  words.signature = signature("key", text(), "nhisweep-approval");
  const auto approval = approve();
  ASSERT_TRUE(approval) << approval.error().message();
  EXPECT_NE(approval->actor.find("\"auth\":\"ssh-signature\""), std::string::npos);
  EXPECT_NE(approval->actor.find("\"user\":\"Ada\""), std::string::npos);
  EXPECT_NE(approval->actor.find("courier"), std::string::npos);
}

TEST_F(SignedApprovalTest, AnotherKeyTextPurposeOrPlanDoesNot) {
  make_key("other");
  words.signature = signature("other", text(), "nhisweep-approval");
  EXPECT_NE(refusal().find("of no approver"), std::string::npos);
  words.signature = signature("key", text() + " ", "nhisweep-approval");
  EXPECT_NE(refusal().find("of no approver"), std::string::npos);
  words.signature = signature("key", text(), "git");
  EXPECT_NE(refusal().find("of no approver"), std::string::npos);
  words.signature = signature("key", text(), "nhisweep-approval");
  plan.soak_s += 1;
  EXPECT_NE(refusal().find("of no approver"), std::string::npos);
  words.signature = "no signature";
  EXPECT_NE(refusal().find("of no approver"), std::string::npos);
}

TEST(Approvers, AreReadFromAFileThatOnlyItsOwnerWrites) {
  const test::Folder folder;
  const std::string path = folder.write("approvers.yaml",
                                        "approvers:\n  - name: Ada\n    users: [ada]\n"
                                        "    systems: [PAS]\n    environments: [live]\n");
  ::chmod(path.c_str(), 0644);
  const auto all = read_approvers(path);
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->at(0).name, "Ada");
  ::chmod(path.c_str(), 0664);
  EXPECT_FALSE(read_approvers(path));
}

TEST(Approvers, WhatIsWrongIsNamed) {
  const test::Folder folder;
  for (const char* text : {"approvers: [{users: [a]}]", "approvers: [{name: A}]",
                           "approvers: [{name: A, users: [a], environments: [moon]}]",
                           "approvers: [{name: A, keys: [\"ssh-rsa x\\ny\"]}]", "people: []"}) {
    const std::string path = folder.write("approvers.yaml", text);
    ::chmod(path.c_str(), 0600);
    const auto all = read_approvers(path);
    ASSERT_FALSE(all) << text;
    EXPECT_EQ(all.error().code, ErrorCode::kBadUse);
  }
}

}  // namespace
}  // namespace nhi
