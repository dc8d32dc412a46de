#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <array>

#include "scanner/grammar/test_support.hpp"

namespace nhi {
namespace {

using test::PathText;
using test::Random;
using test::read_all;

struct YamlCase {
  std::string_view name, document;
};
// Each is compared with what yaml-cpp reads.
constexpr YamlCase kYamlCases[] = {
    {"Mapping", "a: x\nb: y\n"},
    {"Nested", "a:\n  b: x\n  c:\n    d: y\ne: z\n"},
    {"Sequence", "- x\n- y\n"},
    {"SequenceInMapping", "a:\n  - x\n  - y\nb: z\n"},
    {"SequenceAtSameColumn", "a:\n- x\n- y\nb: z\n"},
    {"MappingsInSequence", "- a: x\n  b: y\n- a: z\n"},
    {"SequenceInSequence", "- - x\n  - y\n- - z\n"},
    {"Quoted", "a: 'it''s'\nb: \"x\\ty\\u0041\"\n'c d': e\n\"f\": g\n"},
    {"UrlIsPlain", "a: http://h:1/p\n"},
    {"Comment", "# c\na: x # y\nb: x#y\n"},
    {"PlainOverLines", "a: x\n  y\n  z\nb: c\n"},
    {"QuotedOverLines", "a: \"x\n  y\n\n  z\"\nb: 'p\n  q'\n"},
    {"EscapedLineBreak", "a: \"x\\\n  y\"\n"},
    {"Literal", "a: |\n  x\n   y\n\n  z\nb: c\n"},
    {"LiteralStrip", "a: |-\n  x\n  y\n"},
    {"LiteralKeep", "a: |+\n  x\n\nb: c\n"},
    {"LiteralIndent", "a: |2\n    x\n  y\n"},
    {"Folded", "a: >\n  x\n  y\n\n  z\n   more\n  end\nb: c\n"},
    {"FoldedStrip", "a: >-\n  x\n  y\n"},
    {"BlockInSequence", "- |\n  x\n- y\n"},
    {"FlowMapping", "a: {b: x, c: 'y', \"d\": z}\n"},
    {"FlowSequence", "a: [x, 'y', \"z\", 1]\n"},
    {"FlowNested", "a: {b: [x, {c: y}], d: {}, e: []}\n"},
    {"FlowOverLines", "a: [\n  x,\n  y,\n]\nb: {\n  c: z\n}\n"},
    {"FlowJsonLike", "{\"a\":\"x\",\"b\":[1,2],\"c\":{\"d\":null}}\n"},
    {"FlowPair", "[a: x, b]\n"},
    {"Windows", "a: x\r\nb:\r\n  - y\r\n  - z\r\n"},
    {"DocumentMark", "---\na: x\n"},
    {"Tags", "a: !!str 5\nb: !foo {c: x}\n"},
    {"Anchor", "a: &x y\nb: z\n"},
    {"AnchorOnMapping", "a: &x\n  b: c\n"},
    {"ExplicitKey", "? a\n: x\n? b\n: y\n"},
    {"DashInPlain", "a: -x\nb: a-b - c\n"},
    {"ColonInPlain", "a: b:c\nd: ::x\n"},
    {"SpecialWords", "a: ~x\nb: true\nc: '~'\n"},
    {"DeepDedent", "a:\n  b:\n    c:\n      - d: x\n        e: y\nf: z\n"},
    {"EmptyLines", "\n\na: x\n\n\nb: y\n\n"},
    {"RootScalar", "x\n"},
    {"RootQuoted", "'x'\n"},
    {"NoFinalNewline", "a:\n  - x"},
    {"LiteralAtEnd", "a: |\n  x"},
    {"TabAfterColon", "a:\tx\n"},
};

void list_yaml(const YAML::Node& node, const std::string& path, std::vector<PathText>& out) {
  if (node.IsMap()) {
    for (const auto& pair : node) list_yaml(pair.second, path + "." + pair.first.Scalar(), out);
  } else if (node.IsSequence()) {
    std::size_t i = 0;
    for (const auto& item : node) list_yaml(item, path + "[" + std::to_string(i++) + "]", out);
  } else {
    out.emplace_back(path, node.IsNull() ? "" : node.Scalar());
  }
}

// yaml-cpp gives null for `~` and `null` too; we keep the words.
void words_of_null(std::vector<PathText>& values) {
  for (auto& [path, text] : values) {
    if (text == "~" || text == "null" || text == "Null" || text == "NULL") text.clear();
  }
}

class YamlText : public testing::TestWithParam<YamlCase> {};
TEST_P(YamlText, IsReadAsYamlCppReadsIt) {
  const std::string document(GetParam().document);
  std::vector<PathText> want;
  list_yaml(YAML::Load(document), "$", want);
  auto reading = read_all(Format::kYaml, document);
  ASSERT_TRUE(reading.result.has_value()) << reading.result.error().message();
  EXPECT_TRUE(reading.maps_hold && reading.nested);
  words_of_null(reading.values);
  words_of_null(want);
  EXPECT_EQ(reading.values, want);
}
INSTANTIATE_TEST_SUITE_P(Table, YamlText, testing::ValuesIn(kYamlCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TokenizeYaml, ReadsNullsAliasesAndSeveralDocuments) {
  const auto reading = read_all(Format::kYaml, "a:\nb: *x\nc:\n  -\n  - d\n---\na: y\n...\n");
  EXPECT_TRUE(reading.result.has_value() && reading.nested);
  const std::vector<PathText> want = {
      {"$.a", ""}, {"$.b", "*x"}, {"$.c[0]", ""}, {"$.c[1]", "d"}, {"$.a", "y"}};
  EXPECT_EQ(reading.values, want);
}

TEST(TokenizeYaml, ReadsTemplatesThatAreNoYamlYet) {
  const auto reading = read_all(Format::kYaml,
                                "a: {{ .x }}\n{{- if .y }}\nb: [{{ p }}, q]\n{{- end }}\nc:\n"
                                "  {{- toYaml . }}\n  d: {{ u }}:{{ v }}\n");
  EXPECT_TRUE(reading.result.has_value() && reading.nested && reading.maps_hold);
  const std::vector<PathText> want = {
      {"$.a", "{{ .x }}"}, {"$.b[0]", "{{ p }}"}, {"$.b[1]", "q"}, {"$.c.d", "{{ u }}:{{ v }}"}};
  EXPECT_EQ(reading.values, want);
}

TEST(TokenizeYaml, HandsOverWhatStoodBeforeTheFault) {
  for (const std::string_view document :
       {"a: x\nb: 'y", "a: x\nb: [y", "a: x\nb: {c: [y}", "a: x\n   b: y", "a: x\n- y",
        "a: x\nb: 'y' z", "a: x\nb: c: d"}) {
    const auto reading = read_all(Format::kYaml, document);
    ASSERT_FALSE(reading.result.has_value()) << document;
    EXPECT_EQ(reading.result.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(reading.result.error().subject.starts_with("2:")) << document;
    ASSERT_GE(reading.values.size(), 1U) << document;
    EXPECT_EQ(reading.values[0], PathText("$.a", "x"));
  }
}

// Found by tests/fuzz: the reader never got past two carriage returns before a line feed.
TEST(TokenizeYaml, PassesAnyWhiteSpaceBeforeALineFeedInQuotes) {
  for (const std::string_view document :
       {"a: \"x\r\r\n  y\"\n", "a: \"x \r \r\n y\"\n", "a: 'x\r\r\n\r\r\n y'\n", "a: \"x\r\r\n"}) {
    std::size_t tokens = 0;
    (void)tokenize_yaml(document, [&](const Token& token) {
      ++tokens;
      EXPECT_LE(token.value.text.size(), 4U);
      return true;
    });
    EXPECT_GE(tokens, 1U);
  }
}

TEST(TokenizeYaml, RefusesAHundredThousandLevels) {
  EXPECT_FALSE(read_all(Format::kYaml, std::string(100'000, '[')).result.has_value());
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_FALSE(read_all(Format::kYaml, dashes + "x").result.has_value());
}

void emit_yaml(Random& random, YAML::Emitter& out, int depth) {
  static const std::array<std::string, 9> kTexts = {"x",   "a b",          "it's",  "a\"b", "k: v",
                                                    "# c", "line\nline\n", " lead", "é€"};
  const std::uint32_t kind = random.below(depth > 4 ? 1 : 3);
  if (kind == 0) {
    if (random.below(4) == 0)
      out << YAML::DoubleQuoted;
    else if (random.below(4) == 0)
      out << YAML::SingleQuoted;
    else if (random.below(4) == 0)
      out << YAML::Literal;
    out << random.pick(kTexts);
    return;
  }
  const std::uint32_t size = 1 + random.below(3);
  if (random.below(4) == 0) out << YAML::Flow;
  out << (kind == 1 ? YAML::EMITTER_MANIP(YAML::BeginSeq) : YAML::EMITTER_MANIP(YAML::BeginMap));
  for (std::uint32_t i = 0; i < size; ++i) {
    if (kind == 2) out << YAML::Key << "k" + std::to_string(i) << YAML::Value;
    emit_yaml(random, out, depth + 1);
  }
  out << (kind == 1 ? YAML::EMITTER_MANIP(YAML::EndSeq) : YAML::EMITTER_MANIP(YAML::EndMap));
}

TEST(YamlOracle, GeneratedDocumentsReadAsYamlCppReadsThem) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    YAML::Emitter emitter;
    emit_yaml(random, emitter, 0);
    const std::string document = std::string(emitter.c_str()) + "\n";
    std::vector<PathText> want;
    try {
      list_yaml(YAML::Load(document), "$", want);
    } catch (const YAML::Exception&) {
      continue;  // the emitter wrote what its own reader refuses
    }
    const auto reading = read_all(Format::kYaml, document);
    ASSERT_TRUE(reading.result.has_value())
        << document << reading.result.error().message() << " seed " << seed;
    EXPECT_TRUE(reading.maps_hold && reading.nested) << document;
    ASSERT_EQ(reading.values, want) << document << " seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 300);
}

TEST(TokenizeYaml, AnyCutIsHarmless) {
  for (const YamlCase& row : kYamlCases) {
    for (std::size_t i = 0; i < row.document.size(); ++i) {
      EXPECT_TRUE(read_all(Format::kYaml, row.document.substr(0, i)).maps_hold);
    }
  }
}

}  // namespace
}  // namespace nhi
