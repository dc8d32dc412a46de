#include "scanner/decode/views.hpp"

#include <gtest/gtest.h>

#include <map>

#include "scanner/decode/charset.hpp"
#include "scanner/decode/test_encoders.hpp"

namespace nhi {
namespace {

using test::Random;
using test::seen_at;
using test::sightings;
using Chain = std::vector<Encoding>;

constexpr Encoding kAll[] = {Encoding::kUtf16Le, Encoding::kUtf16Be,     Encoding::kXmlEntity,
                             Encoding::kCdata,   Encoding::kBase64,      Encoding::kHex,
                             Encoding::kPercent, Encoding::kStringEscape};

// XML has no reference for U+0000, and a frame around wide text frames it with narrow text.
bool possible(Encoding outer, const std::string& text) {
  const bool textual = outer == Encoding::kXmlEntity || outer == Encoding::kCdata;
  return !(textual && text.find('\0') != std::string::npos);
}

bool wide(Encoding encoding) { return is_charset(encoding); }

// One value under a list of encodings (innermost first) between lines of noise.
struct Planted {
  std::string blob;
  Span range;
  std::string value;
  bool ok = true;
};

Planted plant(const Chain& inner_first, Random& random) {
  Planted out;
  out.value = test::canary(random, 18 + random() % 30);
  std::string encoded = out.value;
  for (const Encoding encoding : inner_first) {
    // UTF-16 of UTF-16 is nothing that exists.
    const bool doubled = wide(encoding) && encoded.find('\0') != std::string::npos;
    if (doubled || !possible(encoding, encoded)) {
      out.ok = false;
      return out;
    }
    encoded = test::encode(encoding, encoded, random, random() % 2 == 0);
  }
  const std::string before = test::noise(random, random() % 20) + "key = \"";
  out.blob = before + encoded + "\"\n" + test::noise(random, random() % 20);
  out.range = {before.size(), before.size() + encoded.size()};
  // A frame is no part of the smallest range.
  for (auto step = inner_first.rbegin(); step != inner_first.rend() && *step == Encoding::kCdata;
       ++step) {
    out.range.start += 9;
    out.range.end -= 3;
  }
  return out;
}

bool has_cdata_inside(const Chain& inner_first) {
  auto outer = inner_first.rbegin();
  while (outer != inner_first.rend() && *outer == Encoding::kCdata) ++outer;
  return std::find(outer, inner_first.rend(), Encoding::kCdata) != inner_first.rend();
}

void expect_seen(const Chain& inner_first, Random& random) {
  const Planted planted = plant(inner_first, random);
  if (!planted.ok) return;
  const auto seen = sightings(planted.blob, planted.value);
  const std::string what = test::chain_text(inner_first) + " (innermost first)";
  ASSERT_FALSE(seen.empty()) << what << " at " << planted.range.start;
  // Inside an encoded frame the map points past the frame's own encoding: contained, not equal.
  if (has_cdata_inside(inner_first)) {
    EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [&](const test::Sighting& sighting) {
      return planted.range.contains(sighting.in_blob);
    })) << what;
  } else {
    EXPECT_TRUE(seen_at(seen, planted.range)) << what;
  }
}

TEST(Views, ShowEveryEncodingAloneAndMapItExactly) {
  Random random(1);
  for (const Encoding encoding : kAll) {
    for (int round = 0; round < 40; ++round) expect_seen({encoding}, random);
  }
}

TEST(Views, ShowEveryPairOfEncodingsAndMapItExactly) {
  Random random(2);
  for (const Encoding inner : kAll) {
    for (const Encoding outer : kAll) {
      for (int round = 0; round < 8; ++round) expect_seen({inner, outer}, random);
    }
  }
}

TEST(Views, ShowRandomNestingsOfThreeAndFour) {
  Random random(3);
  for (int round = 0; round < 400; ++round) {
    Chain chain;
    const std::size_t steps = 3 + random() % 2;
    while (chain.size() < steps) chain.push_back(kAll[random() % std::size(kAll)]);
    expect_seen(chain, random);
  }
}

