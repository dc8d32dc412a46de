#include "scanner/rules/checksum_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string render(std::string_view text, const TemplateVariables& variables = {}) {
  const auto made = ChecksumTemplate::parse(text);
  if (!made) return "refused: " + made.error().what;
  return made->render(variables).value_or("none");
}

struct FilterCase {
  const char* name;
  const char* text;
  const char* result;
};
// Values of Kingfisher's own tests (2.14, liquid_filters.rs), but for those marked.
constexpr FilterCase kFilters[] = {
    {"Crc32", R"({{ "hello" | crc32 }})", "907060870"},
    {"Base62", R"({{ "hello" | crc32 | base62 }})", "zNvy2"},
    {"Base62Wide", R"({{ "hello" | crc32 | base62: 6 }})", "0zNvy2"},
    {"Base36", "{{ 123456 | base36 }}", "2n9c"},
    {"Base36Wide", "{{ 123456 | base36: 6 }}", "002n9c"},
    {"Crc32Dec", R"({{ "hello" | crc32_dec }})", "907060870"},
    {"Crc32DecCut", R"({{ "hello" | crc32_dec: 6 }})", "060870"},
    {"Crc32Hex", R"({{ "hello" | crc32_hex }})", "3610a686"},
    {"Crc32HexCut", R"({{ "hello" | crc32_hex: 4 }})", "a686"},
    {"Crc32HexWide", R"({{ "hello" | crc32_hex: 10 }})", "003610a686"},
    {"Crc32LeB64", R"({{ "hello" | crc32_le_b64 }})", "hqYQNg=="},
    {"Crc32LeB64Cut", R"({{ "hello" | crc32_le_b64: 6 }})", "hqYQNg"},
    {"Sha256B32", R"({{ "hello" | sha256_b32 }})",
     "FTZE3OS7WCRQ4JXIHMVMLOPCTYNRMHS4D6TUEXTTAQZWFE4LTASA===="},
    {"Sha256B32Cut", R"({{ "hello" | sha256_b32: 4 }})", "FTZE"},
    {"Sha256B32Wide", R"({{ "hello" | sha256_b32: 58 }})",
     "FTZE3OS7WCRQ4JXIHMVMLOPCTYNRMHS4D6TUEXTTAQZWFE4LTASA======"},
    {"Sha256", R"({{ "hello" | sha256 }})",  // FIPS 180-4, as any tool computes it
     "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
    {"B64Enc", R"({{ "hello" | b64enc }})", "aGVsbG8="},
    {"B64UrlEnc", R"({{ "++??" | b64url_enc }})", "Kys_Pw"},
    {"Suffix", R"({{ "abcdef" | suffix: 3 }})", "def"},
    {"SuffixLong", R"({{ "short" | suffix: 10 }})", "short"},
    {"SuffixNone", R"({{ "value" | suffix: 0 }})", ""},
    {"SuffixAll", R"({{ "value" | suffix }})", "value"},
    {"Prefix", R"({{ "abcdef" | prefix: 3 }})", "abc"},
    {"PrefixNone", R"({{ "value" | prefix: 0 }})", ""},
    {"Replace", R"({{ "hello world" | replace: "world", "mars" }})", "hello mars"},
    {"Append", R"({{ "a" | append: "b" | prepend: 'c' }})", "cab"},  // of Liquid itself
    {"LstripChars", R"({{ "0012" | lstrip_chars: "0" }})", "12"},
    {"PrefixOfCharacters", "{{ \"\xC3\xA9t\xC3\xA9\" | prefix: 2 }}", "\xC3\xA9t"},  // ours
    {"SuffixOfCharacters", "{{ \"\xC3\xA9t\xC3\xA9\" | suffix: 1 }}", "\xC3\xA9"},   // ours
    {"TextIsNoNumber", R"({{ "abc" | base62: 2 }})", "00"},
    {"TextIsANumber", R"({{ "61" | base62 }})", "z"},
    {"WholePartCounts", R"({{ "61.9" | base62 }})", "z"},
};
class ChecksumFilter : public testing::TestWithParam<FilterCase> {};
TEST_P(ChecksumFilter, GivesWhatKingfisherGives) {
  EXPECT_EQ(render(GetParam().text), GetParam().result);
}
INSTANTIATE_TEST_SUITE_P(Table, ChecksumFilter, testing::ValuesIn(kFilters),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ChecksumTemplate, PutsValuesIntoText) {
  const TemplateVariables variables = {{"body", "hello"}, {"BODY", "hello"}, {"n", "7"}};
  EXPECT_EQ(render("a-{{ body }}-{{ n }}", variables), "a-hello-7");
  EXPECT_EQ(render(R"({{ "x" | append: BODY | append: n }})", variables), "xhello7");
  EXPECT_EQ(render("{{ other }}", variables), "none");
  EXPECT_EQ(render("{{ body | append: other }}", variables), "none");
  EXPECT_EQ(render("plain"), "plain");
  // Of equal names the last counts.
  EXPECT_EQ(render("{{ a }}", {{"a", "1"}, {"a", "2"}}), "2");
}

TEST(ChecksumTemplate, TellsTheNamesItAsksFor) {
  const auto made = ChecksumTemplate::parse("{{ a | append: b }}{{ a }}{{ MATCH | suffix: 6 }}");
  ASSERT_TRUE(made);
  EXPECT_THAT(made->names(), ElementsAre("a", "b", "MATCH"));
}

TEST(ChecksumTemplate, RefusesWhatItDoesNotHonour) {
  EXPECT_THAT(render("{% if a %}x{% endif %}"), HasSubstr("a tag"));
  EXPECT_THAT(render("{{ a | uuid }}"), HasSubstr("filter 'uuid'"));
  EXPECT_THAT(render("{{ a | b64dec }}"), HasSubstr("filter 'b64dec'"));
  EXPECT_THAT(render("{{ a"), HasSubstr("'{{' without '}}'"));
  EXPECT_THAT(render("{{ }}"), HasSubstr("no value"));
  EXPECT_THAT(render("{{ a b }}"), HasSubstr("'b "));
  EXPECT_THAT(render("{{ 'a }}"), HasSubstr("quote"));
  EXPECT_THAT(render("{{ 1a }}"), HasSubstr("no value"));
  EXPECT_THAT(render("{{- a }}"), HasSubstr("white space"));
  EXPECT_THAT(render("{{ a | append }}"), HasSubstr("wrong number"));
  EXPECT_THAT(render("{{ a | crc32: 3 }}"), HasSubstr("wrong number"));
  EXPECT_THAT(render("{{ a | suffix: b }}"), HasSubstr("whole number"));
  EXPECT_THAT(render("{{ a | base62: 99999 }}"), HasSubstr("whole number"));
  EXPECT_THAT(render("{{ a | replace: '', 'x' }}"), HasSubstr("no text to look for"));
  EXPECT_THAT(render(std::string(5000, 'x')), HasSubstr("4 KiB"));
}

TEST(ChecksumTemplate, OffersTheNearestFilter) {
  const auto made = ChecksumTemplate::parse("{{ a | crc23 }}");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().hint, "did you mean 'crc32'?");
}

}  // namespace
}  // namespace nhi
