#include "scanner/sqlite/store_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "scanner/sqlite/lock.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

constexpr Migration kSteps[] = {
    {1, "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7)"},
    {2, "ALTER TABLE t ADD COLUMN b INTEGER"},
    {3,
     "UPDATE t SET b = a + 1;"
     " CREATE TRIGGER kept BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'kept'); END"}};

StoreKind ledger(std::size_t steps = 3) {
  return {.noun = "ledger",
          .flag = "--ledger",
          .how_made = "make one",
          .application_id = 0x4c454447,
          .steps = std::span(kSteps).first(steps)};
}

class StoreFile : public testing::Test {
 protected:
  StoreFile() {
    std::string name = (std::filesystem::temp_directory_path() / "nhi-store-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~StoreFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string path() const { return folder_ + "/db"; }
  [[nodiscard]] std::unique_ptr<SQLite::Database> opened(const StoreKind& kind, Access access) {
    auto database = open_store(kind, path(), access);
    EXPECT_TRUE(database.has_value()) << (database ? "" : database.error().message());
    return database ? std::move(*database) : nullptr;
  }
  [[nodiscard]] Error refused(const StoreKind& kind, Access access) const {
    const auto database = open_store(kind, path(), access);
    return database ? Error{} : database.error();
  }

 private:
  std::string folder_;
};

TEST_F(StoreFile, IsMadeForWritingOnlyAndForItsOwnerOnly) {
  const Error missing = refused(ledger(), Access::kRead);
  EXPECT_EQ(missing.code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.what, "there is no ledger");
  EXPECT_EQ(missing.hint, "make one");
  ASSERT_NE(opened(ledger(), Access::kWrite), nullptr);
  struct stat facts {};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_NE(opened(ledger(), Access::kRead), nullptr);
}

TEST_F(StoreFile, MadeByRootInSomebodysFolderIsThatSomebodys) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes files of others";
  constexpr uid_t kSomebody = 12345;
  const std::string folder = std::filesystem::path(path()).parent_path();
  ASSERT_EQ(::chown(folder.c_str(), kSomebody, kSomebody), 0);
  {
    const auto lock = take_writer_lock(path(), "ledger");
    ASSERT_TRUE(lock.has_value());
    const auto database = opened(ledger(), Access::kWrite);
    ASSERT_NE(database, nullptr);
    database->exec("INSERT INTO t VALUES (8, 9)");
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      struct stat facts {};
      ASSERT_EQ(::stat((path() + suffix).c_str(), &facts), 0) << suffix;
      EXPECT_EQ(facts.st_uid, kSomebody) << suffix;
    }
  }
}

TEST_F(StoreFile, IsNotTakenForOneOfAnotherKind) {
  ASSERT_NE(opened(ledger(), Access::kWrite), nullptr);
  StoreKind other = ledger();
  other.application_id = 1;
  const Error error = refused(other, Access::kWrite);
  EXPECT_EQ(error.code, ErrorCode::kStore);
  EXPECT_THAT(error.hint, HasSubstr("--ledger"));
}

TEST_F(StoreFile, IsTakenThroughEveryStepAboveItsOwn) {
  ASSERT_NE(opened(ledger(1), Access::kWrite), nullptr);
  EXPECT_THAT(refused(ledger(), Access::kRead).what, HasSubstr("older schema version 1"));
  const auto database = opened(ledger(), Access::kWrite);
  ASSERT_NE(database, nullptr);
  EXPECT_EQ(database->execAndGet("SELECT b FROM t").getInt(), 8);
  EXPECT_EQ(database->execAndGet("PRAGMA user_version").getInt(), 3);
  EXPECT_THAT(refused(ledger(2), Access::kRead).what, HasSubstr("up to 2"));
}

TEST_F(StoreFile, KnowsItsOwnTriggersFromThoseOfOthers) {
  {
    const auto database = opened(ledger(), Access::kWrite);
    ASSERT_NE(database, nullptr);
    database->exec("CREATE TRIGGER stranger AFTER INSERT ON t BEGIN SELECT 1; END");
  }
  EXPECT_THAT(refused(ledger(), Access::kWrite).what, HasSubstr("triggers"));
}

TEST_F(StoreFile, SaysWhichPartOfTheSchemaIsMissing) {
  {
    const auto database = opened(ledger(), Access::kWrite);
    ASSERT_NE(database, nullptr);
    database->exec("DROP TRIGGER kept");
  }
  EXPECT_THAT(refused(ledger(), Access::kRead).what, HasSubstr("'kept'"));
}

TEST_F(StoreFile, CommitsToTheDiskOnlyWhereItIsAskedTo) {
  StoreKind kind = ledger();
  EXPECT_EQ(opened(kind, Access::kWrite)->execAndGet("PRAGMA synchronous").getInt(), 1);
  kind.outlives_power_cuts = true;
  EXPECT_EQ(opened(kind, Access::kWrite)->execAndGet("PRAGMA synchronous").getInt(), 2);
}

TEST(ApplySteps, AFailedStepLeavesTheVersionBeforeIt) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const Migration steps[] = {{1, "CREATE TABLE t (a)"}, {2, "CREATE TABLE u (a); nonsense"}};
  StoreKind kind = ledger();
  kind.steps = steps;
  EXPECT_FALSE(apply_steps(kind, database, "db").has_value());
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt(), 1);
}

}  // namespace
}  // namespace nhi