TEST(Views, ShowEncodedValuesInWholeWideFiles) {
  Random random(4);
  for (const Encoding charset :
       {Encoding::kUtf16Le, Encoding::kUtf16Be, Encoding::kUtf32Le, Encoding::kUtf32Be}) {
    for (const Encoding inner : kAll) {
      if (wide(inner)) continue;
      const Planted planted = plant({inner}, random);
      const std::string blob = test::encode(charset, planted.blob, random, true);
      const std::uint64_t unit = blob.size() / planted.blob.size();
      const auto seen = sightings(blob, planted.value);
      EXPECT_TRUE(seen_at(seen, {planted.range.start * unit, planted.range.end * unit}))
          << to_string(charset) << " of " << to_string(inner);
      for (const auto& sighting : seen) EXPECT_EQ(sighting.chain.front(), charset);
    }
  }
}

TEST(Views, CountTextRangesAfterTheCharsetOnly) {
  Random random(5);
  const std::string text = "line one\npassword: \"hunter&amp;2-and-more\"\n";
  const std::string blob = test::encode(Encoding::kUtf16Le, text, random, true);
  const auto seen = sightings(blob, "hunter&2");
  ASSERT_EQ(seen.size(), 1U);
  const std::uint64_t at = text.find("hunter");
  EXPECT_EQ(seen[0].in_text, (Span{at, at + 12}));
  EXPECT_EQ(seen[0].in_blob, (Span{2 * at, 2 * at + 24}));
  EXPECT_EQ(seen[0].chain, (Chain{Encoding::kUtf16Le, Encoding::kXmlEntity}));
}

TEST(Views, NestingGivesDepth) {
  const auto seen = sightings("<p>password=&amp;amp;secretvalue</p>", "=&secretvalue");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].chain, (Chain{Encoding::kXmlEntity, Encoding::kXmlEntity}));
}

TEST(Views, TellWhatStandsInTheParentToo) {
  const std::string blob = "password=plainvalue other=a&amp;b-secret\n";
  bool checked = false;
  for_each_view(blob, {}, [&](const View& view) {
    if (view.encoding != Encoding::kXmlEntity) return true;
    const auto plain = view.bytes.find("plainvalue");
    const auto changed = view.bytes.find("a&b-secret");
    EXPECT_TRUE(view.stands_in_parent({plain, plain + 10}));
    EXPECT_FALSE(view.stands_in_parent({changed, changed + 10}));
    checked = true;
    return true;
  });
  EXPECT_TRUE(checked);
}

TEST(Views, KeepPemWithEscapedLineEndsInOnePiece) {
  Random random(6);
  for (const std::string_view line_end : {"&#xd;\n", "&#10;", "\\n", "\\r\\n", "%0A"}) {
    const std::string head = "-----BEGIN TEST KEY-----";
    std::string pem = head;
    for (int line = 0; line < 52; ++line) {
      pem += std::string(line_end) + test::canary(random, 64);
    }
    pem += std::string(line_end) + "-----END TEST KEY-----";
    const std::string blob =
        test::noise(random, 200) + "<key>" + pem + "</key>\n" + test::noise(random, 200);
    bool whole = false;
    for_each_view(blob, {}, [&](const View& view) {
      const auto begin = view.bytes.find("-----BEGIN TEST KEY-----");
      const auto end = view.bytes.find("-----END TEST KEY-----");
      whole = whole || (view.depth == 1 && begin != Bytes::npos && end != Bytes::npos &&
                        view.bytes.substr(begin, end - begin).find(line_end) == Bytes::npos);
      return true;
    });
    EXPECT_TRUE(whole) << line_end;
  }
}

