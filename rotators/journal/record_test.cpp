#include "rotators/journal/record.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

AuditRecord sample() {
  AuditRecord record;
  record.seq = 2;
  record.at = "2026-11-30T21:04:53.000000009Z";
  record.mono_ns = 12;
  record.host = "app01";
  record.process = 7;
  record.version = "0.1.0";
  record.actor.text("user", "ada");
  record.type = "decision.finding";
  record.body.text("subject", "f_1");
  return record;
}

constexpr std::string_view kSample =
    R"({"actor":{"user":"ada"},"at":"2026-11-30T21:04:53.000000009Z","body":{"subject":"f_1"},)"
    R"("host":"app01","mono":12,"process":7,"seq":2,"type":"decision.finding","v":1,)"
    R"("version":"0.1.0"})";

TEST(AuditRecord, IsOneLineOfJsonThatReadsBack) {
  EXPECT_EQ(sample().to_json(), kSample);
  const auto back = AuditRecord::from_json(kSample);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->to_json(), kSample);
  EXPECT_EQ(back->body.text_of("subject"), "f_1");
}

TEST(AuditRecord, WithAFieldMoreOrLessIsNoneOfOurs) {
  const std::string whole(kSample);
  for (const char* cut : {R"("mono":12,)", R"(,"v":1)", R"("host":"app01",)"}) {
    std::string less = whole;
    less.erase(less.find(cut), std::string_view(cut).size());
    EXPECT_FALSE(AuditRecord::from_json(less).has_value()) << cut;
  }
  std::string more = whole;
  more.insert(more.size() - 1, R"(,"z":1)");
  EXPECT_FALSE(AuditRecord::from_json(more).has_value());
  std::string later = whole;
  later.replace(later.find(R"("v":1)"), 5, R"("v":2)");
  EXPECT_FALSE(AuditRecord::from_json(later).has_value());
  EXPECT_EQ(AuditRecord::from_json(std::string(kAuditRecordBytesMax + 1, ' ')).error().code,
            ErrorCode::kTooLarge);
}

// printf '\0%.0s' {1..32} | cat - <(printf abc) | sha256sum, and the same again behind it.
TEST(AuditHead, CoversAllThatWentBefore) {
  const AuditHead first = followed_by({}, "abc");
  EXPECT_EQ(to_text(first), "1:" + to_hex(sha256(std::string(32, '\0') + "abc")));
  const AuditHead second = followed_by(first, "abc");
  EXPECT_EQ(to_text(second),
            "2:" + to_hex(sha256(std::string(first.hash.begin(), first.hash.end()) + "abc")));
}

TEST(AuditHead, IsReadAsItIsPrinted) {
  const AuditHead head = followed_by({41, {}}, "x");
  EXPECT_EQ(parse_head(to_text(head)), head);
  for (const char* bad : {"", "42", "42:", ":00", "42:00", "x:00", "-1:00"}) {
    EXPECT_FALSE(parse_head(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_head(to_text(head) + "0").has_value());
}

TEST(AuditMoment, IsWrittenWithItsNanoseconds) {
  EXPECT_EQ(to_iso8601_ns(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(to_iso8601_ns(1'000'000'001), "1970-01-01T00:00:01.000000001Z");
  EXPECT_EQ(to_iso8601_ns(-1), "1969-12-31T23:59:59.999999999Z");
}

}  // namespace
}  // namespace nhi
