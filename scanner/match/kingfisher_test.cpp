#include "scanner/match/kingfisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

// What each rule finds in each text was seen with Kingfisher 2.14.0 (`scan --rules-path`, without
// its own rules); rows say what it is about. `found` is the secret, empty where nothing is found.
struct ParityCase {
  const char* name;
  const char* rule;  // the keys below name and id
  const char* text;
  const char* found;
};

constexpr const char* kCrc = R"(
    pattern: |
      (?x)                 # free spacing
      (
        acme_(?P<body>[A-Za-z0-9]{30})(?P<checksum>[A-Za-z0-9]{6})
      )
    pattern_requirements:
      min_digits: 2
      min_lowercase: 2
      checksum:
        actual:
          template: "{{ checksum }}"
          requires_capture: checksum
        expected: "{{ body | crc32 | base62: 6 }}"
        skip_if_missing: true
    min_entropy: 3.5
)";
constexpr const char* kLittleEndian = R"(
    pattern: '(?P<body>le_[a-z0-9]{8})\.(?P<checksum>[A-Za-z0-9+/]{6})'
    pattern_requirements:
      checksum:
        actual: {template: "{{ CHECKSUM }}"}
        expected: "{{ BODY | crc32_le_b64: 6 }}"
)";
constexpr const char* kShaIfThere = R"(
    pattern: '(?P<body>sha_[a-z0-9]{8})_(?P<checksum>[A-Z2-7]{8})?'
    pattern_requirements:
      checksum:
        actual: {template: "{{ checksum }}", requires_capture: checksum}
        expected: "{{ body | sha256_b32: 8 }}"
        skip_if_missing: true
)";
constexpr const char* kShaAlways = R"(
    pattern: '(?P<body>sha_[a-z0-9]{8})_(?P<checksum>[A-Z2-7]{8})?'
    pattern_requirements:
      checksum:
        actual: {template: "{{ checksum }}", requires_capture: checksum}
        expected: "{{ body | sha256_b32: 8 }}"
)";
constexpr const char* kAppended = R"(
    pattern: 'gl-(?P<payload>[a-z0-9]{8})\.01\.(?P<len>[0-9a-z]{2})(?P<crc>[0-9a-z]{7})'
    pattern_requirements:
      checksum:
        actual: {template: "{{ FULL_MATCH | suffix: 7 }}"}
        expected: '{{ "gl-" | append: payload | append: ".01." | append: len | crc32 | base36: 7 }}'
)";
constexpr const char* kToken = R"(
    pattern: 'cfg_(?P<kind>[a-z]+)=(?P<Token>[a-z0-9]{6,})'
    pattern_requirements: {min_digits: 3}
)";
constexpr const char* kNamed = R"(
    pattern: 'dfg_([a-z]+)=(?P<value>[a-z0-9]{6,})'
)";
constexpr const char* kEither = R"(
    pattern: 'efg_(?:a=([a-z]{6})|b=([a-z]{6}))'
    min_entropy: 2.0
)";
constexpr const char* kOneGroup = R"(
    pattern: 'TEST_ffg_([a-zA-Z0-9!$]{8})'
    pattern_requirements:
      min_special_chars: 1
      special_chars: '$'
      min_uppercase: 1
      ignore_if_contains: [' Test ', 'demo']
)";
constexpr const char* kTwoGroups = R"(
    pattern: 'TEST_gfg_([a-z0-9]{8})(x?)'
    pattern_requirements:
      min_uppercase: 4
      ignore_if_contains: [demo]
)";
constexpr const char* kSpaces = R"(
    pattern: |
      (?xi)
      nfg_ [ a-z 0-9 \  \# ]{8}   # eight
      \s \+ [[:digit:]x-]{2}
      (?-i: Q ) \x41 \x{42} [\x43-\x45]
)";
constexpr const char* kSecondGroup = R"(
    pattern: 'ofg_([a-z]{2})([a-z0-9]{8})'
    betterleaks_secret_group: 2
    min_entropy: 2.9
)";
constexpr const char* kBoundary = "\n    pattern: 'pfg_([a-z0-9-]{8})\\b'\n";
constexpr const char* kGap = R"(
    pattern: '(?i)qfg(?:.|[\n\r]){0,64}?\b([a-z0-9]{10})\b'
    min_entropy: 2.5
)";
constexpr const char* kGreedy = R"(
    pattern: 'SECRET_KEY.{1,16}?\b([a-zA-Z0-9*!$@\#&_%^-]{12,16})\b'
    min_entropy: 2.5
)";
constexpr const char* kTwoBits = "\n    pattern: 'rfg_([a-z]{4})'\n    min_entropy: 2\n";
constexpr const char* kNoBits = "\n    pattern: 'sfg_([a-z]{4})'\n";
constexpr const char* kDollar = "\n    pattern: 'tfg_([a-z]{4})$'\n";
constexpr const char* kLines = "\n    pattern: '(?m)^ufg_([a-z]{4})$'\n";
constexpr const char* kOrder = "\n    pattern: 'vfg_(ab|abcd)([a-z]?)'\n";
constexpr const char* kBytes = "\n    pattern: 'wfg_(\\w{3}\\W\\S)'\n";
constexpr const char* kPath = "\n    pattern: 'jfg_[a-z0-9]{8}'\n    path: '(?i)\\.TXT$'\n";
constexpr const char* kOtherPath = "\n    pattern: 'jfg_[a-z0-9]{8}'\n    path: '\\.java$'\n";