TEST(Views, CostLittleWhenOneEntityStandsInALargeFile) {
  Random random(7);
  std::string blob = test::noise(random, 20'000);
  blob.insert(blob.size() / 2, "\nvalue=\"a&amp;b\"\n");
  const DecodeStats stats = for_each_view(blob, {}, [](const View&) { return true; });
  EXPECT_EQ(stats.views, 2U);
  EXPECT_LT(stats.decoded_bytes, 2000U);
}

TEST(Views, HoldNoMoreThanTheLimitAllows) {
  std::string blob;
  while (blob.size() < 10 * kMiB) blob += "&amp;%26\\u0026";
  std::size_t largest = 0;
  DecodeLimits limits;
  limits.expansion_max = 4;
  const DecodeStats stats = for_each_view(blob, limits, [&](const View& view) {
    if (view.parent != nullptr) largest = std::max(largest, view.bytes.size());
    return true;
  });
  EXPECT_LE(stats.decoded_bytes, 4 * blob.size());
  EXPECT_LE(largest, 2 * kMiB);
  EXPECT_GT(stats.views, 10U);
}

TEST(Views, TakeTenMegabytesOfEntitiesOnOneLine) {
  std::string blob;
  while (blob.size() < 10 * kMiB) blob += "&amp;";
  std::uint64_t resolved = 0;
  const DecodeStats stats = for_each_view(blob, {}, [&](const View& view) {
    if (view.encoding == Encoding::kXmlEntity) resolved += view.bytes.size();
    return true;
  });
  EXPECT_GE(resolved, blob.size() / 5);
  EXPECT_LT(resolved, blob.size() / 4);
  EXPECT_EQ(stats.dropped_by_expansion, 0U);
}

TEST(Views, CountWhatTheyDropForDepth) {
  Random random(8);
  std::string blob = "cnry-value-at-the-bottom";
  for (int i = 0; i < 8; ++i) blob = test::encode(Encoding::kBase64, blob, random, true);
  unsigned deepest = 0;
  const DecodeStats stats = for_each_view(blob, {}, [&](const View& view) {
    deepest = std::max(deepest, view.depth);
    return true;
  });
  EXPECT_EQ(deepest, kDecodeDepthMax);
  EXPECT_GE(stats.dropped_by_depth, 1U);
  DecodeLimits deeper;
  deeper.depth_max = 8;
  EXPECT_EQ(sightings(blob, "cnry-value-at-the-bottom", deeper).size(), 1U);
}

TEST(Views, CountWhatTheyDropForExpansion) {
  const std::string blob(9000, 'x');
  DecodeLimits none;
  none.expansion_max = 0;
  const DecodeStats stats =
      for_each_view(blob + " a&amp;b-and-more ", none, [](const View&) { return true; });
  EXPECT_EQ(stats.views, 1U);
  EXPECT_EQ(stats.dropped_by_expansion, 1U);
}

TEST(Views, SkipChildrenWhenTheVisitorSaysSo) {
  const DecodeStats stats =
      for_each_view("password=a&amp;b-and-more", {}, [](const View&) { return false; });
  EXPECT_EQ(stats.views, 1U);
}

TEST(Views, ComeInTheSameOrderEveryTime) {
  Random random(9);
  std::string blob;
  for (const Encoding encoding : kAll) {
    blob += test::noise(random, 3) + "\"" +
            test::encode(encoding, test::canary(random, 30), random, false) + "\"\n";
  }
  const auto listing = [&] {
    std::vector<std::string> all;
    for_each_view(blob, {}, [&](const View& view) {
      all.push_back(test::chain_text(view.chain()) + std::string(view.bytes));
      return true;
    });
    return all;
  };
  const auto first = listing();
  EXPECT_EQ(first, listing());
  EXPECT_GT(first.size(), 6U);
}

TEST(Views, VisitsTheBlobItselfWhenEmpty) {
  const DecodeStats stats = for_each_view("", {}, [](const View& view) {
    EXPECT_TRUE(view.bytes.empty());
    EXPECT_EQ(view.to_blob({0, 0}), (Span{0, 0}));
    return true;
  });
  EXPECT_EQ(stats.views, 1U);
}

TEST(Views, FindAlmostNothingInRandomBase64) {
  Random random(10);
  std::uint64_t views = 0;
  for (int round = 0; round < 100; ++round) {
    std::string bytes;
    for (int i = 0; i < 4000; ++i) bytes.push_back(static_cast<char>(random() & 0xFF));
    const auto count_only = [](const View& view) { return view.depth == 0; };
    views += for_each_view(to_base64(bytes), {}, count_only).views - 1;
  }
  EXPECT_LE(views, 2U);
}

TEST(Views, SurviveAnyBytesAndMapInsideTheBlob) {
  Random random(11);
  static constexpr std::string_view kPieces[] = {
      "&#0;",
      "&#x110000;",
      "&amp;",
      "&",
      "%",
      "%Z1",
      "%41",
      "\\u12",
      "\\ud800",
      "\\",
      "\\x4",
      "<![CDATA[",
      "]]>",
      "QUJDREVGR0hJSktMTU5PUFFSU1Q",
      "4142434445464748494a",
      "\n",
      "=",
      "==",
      std::string_view("\0a\0b\0c\0d\0e\0f\0g\0h\0i", 18),
      "\xff\xfe",
      "\xfe\xff",
      "-_+/",
      " ",
      "\\\n   ",
      "\\n",
      "&#10;",
      "UEsDBBQAAAAIAA=="};
  for (int round = 0; round < 3000; ++round) {
    std::string blob;
    for (std::size_t i = random() % 40; i > 0; --i) {
      blob += kPieces[random() % std::size(kPieces)];
      if (random() % 4 == 0) blob.push_back(static_cast<char>(random() & 0xFF));
    }
    for_each_view(blob, {}, [&](const View& view) {
      EXPECT_TRUE(view.parent == nullptr || view.map.view_length() == view.bytes.size());
      const Span all = view.to_blob({0, view.bytes.size()});
      EXPECT_LE(all.end, blob.size());
      for (std::size_t i = 0; i < view.bytes.size(); ++i) {
        EXPECT_LE(view.to_blob({i, i + 1}).end, blob.size());
      }
      return true;
    });
  }
}

TEST(DecodeXmlText, ResolvesOutsideFramesOnly) {
  const Decoded decoded = decode_xml_text("a&lt;<![CDATA[&lt;b]]>&#x43;<![CDATA[d");
  EXPECT_EQ(decoded.bytes, "a<&lt;bCd");
  EXPECT_EQ(decoded.map.to_source({1, 2}), (Span{1, 5}));
  EXPECT_EQ(decoded.map.to_source({2, 7}), (Span{14, 19}));
  EXPECT_EQ(decoded.map.to_source({7, 8}), (Span{22, 28}));
}

TEST(Views, GiveTheFirstLineOfAFramedTextALineOfItsOwn) {
  const struct {
    Encoding encoding;
    std::string blob;
  } cases[] = {{Encoding::kStringEscape, R"({"env": "A_PASS=abcdefgh\nB=2"})"},
               {Encoding::kXmlEntity, "<env>A_PASS=abcdefgh&#10;B=2</env>"},
               {Encoding::kXmlEntity, "<env v=\"A_PASS=abcdefgh&#10;B=2\"/>"}};
  for (const auto& one : cases) {
    bool seen = false;
    for_each_view(one.blob, DecodeLimits{}, [&](const View& view) {
      const std::size_t at = view.bytes.find("\nA_PASS=abcdefgh\nB=2\n");
      if (view.encoding != one.encoding || at == Bytes::npos) return true;
      seen = true;
      const Span span = view.to_blob({at + 1, at + 16});
      EXPECT_EQ(slice(one.blob, span), "A_PASS=abcdefgh");
      return true;
    });
    EXPECT_TRUE(seen) << one.blob;
  }
}

}  // namespace
}  // namespace nhi
