#include "plugins/sdk/evidence.hpp"

#include "plugins/sdk/test_call.hpp"

namespace nhi {
namespace {

TEST(Evidence, ShowsOneShortLineOfAscii) {
  EXPECT_EQ(plain_line("a\x1b[1m\xC3\xA9\nb"), "a?[1m??");
  EXPECT_EQ(plain_line(std::string(1000, 'x')).size(), 300U);
}

TEST(Evidence, TellsTheTime) {
  EXPECT_EQ(time_text(std::chrono::system_clock::from_time_t(0)), "1970-01-01T00:00:00Z");
  const StepReply reply =
      with_evidence(step_reply(StepOutcome::kDone, {{"role", "app"}}), "sql", "text", "00000");
  ASSERT_EQ(reply.evidence.size(), 1U);
  EXPECT_EQ(reply.evidence[0].kind, "sql");
  EXPECT_EQ(reply.evidence[0].at.size(), now_text().size());
  EXPECT_EQ(reply.id.at("role"), "app");
}

constexpr ProbeVerdict kYes = ProbeVerdict::kAccepted;
constexpr ProbeVerdict kNo = ProbeVerdict::kRejected;
constexpr ProbeVerdict kWhoKnows = ProbeVerdict::kInconclusive;

TEST(Evidence, OneVerdictIsMadeOfThoseOfAllNodes) {
  const auto of = [](std::string_view kind, const std::vector<ProbeVerdict>& verdicts) {
    std::vector<NodeVerdict> nodes;
    for (const ProbeVerdict one : verdicts) {
      nodes.push_back({"n" + std::to_string(nodes.size()), one, "", ""});
    }
    const ProbeReply reply = combined(kind, nodes);
    EXPECT_EQ(reply.evidence.size(), nodes.size());
    return std::string(to_string(reply.verdict)) + " " + reply.node;
  };
  EXPECT_EQ(of("old", {kNo, kNo}), "rejected n0");
  EXPECT_EQ(of("old", {kNo, kYes}), "accepted n1");
  EXPECT_EQ(of("old", {kWhoKnows, kYes}), "accepted n1");
  EXPECT_EQ(of("old", {kNo, kWhoKnows, kNo}), "inconclusive n1");
  EXPECT_EQ(of("control", {kNo, kYes}), "accepted n1");
  EXPECT_EQ(of("new", {kYes, kYes}), "accepted n0");
  EXPECT_EQ(of("new", {kYes, kNo}), "inconclusive n1");  // it has not heard of it yet
  EXPECT_EQ(of("new", {kNo, kYes}), "rejected n0");
  EXPECT_EQ(of("new", {kYes, kWhoKnows}), "inconclusive n1");
}

TEST(Evidence, KnowsTheKindsOfProbes) {
  EXPECT_EQ(*probe_kind(FakeCall("probe", {{"kind", "control"}})), "control");
  EXPECT_EQ(probe_kind(FakeCall("probe", {{"kind", "any"}})).error().code,
            PluginErrorCode::kInvalidParams);
}

TEST(Evidence, ComparesWhatIsThereWithWhatIsExpected) {
  const FakeCall call("reconcile", {{"expected", {{{"role", "a"}}, {{"role", "b"}}}}});
  const auto expected = expected_ids(call);
  ASSERT_TRUE(expected);
  const ReconcileReply reply = compared({{{"role", "b"}}, {{"role", "c"}}}, *expected);
  EXPECT_EQ(reply.unknown, (std::vector<CredentialId>{{{"role", "c"}}}));
  EXPECT_EQ(reply.missing, (std::vector<CredentialId>{{{"role", "a"}}}));
  EXPECT_TRUE(reply.removed.empty());
  EXPECT_FALSE(expected_ids(FakeCall("reconcile", {{"expected", {"text"}}})));
}

}  // namespace
}  // namespace nhi