constexpr ParityCase kParity[] = {
    {"Crc", kCrc, "k = acme_Zq3pT9vLx2MnB7cD5fGh1JkR4sWy8u0NCOnr",
     "Zq3pT9vLx2MnB7cD5fGh1JkR4sWy8u"},
    {"CrcWrong", kCrc, "k = acme_Zq3pT9vLx2MnB7cD5fGh1JkR4sWy8u0NCOns", ""},
    {"LittleEndian", kLittleEndian, "le_ab12cd34.E5xRDA", "le_ab12cd34"},
    {"LittleEndianWrong", kLittleEndian, "le_ab12cd34.AAAAAA", ""},
    {"Sha", kShaIfThere, "sha_ab12cd34_3HAAYVL4", "sha_ab12cd34"},
    {"ShaWrong", kShaIfThere, "sha_ab12cd34_AAAAAAAA", ""},
    {"ShaNotThere", kShaIfThere, "sha_ab12cd34_ ", "sha_ab12cd34"},
    {"ShaNotThereButNeeded", kShaAlways, "sha_ab12cd34_ ", ""},
    {"Appended", kAppended, "gl-ab12cd34.01.0z06054gy", "ab12cd34"},
    {"AppendedWrong", kAppended, "gl-ab12cd34.01.0z0000000", ""},
    {"Token", kToken, "cfg_abc=q1w2e3r4", "q1w2e3r4"},
    {"TokenWithFewDigits", kToken, "cfg_abc=qqwwee11", ""},
    {"FillerOfDigits", kToken, "cfg_abc=x123456789", ""},
    {"FillerOfLetters", kToken, "cfg_abc=abcdefghij123", ""},
    {"NamedBeforeFirst", kNamed, "dfg_abc=q1w2e3r4", "q1w2e3r4"},
    {"FirstGroup", kEither, "efg_a=qwerty", "qwerty"},
    {"FirstGroupTookNoPart", kEither, "efg_b=qwerty", "efg_b=qwerty"},
    {"OneGroupIsAskedItself", kOneGroup, "TEST_ffg_Ab$defgh", "Ab$defgh"},
    {"OneGroupWithoutSpecial", kOneGroup, "TEST_ffg_Ab!defgh", ""},
    {"OneGroupWithAWord", kOneGroup, "TEST_ffg_DeMo$abc", ""},
    {"OneGroupWithoutCapital", kOneGroup, "TEST_ffg_ab$defgh", ""},
    {"TwoGroupsAskTheMatch", kTwoGroups, "TEST_gfg_q1w2e3r4", "q1w2e3r4"},
    {"TwoGroupsWithAWord", kTwoGroups, "TEST_gfg_demo1234x", ""},
    {"FreeSpacing", kSpaces, "NFG_ab 1#2 c +7xQABD", "NFG_ab 1#2 c +7xQABD"},
    {"FreeSpacingOtherClass", kSpaces, "NFG_ab-1#2 c +7xQABD", ""},
    {"FreeSpacingOtherCase", kSpaces, "NFG_ab 1#2 c +7xqABD", ""},
    {"GroupOfBetterleaks", kSecondGroup, "ofg_zzq1w2e3r4", "q1w2e3r4"},
    {"GroupOfBetterleaksIsDull", kSecondGroup, "ofg_zzqqqqqqqq", ""},
    {"EndBehindADash", kBoundary, "pfg_abcdefg-h", ""},
    {"EndBehindALetter", kBoundary, "pfg_ab-defgh i", "ab-defgh"},
    {"GreedyEndsBehindALetter", kGreedy, "SECRET_KEY = \"abcdefgh12345_X^IHP\"", "abcdefgh12345_X"},
    {"Gap", kGap, "QFG: q1w2e3r4t5", "q1w2e3r4t5"},
    {"GapBeforeADullOne", kGap, "QFG: qqqqqqqqqq q1w2e3r4t5", ""},
    {"GapBeforeTwo", kGap, "QFG: q1w2e3r4t5 z0x9c8v7b6", "q1w2e3r4t5"},
    {"AsManyBitsAsAsked", kTwoBits, "rfg_abcd", ""},
    {"NoBits", kNoBits, "sfg_aaaa", ""},
    {"SomeBits", kNoBits, "sfg_aaab", "aaab"},
    {"AtTheEnd", kDollar, "tfg_abcd", "abcd"},
    {"BeforeALastLineFeed", kDollar, "tfg_abcd\n", "abcd"},
    {"BeforeALineFeed", kDollar, "tfg_abcd\nx", ""},
    {"Lines", kLines, "x\nufg_abcd\ny", "abcd"},
    {"LinesBegin", kLines, "xufg_abcd\ny", ""},
    {"LinesOfWindows", kLines, "ufg_abcd\r\ny", ""},
    {"FirstAlternative", kOrder, "vfg_abcd", "ab"},
    {"Bytes", kBytes, "wfg_abc-x", "abc-x"},
    {"BytesOfUtf8", kBytes, "wfg_abc\xC3\xBCx", "abc\xC3\xBC"},
    {"Path", kPath, "jfg_q1w2e3r4", "jfg_q1w2e3r4"},
    {"OtherPath", kOtherPath, "jfg_q1w2e3r4", ""},
};

