// Claims about what a change of a text makes of what is encoded in it. The judge is the same text
// taken as all new; longer chains of changes are put to the test in sweep/versions_test.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scanner/base/test_text_change.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {
namespace {

std::string filling(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "nothing of note stands here, on this line.\n";
  return text;
}

// The views that were visited, by their bytes; what holds "live" has something in it.
struct Visited {
  NewViews result;
  std::vector<std::string> views;
};

class Changing {
 public:
  explicit Changing(std::string text) : text_(std::move(text)) {
    (void)visit(TextChange::all_new(text_.size()));
  }
  Visited change(std::size_t from, std::size_t to, const std::string& fresh) {
    const TextChange change = test::replace_in(text_, from, to, fresh);
    const Visited visited = visit(change);
    if (visited.result.plain) {
      DecodeTrace whole;
      const NewViews all = for_each_new_view(text_, TextChange::all_new(text_.size()), {}, whole,
                                             DecodeLimits{}, [](const View&) { return false; });
      EXPECT_TRUE(all.plain);
      for (auto& parts : whole.regions) {
        for (TracedPart& part : parts) part.live = false;
      }
      DecodeTrace same = trace_;
      for (auto& parts : same.regions) {
        for (TracedPart& part : parts) part.live = false;
      }
      for (TracedPart& part : same.texts) part.live = false;
      EXPECT_TRUE(same == whole);
    }
    return visited;
  }
  Visited replace(const std::string& old, const std::string& fresh) {
    const std::size_t at = text_.find(old);
    EXPECT_NE(at, std::string::npos);
    return change(at, at + old.size(), fresh);
  }

 private:
  Visited visit(const TextChange& change) {
    Visited out;
    DecodeTrace after;
    out.result =
        for_each_new_view(text_, change, trace_, after, DecodeLimits{}, [&](const View& view) {
          out.views.emplace_back(view.bytes);
          return view.bytes.find("live") != Bytes::npos;
        });
    trace_ = std::move(after);
    return out;
  }
  std::string text_;
  DecodeTrace trace_;
};

TEST(ChangedViews, VisitOnlyWhatIsDecodedAnew) {
  Changing text(filling(6'000) + "<a b='live &amp; well'>\n" + filling(6'000) + "x &lt; y\n" +
                filling(6'000));
  const Visited far = text.change(3'000, 3'001, "N");
  EXPECT_TRUE(far.views.empty());
  EXPECT_TRUE(far.result.as_kept);
  EXPECT_FALSE(far.result.found);
  const Visited near = text.replace("x &lt; y", "z &lt; y");
  ASSERT_EQ(near.views.size(), 1U);
  EXPECT_NE(near.views[0].find("z < y"), std::string::npos);
  EXPECT_TRUE(near.result.as_kept);
  EXPECT_TRUE(text.replace("well", "ill").result.found);
}

TEST(ChangedViews, CutEscapesInTwo) {
  Changing text(filling(2'000) + "a = \"one \\\\\\n two \\x41\"\n" + filling(2'000));
  const Visited odd = text.replace("one \\\\", "one \\");  // what was `\\` and `\n` is `\\` and n
  ASSERT_FALSE(odd.views.empty());
  EXPECT_NE(odd.views[0].find("one \\n two A"), std::string::npos);
  const Visited cut = text.replace("\\x41", "\\x4");
  EXPECT_FALSE(cut.views.empty());
}

TEST(ChangedViews, StartWithinAnEscapeOfTheOldText) {
  const std::string text = filling(2'000) + "a = \"one \\\\n two \\x41\"\n" + filling(2'000);
  Changing changing(text);
  const std::size_t at = text.find("\\\\n");
  const Visited visited = changing.change(at, at + 1, "");
  ASSERT_FALSE(visited.views.empty());
  EXPECT_NE(visited.views[0].find("one \n two A"), std::string::npos);
}

TEST(ChangedViews, CountWhatIsCarriedOver) {
  // Three kinds of escapes on each line decode to twelve texts of the same size, one in another.
  std::string dense;
  for (int i = 0; i < 60; ++i) dense += "some words &amp; %41%42%43 and \\x41\\x42 and more\n";
  const std::string rest = filling(3 * dense.size());
  Changing changing(dense + rest);
  EXPECT_TRUE(changing.change(dense.size() + 10, dense.size() + 11, "N").result.plain);
  const NewViews shrunk =
      changing.change(dense.size() + 300, dense.size() + rest.size(), "").result;
  EXPECT_FALSE(shrunk.plain) << "more than the shorter text may yield";
}

TEST(ChangedViews, SeekRowsOfDigitsAsFarAsTheyReach) {
  // "user: service account of the interface engine, live" in lines of 24 digits.
  const std::string wrapped =
      "dXNlcjogc2VydmljZSBhY2Nv\ndW50IG9mIHRoZSBpbnRlcmZh\nY2UgZW5naW5lLCBsaXZlIQ==\n";
  Changing text(filling(2'000) + "----\n" + wrapped + "----\n" + filling(2'000));
  EXPECT_TRUE(text.change(500, 501, "N").result.as_kept);
  const Visited last = text.replace("LCBsaXZlIQ==", "LCBsaXZlIQ=");
  ASSERT_FALSE(last.views.empty());
  EXPECT_EQ(last.views[0].substr(0, 13), "user: service") << "the lines before it belong to it";
  const Visited joined = text.replace("----\ndXNl", "----\n\ndXNl");
  EXPECT_TRUE(joined.result.found);
}

TEST(ChangedViews, FollowFramesOfCdata) {
  Changing text("<r><![CDATA[ live one ]]></r>\n" + filling(3'000) + "<![CDATA[ two ]]>\n");
  EXPECT_TRUE(text.change(1'500, 1'501, "N").result.as_kept);
  const Visited open = text.replace("]]></r>", "</r>");  // the second frame is text of the first
  EXPECT_TRUE(open.result.plain);
  EXPECT_TRUE(open.result.found);
}

TEST(ChangedViews, LeaveOtherTextsToTheWholeWalk) {
  Changing text(filling(3'000));
  EXPECT_FALSE(text.change(10, 10, std::string("\0", 1)).result.plain);
  std::string escaped;
  for (int i = 0; i < 40; ++i) escaped += "%2525252525252541";
  EXPECT_FALSE(Changing(filling(300)).change(0, 0, escaped).result.plain)
      << "more steps than allowed";
}

}  // namespace
}  // namespace nhi
