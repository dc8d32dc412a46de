#include "rotators/journal/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "rotators/journal/test_support.hpp"
#include "rotators/journal/verify.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {
namespace {

using test::event;
using test::JournalFolder;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> types_in(Journal& journal) {
  std::vector<std::string> types;
  const auto read = journal.each(1, [&](std::uint64_t, std::string_view text, Bytes) {
    types.push_back(must(AuditRecord::from_json(text)).type);
    return Result<bool>(true);
  });
  EXPECT_TRUE(read.has_value());
  return types;
}

TEST(Journal, BeginsWithItsChainAndGoesOnWhereItEnded) {
  const JournalFolder folder;
  EXPECT_EQ(Journal::open(folder.file("journal.db")).error().code, ErrorCode::kNotFound);
  {
    Journal journal = folder.appending();
    EXPECT_EQ(must(journal.head()).seq, 1U);
    const AuditEvent two[] = {event("a", "x", "1"), event("b", "x", "2")};
    EXPECT_EQ(must(journal.append(two)).seq, 3U);
    EXPECT_EQ(must(journal.checkpoint()).seq, 4U);
    EXPECT_EQ(must(journal.checkpoint()).seq, 4U) << "what is signed is not signed again";
  }
  Journal journal = folder.appending();
  const AuditEvent one[] = {event("c", "x", "3")};
  must(journal.append(one));
  EXPECT_THAT(types_in(journal), ElementsAre("journal.created", "a", "b", "checkpoint", "c"));
  struct stat facts {};
  ASSERT_EQ(::stat(folder.file("journal.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(Journal, SaysWhoWhereAndWhen) {
  const JournalFolder folder;
  Journal journal = folder.appending();
  const AuditEvent one[] = {event("decision.finding", "subject", "f_1")};
  must(journal.append(one));
  const auto found = must(journal.newest("decision.finding", "subject", "f_1"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->actor.text_of("user"), "ada");
  EXPECT_EQ(found->host, "app01");
  EXPECT_EQ(found->process, 7);
  EXPECT_EQ(found->version, "0.1.0");
  EXPECT_EQ(found->at, "2026-09-21T14:13:22.000000000Z");
  EXPECT_EQ(found->mono_ns, 1'790'000'002);
  EXPECT_FALSE(must(journal.newest("decision.finding", "subject", "f_2")).has_value());
}

TEST(Journal, TellsWhenAnotherKeySigns) {
  const JournalFolder folder;
  must(folder.appending().checkpoint());
  Journal journal = folder.appending("other.key");
  EXPECT_THAT(types_in(journal), ElementsAre("journal.created", "checkpoint", "audit-key.changed"));
  Journal again = folder.appending("other.key");
  EXPECT_EQ(must(again.head()).seq, 3U) << "it is told once";
}

TEST(Journal, TakesAllOfAnAppendOrNothing) {
  const JournalFolder folder;
  Journal journal = folder.appending();
  const AuditEvent events[] = {event("a", "x", "1"),
                               event("b", "x", std::string(kAuditRecordBytesMax, 'y'))};
  const auto refused = journal.append(events);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(must(journal.head()).seq, 1U);
}

TEST(Journal, OpenedForReadingTakesNothing) {
  const JournalFolder folder;
  must(folder.appending().head());
  Journal journal = folder.reading();
  const AuditEvent one[] = {event("a", "x", "1")};
  EXPECT_EQ(journal.append(one).error().code, ErrorCode::kInternal);
  EXPECT_EQ(journal.checkpoint().error().code, ErrorCode::kInternal);
}

TEST(Journal, LetsNobodyChangeRemoveOrSkipWithPlainSql) {
  const JournalFolder folder;
  must(folder.appending().head());
  SQLite::Database database(folder.file("journal.db"), SQLite::OPEN_READWRITE);
  for (const char* sql :
       {"UPDATE event SET record = 'x'", "DELETE FROM event",
        "INSERT INTO event VALUES (5, 'x', zeroblob(32))", "INSERT INTO event VALUES (2, 'x', 'y')",
        "REPLACE INTO event VALUES (1, 'x', zeroblob(32))"}) {
    EXPECT_NE(database.tryExec(sql), 0) << sql;
  }
}

TEST(Journal, IsOneChainWhoeverAppends) {
  const JournalFolder folder;
  constexpr int kEach = 20;
  const auto work = [&](const std::string& name) {
    for (int i = 0; i < kEach; ++i) {
      Journal journal = folder.appending();
      const AuditEvent two[] = {event(name, "n", std::to_string(i)), event(name, "n", "then")};
      must(journal.append(two));
      must(journal.checkpoint());
    }
  };
  std::thread other([&] { work("other"); });
  work("one");
  other.join();
  Journal journal = folder.reading();
  const AuditVerdict verdict = must(verify_journal(journal, {}, folder.key().public_key()));
  EXPECT_TRUE(verdict.whole()) << verdict.problems.front().what;
  EXPECT_GE(verdict.head.seq, 1U + 4 * kEach);
}

// What append() returned for is there after a kill at any moment, and nothing is half there.
TEST(Journal, KilledAnywhereHoldsAllThatWasTaken) {
  const JournalFolder folder;
  must(folder.appending().head());
  std::uint64_t before = 1;
  for (int round = 0; round < 10; ++round) {
    int told[2] = {};
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      Journal journal = folder.appending();
      for (;;) {
        const AuditEvent two[] = {event("a", "x", "1"), event("b", "x", "2")};
        const auto head = journal.append(two);
        if (!head || ::write(told[1], &head->seq, sizeof head->seq) < 0) ::_exit(1);
      }
    }
    ::close(told[1]);
    std::uint64_t last = 0;
    std::uint64_t seq = 0;
    for (int i = 0; i <= round && ::read(told[0], &seq, sizeof seq) == sizeof seq; ++i) last = seq;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(told[0], &seq, sizeof seq) == sizeof seq) last = seq;
    ::close(told[0]);
    Journal journal = folder.appending();
    const AuditHead head = must(journal.head());
    EXPECT_GE(head.seq, last);
    EXPECT_EQ((head.seq - before) % 2, 0U) << "half of an append";
    before = head.seq;
    EXPECT_TRUE(must(verify_journal(journal, {}, std::nullopt)).whole());
  }
}

TEST(Journal, IsNotMadeOverAnotherFile) {
  const JournalFolder folder;
  ASSERT_TRUE(std::filesystem::create_directories(folder.file("journal.db")));
  const auto opened = folder.try_to_append();
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().what, HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace nhi
