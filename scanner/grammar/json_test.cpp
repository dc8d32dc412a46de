#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>

#include "scanner/grammar/test_support.hpp"

namespace nhi {
namespace {

using test::PathText;
using test::Random;
using test::read_all;

TEST(TokenizeJson, WritesPaths) {
  const auto reading = read_all(Format::kJson, R"({"a":{"b":[1,{"c":"x"}],"d":null}})");
  EXPECT_TRUE(reading.result.has_value() && reading.nested);
  const std::vector<PathText> want = {{"$.a.b[0]", "1"}, {"$.a.b[1].c", "x"}, {"$.a.d", "null"}};
  EXPECT_EQ(reading.values, want);
}

struct JsonCase {
  std::string_view name, document, text;
};
constexpr JsonCase kJsonCases[] = {
    {"LineComment", "{ // note\n\"a\": \"x\" }", "x"},
    {"BlockComment", "{ /* note \" */ \"a\" /**/ : \"x\" }", "x"},
    {"TrailingComma", "{\"a\":[\"x\",],}", "x"},
    {"ByteOrderMark", "\xEF\xBB\xBF{\"a\":\"x\"}", "x"},
    {"Escapes", R"(["\"\\\/\b\f\n\r\t\u0041\u00e9"])", "\"\\/\b\f\n\r\tA\xC3\xA9"},
    {"SurrogatePair", R"(["\ud83d\ude00"])", "\xF0\x9F\x98\x80"},
    {"LoneSurrogate", R"(["\ud83dx"])", "\xEF\xBF\xBDx"},
    {"UnknownEscape", R"(["\q"])", "q"},
    {"Number", "[-1.5e3]", "-1.5e3"},
    {"SlashesInString", R"(["http://h//p"])", "http://h//p"},
    {"Lines", "{\"a\":1}\n{\"a\":\"x\"}\n", "x"},
    {"BareKey", "{a: \"x\"}", "x"},
};
class JsonText : public testing::TestWithParam<JsonCase> {};
TEST_P(JsonText, IsReadAsPeopleMeanIt) {
  const auto reading = read_all(Format::kJson, GetParam().document);
  EXPECT_TRUE(reading.result.has_value());
  EXPECT_TRUE(reading.maps_hold && reading.nested);
  ASSERT_FALSE(reading.values.empty());
  EXPECT_EQ(reading.values.back().second, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Table, JsonText, testing::ValuesIn(kJsonCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TokenizeJson, HandsOverWhatStoodBeforeTheFault) {
  for (const std::string_view document :
       {"{\"a\":\"x\",\n\"b", "{\"a\":\"x\"\n", "{\"a\":\"x\"\n]", "{\"a\":\"x\",\n\"b\":}",
        "{\"a\":\"x\",\n\"b\" 1}", "{\"a\":\"x\"\n/* "}) {
    const auto reading = read_all(Format::kJson, document);
    ASSERT_FALSE(reading.result.has_value()) << document;
    EXPECT_EQ(reading.result.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(reading.result.error().subject.starts_with("2:")) << document;
    ASSERT_GE(reading.values.size(), 1U) << document;
    EXPECT_EQ(reading.values[0], PathText("$.a", "x"));
  }
}

TEST(TokenizeJson, RefusesAHundredThousandLevels) {
  EXPECT_FALSE(read_all(Format::kJson, std::string(100'000, '[')).result.has_value());
}

nlohmann::json make_json(Random& random, int depth) {
  static const std::array<std::string, 6> kTexts = {"x", "", "a\"b\\c", "\n\t", "é€", "1 // 2"};
  const std::uint32_t kind = random.below(depth > 4 ? 4 : 6);
  if (kind == 0) return random.pick(kTexts);
  if (kind == 1) return random.below(1000);
  if (kind == 2) return random.below(2) == 0;
  if (kind == 3) return nullptr;
  nlohmann::json out = kind == 4 ? nlohmann::json::array() : nlohmann::json::object();
  const std::uint32_t size = random.below(4);
  for (std::uint32_t i = 0; i < size; ++i) {
    if (kind == 4)
      out.push_back(make_json(random, depth + 1));
    else
      out[random.pick(kTexts) + std::to_string(i)] = make_json(random, depth + 1);
  }
  return out;
}

void list_json(const nlohmann::json& node, const std::string& path, std::vector<PathText>& out) {
  if (node.is_object()) {
    for (const auto& [key, value] : node.items()) list_json(value, path + "." + key, out);
  } else if (node.is_array()) {
    std::size_t i = 0;
    for (const auto& value : node) list_json(value, path + "[" + std::to_string(i++) + "]", out);
  } else {
    out.emplace_back(path, node.is_string() ? node.get<std::string>() : node.dump());
  }
}

TEST(JsonOracle, GeneratedDocumentsReadAsNlohmannReadsThem) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    const nlohmann::json tree = make_json(random, 0);
    const std::string document =
        tree.dump(random.below(2) == 0 ? -1 : 2, ' ', random.below(2) == 0);
    std::vector<PathText> want;
    list_json(tree, "$", want);
    const auto reading = read_all(Format::kJson, document);
    EXPECT_TRUE(reading.result.has_value() && reading.maps_hold && reading.nested) << document;
    ASSERT_EQ(reading.values, want) << document;
  }
}

TEST(TokenizeJson, AnyCutIsHarmless) {
  const std::string document = R"({"a":["\u0041\n",{"b":/*c*/1}],"d":"\\"})";
  for (std::size_t i = 0; i < document.size(); ++i) {
    const auto reading = read_all(Format::kJson, std::string_view(document).substr(0, i));
    EXPECT_FALSE(reading.result.has_value());
    EXPECT_TRUE(reading.maps_hold);
  }
}

}  // namespace
}  // namespace nhi
