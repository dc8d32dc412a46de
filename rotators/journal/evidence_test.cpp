#include "rotators/journal/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "rotators/journal/test_support.hpp"

namespace nhi {
namespace {

using test::event;
using test::JournalFolder;
using test::must;
using testing::HasSubstr;
using testing::Not;

// Records 2 and 3 lie a second apart: 14:13:22 and 14:13:23.
Journal filled(const JournalFolder& folder) {
  Journal journal = folder.appending();
  AuditEvent run = event("step.done", "run_id", "r_1");
  run.body.text("note", "<script>alert(1)</script>").list("sinks", {"a&b", "c"}).flag("ok", true);
  const AuditEvent events[] = {event("decision.finding", "reason", "moved \"away\""), run};
  must(journal.append(events));
  must(journal.checkpoint());
  return journal;
}

TEST(Evidence, AsLinesHoldsTheTextThatWasHashed) {
  const JournalFolder folder;
  Journal journal = filled(folder);
  const AuditVerdict verdict = must(verify_journal(journal, {}, std::nullopt));
  const EvidencePack evidence = must(collect_evidence(journal, {}));
  std::istringstream lines(evidence_lines(evidence, {}, verdict));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto head = nlohmann::json::parse(line);
  EXPECT_EQ(head["schema"], "nhisweep.audit/1");
  EXPECT_EQ(head["whole"], true);
  EXPECT_EQ(head["records"], 4);
  EXPECT_EQ(head["public_keys"][0], folder.key().public_key().pem());
  AuditHead chain;
  while (std::getline(lines, line)) {
    const auto one = nlohmann::json::parse(line);
    chain = followed_by(chain, one["record"].get<std::string>());
    EXPECT_EQ(one["hash"], to_hex(chain.hash));
  }
  EXPECT_EQ(to_text(chain), head["head"]);
}

TEST(Evidence, IsOfOneRunOrOfAPeriod) {
  const JournalFolder folder;
  Journal journal = filled(folder);
  const auto types = [&](const EvidenceRange& range) {
    std::string out;
    for (const AuditRecord& record : must(collect_evidence(journal, range)).records) {
      out += record.type + " ";
    }
    return out;
  };
  EXPECT_EQ(types({{}, {}, "r_1"}), "step.done ");
  const Instant third = must(parse_instant("2026-09-21T14:13:23Z"));
  EXPECT_EQ(types({{}, third, {}}), "journal.created decision.finding ");
  EXPECT_EQ(types({third, Instant{third.seconds + 1}, {}}), "step.done ");
  EXPECT_EQ(types({Instant{third.seconds + 60}, {}, {}}), "");
}

TEST(Evidence, AsAPageShowsWhatStrangersWroteAsText) {
  const JournalFolder folder;
  Journal journal = filled(folder);
  const AuditVerdict verdict = must(verify_journal(journal, {}, std::nullopt));
  const std::string page =
      evidence_page(must(collect_evidence(journal, {})), {{}, {}, "r_<1>"}, verdict);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("a&amp;b<br>c"));
  EXPECT_THAT(page, HasSubstr("rotation r_&lt;1&gt;"));
  EXPECT_THAT(page, HasSubstr("The journal is whole."));
  EXPECT_THAT(page, HasSubstr(to_text(verdict.head)));
}

TEST(Evidence, SaysWhereTheJournalIsNotAsItWas) {
  AuditVerdict verdict;
  verdict.problems = {{0, "its end was cut off"}, {7, "the hash does not follow"}};
  const std::string page = evidence_page({}, {}, verdict);
  EXPECT_THAT(page, HasSubstr("not as it was written"));
  EXPECT_THAT(page, HasSubstr("<li>its end was cut off</li>"));
  EXPECT_THAT(page, HasSubstr("<li>record 7: the hash does not follow</li>"));
  EXPECT_THAT(evidence_lines({}, {}, verdict), HasSubstr("\"whole\":false"));
}

}  // namespace
}  // namespace nhi