RuleSet set_of(const std::string& keys) {
  const std::string text = "rules:\n  - name: Acme\n    id: acme" + keys;
  const auto rules = parse_rules(text, "acme.yml", {});
  EXPECT_TRUE(rules.has_value()) << (rules ? "" : rules.error().message());
  return make_set(rules ? *rules : std::vector<Rule>());
}

std::vector<std::string> secrets(const std::string& keys, std::string_view view) {
  const RuleSet set = set_of(keys);
  ViewContext context;
  context.path = "a.txt";
  Matcher matcher(set);
  Collector found;
  EXPECT_TRUE(matcher.scan(view, context, found).has_value());
  Matcher judge(set);
  Collector plain;
  EXPECT_TRUE(judge.scan_plainly(view, context, plain).has_value());
  EXPECT_EQ(found.seen, plain.seen);
  std::vector<std::string> values;
  for (const Match& match : found.matches) values.emplace_back(slice(view, match.secret));
  return values;
}

class KingfisherParity : public testing::TestWithParam<ParityCase> {};
TEST_P(KingfisherParity, FindsWhatKingfisherFinds) {
  std::vector<std::string> expected;
  if (*GetParam().found != '\0') expected.emplace_back(GetParam().found);
  EXPECT_EQ(secrets(GetParam().rule, GetParam().text), expected);
}
INSTANTIATE_TEST_SUITE_P(Table, KingfisherParity, testing::ValuesIn(kParity),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Kingfisher, ARightChecksumSettlesTheMatter) {
  const RuleSet set = set_of(kCrc);
  Matcher matcher(set);
  Collector found;
  ASSERT_TRUE(matcher.scan("acme_Zq3pT9vLx2MnB7cD5fGh1JkR4sWy8u0NCOnr", {}, found).has_value());
  ASSERT_EQ(found.matches.size(), 1U);
  EXPECT_TRUE(found.matches[0].verified);
  EXPECT_EQ(found.matches[0].why, "checksum correct");
}

TEST(Kingfisher, EntropyIsOfBytes) {
  EXPECT_FLOAT_EQ(kingfisher_entropy(""), 0);
  EXPECT_FLOAT_EQ(kingfisher_entropy("abcd"), 2);
  EXPECT_FLOAT_EQ(kingfisher_entropy("\xC3\xA9\xC3\xA8"), 1.5);
}

// The cases of the Unicode standard, 3.9, table 3-8: one replacement for each longest beginning.
TEST(Kingfisher, BytesThatAreNoTextBecomeReplacements) {
  EXPECT_EQ(lossy_utf8("a\xC3\xA9"), "a\xC3\xA9");
  EXPECT_EQ(lossy_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(lossy_utf8("\xF1\x80\x80\xE1\x80\xC2 b"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD b");
  EXPECT_EQ(lossy_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(lossy_utf8("\xFF"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace nhi
