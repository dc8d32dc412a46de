#include "rotators/journal/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rotators/journal/test_support.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {
namespace {

using test::event;
using test::JournalFolder;
using test::must;
using testing::HasSubstr;

// Records 1 to 9: created, a, b, checkpoint, c, d, checkpoint, e, checkpoint.
void fill(const JournalFolder& folder) {
  Journal journal = folder.appending();
  for (const auto& [one, two] : {std::pair{"a", "b"}, {"c", "d"}}) {
    const AuditEvent events[] = {event(one, "x", "1"), event(two, "x", "2")};
    must(journal.append(events));
    must(journal.checkpoint());
  }
  const AuditEvent last[] = {event("e", "x", "5")};
  must(journal.append(last));
  must(journal.checkpoint());
}

constexpr const char* kNoTriggers =
    "DROP TRIGGER event_follows; DROP TRIGGER event_stays; DROP TRIGGER event_remains";

// What somebody with the file in hand can do: takes our triggers off, and puts them back.
void damage(const JournalFolder& folder, const std::string& sql) {
  SQLite::Database database(folder.file("journal.db"), SQLite::OPEN_READWRITE);
  std::vector<std::string> triggers;
  {
    SQLite::Statement query(database, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
    while (query.executeStep()) triggers.push_back(query.getColumn(0).getString());
  }
  database.exec(kNoTriggers);
  database.exec(sql);
  for (const std::string& trigger : triggers) database.exec(trigger);
}

AuditVerdict verdict_of(const JournalFolder& folder, const std::vector<AuditAnchor>& anchors = {}) {
  Journal journal = folder.reading();
  return must(verify_journal(journal, anchors, folder.key().public_key()));
}

AuditAnchor anchor_at(const JournalFolder& folder, std::uint64_t seq) {
  Journal journal = folder.reading();
  AuditAnchor anchor{{}, "a report"};
  EXPECT_TRUE(journal
                  .each(seq,
                        [&](std::uint64_t at, std::string_view, Bytes hash) {
                          anchor.head = *parse_head(std::to_string(at) + ":" + to_hex(hash));
                          return Result<bool>(false);
                        })
                  .has_value());
  return anchor;
}

TEST(VerifyJournal, FindsNothingWrongWithOneThatIsWhole) {
  const JournalFolder folder;
  fill(folder);
  const AuditVerdict verdict = verdict_of(folder, {anchor_at(folder, 4), anchor_at(folder, 9)});
  EXPECT_TRUE(verdict.whole()) << verdict.problems.front().what;
  EXPECT_EQ(verdict.head.seq, 9U);
  EXPECT_EQ(verdict.signed_up_to, 9U);
  EXPECT_EQ(verdict.checkpoints, 3U);
  EXPECT_TRUE(verdict.remarks.empty()) << verdict.remarks.front();
}

struct Damage {
  const char* name;
  const char* sql;
  std::uint64_t seq;
  const char* says;
};
constexpr Damage kDamages[] = {
    {"WordChanged", "UPDATE event SET record = replace(record, '\"1\"', '\"7\"') WHERE seq = 2", 2,
     "does not follow"},
    {"HashChangedToo",
     "UPDATE event SET record = replace(record, '\"1\"', '\"7\"'), hash = randomblob(32)"
     " WHERE seq = 2",
     2, "does not follow"},
    {"CutOut", "DELETE FROM event WHERE seq = 3", 4, "records 3 to 3 are missing"},
    {"CutOutAndMovedUp",
     "DELETE FROM event WHERE seq = 3; UPDATE event SET seq = seq + 90 WHERE seq > 3;"
     " UPDATE event SET seq = seq - 91 WHERE seq > 90",
     3, "does not follow"},
    {"Exchanged",
     "UPDATE event SET seq = 99 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3;"
     " UPDATE event SET seq = 3 WHERE seq = 99",
     2, "in the place of another"},
    {"BeginningCutOff", "DELETE FROM event WHERE seq < 5", 5, "records 1 to 4 are missing"},
    {"NoJson", "UPDATE event SET record = 'x' WHERE seq = 5", 5, "not a record"},
    {"NotText", "UPDATE event SET record = CAST(x'00ff' AS TEXT) WHERE seq = 5", 5, "not a record"},
    {"SignatureChanged",
     "UPDATE event SET record = replace(record, '\"signature\":\"', '\"signature\":\"A')"
     " WHERE seq = 7",
     7, "signature"},
    {"Emptied", "DELETE FROM event", 0, "no record"},
};
class DamageTest : public testing::TestWithParam<Damage> {};
TEST_P(DamageTest, IsFoundAndNamed) {
  const JournalFolder folder;
  fill(folder);
  damage(folder, GetParam().sql);
  const AuditVerdict verdict = verdict_of(folder);
  ASSERT_FALSE(verdict.whole());
  bool named = false;
  for (const AuditProblem& problem : verdict.problems) {
    named = named || (problem.seq == GetParam().seq &&
                      problem.what.find(GetParam().says) != std::string::npos);
  }
  EXPECT_TRUE(named) << verdict.problems.front().seq << ": " << verdict.problems.front().what;
}
INSTANTIATE_TEST_SUITE_P(Table, DamageTest, testing::ValuesIn(kDamages),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(VerifyJournal, SeesACutEndByAnAnchorOnly) {
  const JournalFolder folder;
  fill(folder);
  const AuditAnchor noted = anchor_at(folder, 9);
  damage(folder, "DELETE FROM event WHERE seq > 7");
  const AuditVerdict alone = verdict_of(folder);
  EXPECT_TRUE(alone.whole());
  EXPECT_THAT(alone.remarks.front(), HasSubstr("no anchor"));
  const AuditVerdict anchored = verdict_of(folder, {noted});
  ASSERT_FALSE(anchored.whole());
  EXPECT_THAT(anchored.problems.front().what, HasSubstr("its end was cut off"));
  EXPECT_THAT(anchored.problems.front().what, HasSubstr("a report"));
}

// Whoever has the file but not the key makes a chain of hashes that is right in itself.
TEST(VerifyJournal, SeesAJournalMadeAnewByItsKeyOrByAnAnchor) {
  const JournalFolder folder;
  fill(folder);
  const AuditAnchor noted = anchor_at(folder, 4);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(folder.file("journal.db") + suffix);
  }
  {
    Journal forged = folder.appending("stolen.key");
    const AuditEvent events[] = {event("a", "x", "1"), event("b", "x", "2"), event("c", "x", "3")};
    must(forged.append(events));
    must(forged.checkpoint());
  }
  Journal journal = folder.reading();
  EXPECT_TRUE(must(verify_journal(journal, {}, std::nullopt)).whole());
  const AuditVerdict pinned = verdict_of(folder);
  ASSERT_FALSE(pinned.whole());
  EXPECT_THAT(pinned.problems.front().what, HasSubstr("not the one that was given"));
  const AuditVerdict anchored = must(verify_journal(journal, {noted}, std::nullopt));
  ASSERT_FALSE(anchored.whole());
  EXPECT_EQ(anchored.problems.front().seq, 4U);
  EXPECT_THAT(anchored.problems.front().what, HasSubstr("made anew"));
}

TEST(VerifyJournal, RemarksOnAKeyThatCameLater) {
  const JournalFolder folder;
  fill(folder);
  must(folder.appending("second.key").checkpoint());
  Journal journal = folder.reading();
  const AuditVerdict verdict = must(verify_journal(journal, {}, std::nullopt));
  EXPECT_TRUE(verdict.whole()) << verdict.problems.front().what;
  EXPECT_EQ(verdict.keys.size(), 2U);
  EXPECT_THAT(verdict.remarks.front(), HasSubstr("another key signs from here on"));
  EXPECT_FALSE(must(verify_journal(journal, {}, folder.key().public_key())).whole());
}

TEST(VerifyJournal, SaysHowMuchIsNotSignedYet) {
  const JournalFolder folder;
  fill(folder);
  Journal journal = folder.appending();
  const AuditEvent one[] = {event("f", "x", "6")};
  must(journal.append(one));
  const AuditVerdict verdict = verdict_of(folder);
  EXPECT_TRUE(verdict.whole());
  EXPECT_EQ(verdict.signed_up_to, 9U);
  EXPECT_THAT(verdict.remarks.front(), HasSubstr("1 record at the end not signed yet"));
}

}  // namespace
}  // namespace nhi
