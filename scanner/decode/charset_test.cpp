#include "scanner/decode/charset.hpp"

#include <gtest/gtest.h>

#include "scanner/decode/regions.hpp"
#include "scanner/decode/test_encoders.hpp"

namespace nhi {
namespace {

using test::code_units;

constexpr std::string_view kText = "user = svc_pas\r\npassword = example\r\n";

TEST(DetectCharset, KnowsTheFourWithAndWithoutMark) {
  struct Case {
    Encoding charset;
    std::string mark;
    std::size_t unit;
    bool big;
  };
  const Case cases[] = {{Encoding::kUtf16Le, "\xFF\xFE", 2, false},
                        {Encoding::kUtf16Be, "\xFE\xFF", 2, true},
                        {Encoding::kUtf32Le, std::string("\xFF\xFE\0\0", 4), 4, false},
                        {Encoding::kUtf32Be, std::string("\0\0\xFE\xFF", 4), 4, true}};
  for (const Case& row : cases) {
    const std::string plain = code_units(kText, row.unit, row.big);
    EXPECT_EQ(detect_charset(plain), row.charset) << to_string(row.charset);
    EXPECT_EQ(detect_charset(row.mark + plain), row.charset) << to_string(row.charset);
    EXPECT_EQ(detect_charset(row.mark + plain + "x"), row.charset) << "odd trailing byte";
    const Decoded decoded = decode_charset(row.mark + plain, row.charset);
    EXPECT_EQ(decoded.bytes, kText);
    EXPECT_EQ(decoded.map.to_source({1, 2}),
              (Span{row.mark.size() + row.unit, row.mark.size() + 2 * row.unit}));
  }
}

TEST(DetectCharset, LeavesOtherBytesAlone) {
  const std::string wide = code_units(kText, 2, false);
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"ascii", std::string(kText)},
      {"zeros", std::string(4096, '\0')},
      {"mark of two, ASCII after it", "\xFF\xFE" + std::string(kText)},
      {"ASCII, then UTF-16", std::string(kText) + wide},
      {"UTF-16, then ASCII", "\xFF\xFE" + wide + std::string(kText)},
      {"UTF-16, then more of it at an odd offset", "\xFF\xFE" + wide + "\xFF" + wide},
      {"UTF-16 at an odd offset", "key = \"" + wide + "\""},
      {"little-endian counters",
       code_units(std::string("\x01\x02\x03\x04\x05\x06\x07\x08"), 4, false)},
  };
  for (const auto& [name, bytes] : cases) EXPECT_EQ(detect_charset(bytes), Encoding::kNone) << name;
}

TEST(DetectCharset, TrustsAMarkForForeignScripts) {
  std::string blob = "\xFF\xFE";
  for (int i = 0; i < 300; ++i) {
    blob.push_back(static_cast<char>(0x10 + i % 64));
    blob.push_back('\x04');  // Cyrillic
  }
  EXPECT_EQ(detect_charset(blob), Encoding::kUtf16Le);
}

TEST(DetectCharset, RefusesWhatItsMapCannotHoldInBoundedMemory) {
  std::string blob = "\xFF\xFE";
  while (blob.size() < 2 * kCharsetRunsMax + 10) blob += std::string("a\0\xE9\0", 4);
  EXPECT_EQ(detect_charset(blob), Encoding::kNone);
}

TEST(DecodeCharset, TurnsBrokenUnitsIntoReplacementCharacters) {
  struct Case {
    const char* name;
    std::string units;
    std::string_view text;
  };
  const Case cases[] = {
      {"pair", std::string("\x3D\xD8\x00\xDE", 4), "\xF0\x9F\x98\x80"},
      {"lone high",
       std::string("\x3D\xD8"
                   "a\0",
                   4),
       "\xEF\xBF\xBD"
       "a"},
      {"lone low",
       std::string("\x00\xDE"
                   "a\0",
                   4),
       "\xEF\xBF\xBD"
       "a"},
      {"high at the end", std::string("a\0\x3D\xD8", 4), "a\xEF\xBF\xBD"},
      {"odd trailing byte", std::string("a\0b", 3), "a\xEF\xBF\xBD"},
      {"U+0000", std::string("a\0\0\0b\0", 6), std::string_view("a\0b", 3)},
  };
  for (const Case& row : cases) {
    const Decoded decoded = decode_charset(row.units, Encoding::kUtf16Le);
    EXPECT_EQ(decoded.bytes, row.text) << row.name;
    EXPECT_EQ(decoded.map.view_length(), decoded.bytes.size()) << row.name;
    EXPECT_EQ(decoded.map.to_source({0, decoded.bytes.size()}), (Span{0, row.units.size()}));
  }
  const Decoded wide = decode_charset(std::string("\xFF\xFF\xFF\x7F"
                                                  "a\0\0\0",
                                                  8),
                                      Encoding::kUtf32Le);
  EXPECT_EQ(wide.bytes,
            "\xEF\xBF\xBD"
            "a");
}

std::vector<WideStretch> stretches(Bytes bytes) {
  std::vector<WideStretch> all;
  find_wide_stretches(bytes, [&](const WideStretch& stretch) { all.push_back(stretch); });
  return all;
}

TEST(WideStretches, StandAtEitherParity) {
  for (const std::string_view before : {"", "x", "xy", "\x01\x02\x03"}) {
    for (const bool big : {false, true}) {
      const std::string bytes =
          std::string(before) + "\xFF" + code_units("password", 2, big) + "\xFF";
      const auto all = stretches(bytes);
      ASSERT_EQ(all.size(), 1U);
      EXPECT_EQ(all[0].encoding, big ? Encoding::kUtf16Be : Encoding::kUtf16Le);
      EXPECT_EQ(all[0].span, (Span{before.size() + 1, before.size() + 17}));
    }
  }
}

TEST(WideStretches, JoinOverForeignLettersOfTheSameParity) {
  const std::string bytes = "\xFF" + code_units("password=", 2, false) + "\x10\x04\x11\x04" +
                            code_units("and more", 2, false);
  ASSERT_EQ(stretches(bytes).size(), 1U);
  const std::string shifted = "\xFF" + code_units("password=", 2, false) + "\x10\x04\x11" +
                              code_units("and more", 2, false);
  EXPECT_EQ(stretches(shifted).size(), 2U);
}

TEST(WideStretches, NeedEightCharacters) {
  EXPECT_TRUE(stretches("\xFF" + code_units("passwor", 2, false) + "\xFF").empty());
}

TEST(WideStretches, AreCutWithOverlapWhenLong) {
  const std::string bytes =
      "\xFF" + code_units(std::string(3 * kRegionBytesMax / 2, 'p'), 2, false);
  const auto all = stretches(bytes);
  ASSERT_GE(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_LE(all[i].span.size(), kRegionBytesMax);
    if (i == 0) continue;
    EXPECT_EQ(all[i].span.start, all[i - 1].span.end - kMatchBytesMax);
  }
  EXPECT_EQ(all.back().span.end, bytes.size());
}

}  // namespace
}  // namespace nhi
