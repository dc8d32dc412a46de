#include "scanner/decode/frames.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/decode/sequences.hpp"

namespace nhi {
namespace {

struct Seen {
  std::string text;
  bool opens = false;  // any of its sequences is worth a region
};

Seen through(FrameKind kind, const std::string& bytes) {
  Seen seen;
  std::vector<Hit> hits;
  const HitVisitor take = [&](const Hit& hit) {
    EXPECT_TRUE(hits.empty() || hits.back().span.end <= hit.span.start);
    hits.push_back(hit);
    seen.opens = seen.opens || hit.opens;
  };
  FrameFinder frames(bytes, kind, take);
  const HitVisitor add = [&](const Hit& hit) { frames.add(hit); };
  if (kind == FrameKind::kLiteral)
    find_escapes(bytes, add);
  else
    find_entities(bytes, add);
  frames.finish();
  seen.text = decode_region(bytes, {0, bytes.size()}, hits).bytes;
  return seen;
}

std::string literal(const std::string& bytes) { return through(FrameKind::kLiteral, bytes).text; }
std::string markup(const std::string& bytes) { return through(FrameKind::kMarkup, bytes).text; }

TEST(Frames, PutTheFirstAndTheLastLineOfALiteralOnLinesOfTheirOwn) {
  EXPECT_EQ(literal(R"(env = "A=1\nB=2";)"), "env = \"\nA=1\nB=2\n\";");
  EXPECT_EQ(literal(R"(env = 'A=1\nB=2')"), "env = '\nA=1\nB=2\n'");
  EXPECT_EQ(literal(R"(f("x", "A\u003d1\r\nB", "y"))"), "f(\"x\", \"\nA=1\r\nB\n\", \"y\")");
}

TEST(Frames, StayAsTheyAreAroundTextOfOneLine) {
  EXPECT_EQ(literal(R"(a = "b\u003dc" + "d\te")"), "a = \"b=c\" + \"d\te\"");
  EXPECT_EQ(markup("<v a=\"b&amp;c\">d&lt;e</v>"), "<v a=\"b&c\">d<e</v>");
}

TEST(Frames, KeepEscapedQuotesInside) {
  EXPECT_EQ(literal(R"({"env": "A=\"1\"\nB=2", "x": 1})"),
            "{\"env\": \"\nA=\"1\"\nB=2\n\", \"x\": 1}");
}

TEST(Frames, TakeNoApostropheForAQuote) {
  EXPECT_EQ(literal(R"("I don't\nknow")"), "\"\nI don't\nknow\n\"");
}

TEST(Frames, AreFoundAroundAttributesAndElements) {
  EXPECT_EQ(markup("<v>A=1&#10;B=2</v>"), "<v>\nA=1\nB=2\n</v>");
  EXPECT_EQ(markup("<v a=\"A=1&#xA;B=2\" b='x'/>"), "<v a=\"\nA=1\nB=2\n\" b='x'/>");
  EXPECT_EQ(markup("<v>say &quot;hi\"&#10;B=2</v>"), "<v>\nsay \"hi\"\nB=2\n</v>");
}

TEST(Frames, OfOneSettingAreWorthALookAndMessagesAreNot) {
  EXPECT_TRUE(through(FrameKind::kLiteral, R"("data": "DB_PASS=abc\n")").opens);
  EXPECT_TRUE(through(FrameKind::kLiteral, R"("data": "*:*:*:backup:abc\n")").opens);
  EXPECT_FALSE(through(FrameKind::kLiteral, R"(printf("all is done\n");)").opens);
  EXPECT_FALSE(through(FrameKind::kLiteral, R"(printf("count=%d\n", n);)").opens);
}

TEST(Frames, ReachOnlySoFarAndNeverOverASequence) {
  const std::string far(kFrameReachBytes + 1, 'x');
  EXPECT_EQ(literal("\"" + far + "\\nb"), "\"" + far + "\nb");
  EXPECT_EQ(literal("\"a\\n" + far + "\"" + far), "\"\na\n" + far + "\"" + far);
  std::string many = "\"";
  for (std::size_t i = 0; i < 2 * kFrameHitsMax; ++i) many += "\\t";
  EXPECT_EQ(literal(many + "\\nb\"").front(), '"');
  for (const char* hostile :
       {"\\\"\\\"\\n\"\\", "\"\"\\n\"\"\\n\"", "\"\\n", "\\n\"", "'`\"\\n`'"}) {
    (void)literal(hostile);  // the order of the hits is checked there
  }
}

}  // namespace
}  // namespace nhi
