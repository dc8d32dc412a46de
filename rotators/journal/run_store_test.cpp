#include "rotators/journal/run_store.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "rotators/journal/test_support.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {
namespace {

using test::JournalFolder;
using test::must;

constexpr Instant kNow{1'790'000'000};

RunRow run_named(const std::string& id, const std::string& identity = "postgresql:db01:5432/app") {
  RunRow run;
  run.id = id;
  run.identity = identity;
  run.plan_hash = "00";
  run.plan = "{}";
  run.created = kNow;
  run.expires = Instant{kNow.seconds + 3600};
  return run;
}

StepRow step_of_run(const std::string& run, StepState state) {
  StepRow step;
  step.run_id = run;
  step.seq = 1;
  step.kind = "create";
  step.target = "app_b";
  step.idem = "aa";
  step.state = state;
  step.intended = kNow;
  return step;
}

struct RunStoreTest : ::testing::Test {
  JournalFolder folder;
  Journal journal = must(folder.try_to_append());
  RunStore store{journal};
  WrappingKey key = must(WrappingKey::random());

  RunRow added(const std::string& id, RunState state = RunState::kApproved) {
    RunRow run = run_named(id);
    run.state = state;
    EXPECT_TRUE(store.add(run, {}));
    return run;
  }
  Lease leased(const RunRow& run) { return must(store.take_lease(run, this_holder(), kNow)); }
};

TEST_F(RunStoreTest, ARunIsFoundByTheBeginningOfItsId) {
  added("r_aa11");
  added("r_ab22");
  EXPECT_EQ(must(store.run("r_ab")).id, "r_ab22");
  EXPECT_FALSE(store.run("r_a"));
  EXPECT_FALSE(store.run("r_x"));
  EXPECT_FALSE(store.run("r_%"));
  EXPECT_FALSE(store.run(""));
  EXPECT_EQ(must(store.runs()).front().id, "r_ab22");
}

TEST_F(RunStoreTest, AnIntentIsSeenByAnotherConnectionBeforeItsOutcome) {
  const RunRow run = added("r_1");
  const Lease lease = leased(run);
  ASSERT_TRUE(store.write(lease, {.state = RunState::kCreating,
                                  .step = step_of_run("r_1", StepState::kIntended),
                                  .now = kNow}));
  Journal other = must(Journal::open(folder.file("journal.db")));
  RunStore reading(other);
  EXPECT_EQ(must(reading.steps("r_1")).at(0).state, StepState::kIntended);
  EXPECT_EQ(must(reading.run("r_1")).state, RunState::kCreating);
}

TEST_F(RunStoreTest, RowsAndRecordsAreWrittenTogetherOrNotAtAll) {
  const RunRow run = added("r_1");
  Lease lease = leased(run);
  lease.fence -= 1;
  const auto before = must(journal.head());
  EXPECT_FALSE(store.write(lease, {.state = RunState::kCreating,
                                   .events = {{"run.step", AuditFields().text("run_id", "r_1")}},
                                   .now = kNow}));
  EXPECT_EQ(must(journal.head()), before);
  EXPECT_EQ(must(store.run("r_1")).state, RunState::kApproved);
}

TEST_F(RunStoreTest, AStaleHolderWritesNothing) {
  const RunRow run = added("r_1");
  const Lease first = must(store.take_lease(run, "elsewhere/boot/1/1", kNow));
  EXPECT_FALSE(store.take_lease(run, this_holder(), kNow));
  const Instant later{kNow.seconds + kLeaseSeconds + 1};
  const Lease second = must(store.take_lease(run, this_holder(), later));
  EXPECT_GT(second.fence, first.fence);
  EXPECT_FALSE(store.write(first, {.state = RunState::kCreating, .now = later}));
  EXPECT_FALSE(store.seal(first, key, "new", SecretText("x"), later, {}));
  EXPECT_TRUE(store.write(second, {.state = RunState::kCreating, .now = later}));
}

TEST_F(RunStoreTest, AHolderThatDiedOnThisMachineIsFollowedAtOnce) {
  const RunRow run = added("r_1");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(0);
  std::string holder = this_holder();
  const std::string own = std::to_string(::getpid());
  const std::size_t at = holder.rfind("/" + own + "/");
  ASSERT_NE(at, std::string::npos);
  holder.replace(at + 1, own.size(), std::to_string(child));
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(holder_is_gone(holder));
  EXPECT_FALSE(holder_is_gone(this_holder()));
  must(store.take_lease(run, holder, kNow));
  EXPECT_TRUE(store.take_lease(run, this_holder(), kNow));
}

TEST_F(RunStoreTest, OneIdentityIsRotatedOnceAtATime) {
  added("r_1", RunState::kNeedsHuman);
  const RunRow second = added("r_2");
  const auto refused = store.take_lease(second, this_holder(), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  EXPECT_NE(refused.error().what.find("r_1"), std::string::npos);
}

TEST_F(RunStoreTest, AValueComesBackAsItWasAndIsInNoFile) {
  const RunRow run = added("r_1");
  const Lease lease = leased(run);
  const std::string values[] = {"pässwörd 1", std::string("\0\xFF\n", 3), std::string(70000, 'k')};
  for (const std::string& value : values) {
    ASSERT_TRUE(store.seal(lease, key, "new", SecretText(value), kNow, {}, true));
    EXPECT_EQ(must(store.unseal(run, key, "new"))->reveal(), value);
  }
  EXPECT_FALSE(store.seal(lease, key, "new", SecretText("other"), kNow, {}));
  for (const char* name : {"journal.db", "journal.db-wal"}) {
    std::ifstream in(folder.file(name), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find("pässwörd"), std::string::npos) << name;
    EXPECT_EQ(bytes.find(std::string(64, 'k')), std::string::npos) << name;
  }
}

TEST_F(RunStoreTest, AValueOfOneRunOpensInNoOther) {
  const RunRow first = added("r_1");
  const RunRow second = added("r_2");
  ASSERT_TRUE(store.seal(leased(first), key, "new", SecretText("v"), kNow, {}));
  ASSERT_TRUE(journal.write({}, [](SQLite::Database& database) -> Result<void> {
    database.exec("UPDATE sealed SET run_id = 'r_2'");
    return {};
  }));
  EXPECT_FALSE(store.unseal(second, key, "new"));
  EXPECT_FALSE(must(store.unseal(first, key, "new")).has_value());
}

TEST_F(RunStoreTest, ShreddedValuesAreGoneFromTheFileToo) {
  const RunRow run = added("r_1");
  const Lease lease = leased(run);
  ASSERT_TRUE(store.seal(lease, key, "old", SecretText("v"), kNow, {}));
  std::string wrapped;
  ASSERT_TRUE(journal.read([&](SQLite::Database& database) -> Result<void> {
    wrapped = database.execAndGet("SELECT row_key FROM sealed").getString();
    return {};
  }));
  ASSERT_TRUE(store.shred(lease, kNow, {}));
  EXPECT_FALSE(must(store.unseal(run, key, "old")).has_value());
  EXPECT_TRUE(must(store.sealed("r_1")).empty());
  for (const char* name : {"journal.db", "journal.db-wal"}) {
    std::ifstream in(folder.file(name), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find(wrapped), std::string::npos) << name;
  }
}

TEST_F(RunStoreTest, AnApprovalIsTakenOnceAndInItsStateOnly) {
  added("r_1", RunState::kPlanned);
  const ApprovalRow approval{"00", "{}", "{}", kNow};
  ASSERT_TRUE(store.approve("r_1", RunState::kPlanned, approval, RunState::kApproved, {}));
  EXPECT_FALSE(store.approve("r_1", RunState::kPlanned, approval, RunState::kApproved, {}));
  EXPECT_EQ(must(store.approvals("r_1")).size(), 1U);
  EXPECT_FALSE(store.move("r_1", RunState::kPlanned, RunState::kRejected, kNow, {}));
  EXPECT_TRUE(store.move("r_1", RunState::kApproved, RunState::kAborted, kNow, {}));
  EXPECT_TRUE(must(store.run("r_1")).ended.has_value());
}

TEST_F(RunStoreTest, RowsOfOthersAreNamed) {
  added("r_1");
  ASSERT_TRUE(journal.write({}, [](SQLite::Database& database) -> Result<void> {
    database.exec("UPDATE run SET state = 'whatever'");
    return {};
  }));
  const auto read = store.run("r_1");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kStore);
}

}  // namespace
}  // namespace nhi
