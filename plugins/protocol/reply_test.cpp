#include "plugins/protocol/reply.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

TEST(Reply, AStepComesBack) {
  StepReply reply;
  reply.outcome = StepOutcome::kDone;
  reply.id = {{"role", "app_b"}};
  reply.secret = "h1";
  reply.sealed = {{"verifier", "h2"}};
  reply.state = {{"iterations", 4096}};
  reply.undo = "suspend";
  reply.converge_ms = 10;
  reply.ended = 3;
  reply.evidence = {{"sql", "ALTER ROLE", "00000", "2026-11-30T00:00:00Z"}};
  const auto back = step_reply_from(to_json(reply));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(to_json(*back), to_json(reply));
  EXPECT_EQ(back->id, reply.id);
  EXPECT_EQ(back->sealed, reply.sealed);
}

TEST(Reply, AStepThatIsNotOfThePageIsRefused) {
  for (const Json& json :
       {Json::object(), Json("done"), Json({{"outcome", "ok"}}),
        Json({{"outcome", "done"}, {"id", "app_b"}}),
        Json({{"outcome", "done"}, {"id", {{"n", 5}}}}),
        Json({{"outcome", "done"}, {"secret", "hunter2"}}),
        Json({{"outcome", "done"}, {"sealed", {{"v", "hunter2"}}}}),
        Json({{"outcome", "done"}, {"state", "x"}}), Json({{"outcome", "pending"}}),
        Json({{"outcome", "done"}, {"state", {{"x", std::string(kStateBytesMax, 'x')}}}})}) {
    EXPECT_FALSE(step_reply_from(json)) << json.dump().substr(0, 100);
  }
}

TEST(Reply, TooMuchEvidenceIsCut) {
  Json json = {{"outcome", "done"}, {"evidence", Json::array()}};
  for (int i = 0; i < 100; ++i) json["evidence"].push_back({{"text", std::string(5000, 'e')}});
  const auto reply = step_reply_from(json);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->evidence.size(), kEvidenceEntriesMax);
  EXPECT_EQ(reply->evidence[0].text.size(), kEvidenceTextBytesMax);
}

TEST(Reply, AProbeNeedsItsVerdictAndItsGrade) {
  const auto reply = probe_reply_from(
      {{"verdict", "rejected"}, {"grade", "probed"}, {"code", "28P01"}, {"node", "db1:5432"}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->verdict, ProbeVerdict::kRejected);
  EXPECT_FALSE(reply->from_metadata);
  EXPECT_EQ(to_json(*reply)["node"], "db1:5432");
  for (const Json& json : {Json({{"verdict", "rejected"}}), Json({{"grade", "probed"}}),
                           Json({{"verdict", "dead"}, {"grade", "probed"}}),
                           Json({{"verdict", true}, {"grade", "probed"}})}) {
    EXPECT_FALSE(probe_reply_from(json)) << json.dump();
  }
}

TEST(Reply, AnInspectionLeavesOutWhatIsNotKnown) {
  const auto least = inspect_reply_from({{"exists", false}, {"rights", {{"ok", true}}}});
  ASSERT_TRUE(least);
  EXPECT_FALSE(least->enabled.has_value());
  EXPECT_FALSE(least->slots_used.has_value());
  const Json whole = {
      {"exists", true},     {"enabled", false}, {"id", {{"role", "a"}}},
      {"slots_used", 1},    {"last_used", "x"}, {"clients", {"c"}},
      {"server", "Acme 5"}, {"locked", true},   {"rights", {{"ok", false}, {"needs", {"n"}}}}};
  const auto reply = inspect_reply_from(whole);
  ASSERT_TRUE(reply);
  EXPECT_EQ(to_json(*reply), whole);
  EXPECT_FALSE(inspect_reply_from({{"exists", true}}));
  EXPECT_FALSE(inspect_reply_from({{"rights", {{"ok", true}}}}));
}

TEST(Reply, AListAndAReconcileComeBack) {
  const Json listed = {
      {"items", {{{"id", {{"key", "1"}}}, {"status", "active"}, {"marker", "nhi-1"}}}}};
  const auto list = list_reply_from(listed);
  ASSERT_TRUE(list);
  EXPECT_EQ(to_json(*list), listed);
  EXPECT_FALSE(list_reply_from({{"items", {{{"id", {{"key", "1"}}}, {"status", "alive"}}}}}));
  EXPECT_FALSE(list_reply_from({{"items", {{{"status", "active"}}}}}));
  EXPECT_FALSE(list_reply_from(Json::object()));
  const Json found = {
      {"unknown", {{{"key", "2"}}}}, {"missing", Json::array()}, {"removed", Json::array()}};
  const auto reconciled = reconcile_reply_from(found);
  ASSERT_TRUE(reconciled);
  EXPECT_EQ(to_json(*reconciled), found);
  EXPECT_FALSE(reconcile_reply_from({{"unknown", Json::array()}}));
}

}  // namespace
}  // namespace nhi
