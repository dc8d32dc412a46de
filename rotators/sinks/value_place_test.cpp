#include "rotators/sinks/value_place.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

std::function<bool(Bytes)> equals(std::string_view value) {
  return [value](Bytes other) { return other == value; };
}

struct LocateCase {
  std::string_view name;
  Format format;
  std::string_view document, old_value, account;
  std::vector<ValueRef> secrets, accounts;  // accounts: one a secret; an empty path for none
};
const LocateCase kLocateCases[] = {
    {"Properties",
     Format::kProperties,
     "db.user=svc\ndb.password=s3\\u0063ret\n",
     "s3cret",
     "svc",
     {{"db.password", 0, "", {}}},
     {{"db.user", 0, "", {}}}},
    {"DoubledKeys",
     Format::kEnv,
     "A=s3cret\nA=x\nA='s3cret'\n",
     "s3cret",
     "",
     {{"A", 0, "", {}}, {"A", 2, "", {}}},
     {{}, {}}},
    {"Sections",
     Format::kIni,
     "[a]\nuser=svc\npw=x\n[b]\nuser=svc\npw=s3cret\n",
     "s3cret",
     "svc",
     {{"[b] pw", 0, "", {}}},
     {{"[b] user", 0, "", {}}}},
    {"TwoSiblingsAreNone",
     Format::kJson,
     R"({"u":"svc","v":"svc","p":"s3cret"})",
     "s3cret",
     "svc",
     {{"$.p", 0, "", {}}},
     {{}}},
    {"YamlBlock",
     Format::kYaml,
     "u: svc\nk: |\n  a\n  b\n",
     "a\nb",
     "svc",
     {{"$.k", 0, "", {"trim"}}},
     {{"$.u", 0, "", {}}}},
    {"XmlElements",
     Format::kXml,
     "<a><u>svc</u><c><u>svc</u><p>\n s3cret</p></c></a>",
     "s3cret",
     "svc",
     {{"/a/c/p", 0, "", {"trim"}}},
     {{"/a/c/u", 0, "", {}}}},
    {"XmlAttributes",
     Format::kXml,
     R"(<a><c u="svc" p="s3&#99;ret"/><c u="svc"/></a>)",
     "s3cret",
     "svc",
     {{"/a/c/@p", 0, "", {}}},
     {{"/a/c/@u", 0, "", {}}}},
    {"XmlMixed",
     Format::kXml,
     R"(<a u="svc"><p>s3cret</p></a>)",
     "s3cret",
     "svc",
     {{"/a/p", 0, "", {}}},
     {{"/a/@u", 0, "", {}}}},
    {"ConnectionString",
     Format::kJson,
     R"({"u":"x","cs":"Server=h;Uid=svc;Pwd=\"s;t\""})",
     "s;t",
     "x",
     {{"$.cs", 0, "secret", {}}},
     {{"$.cs", 0, "account", {}}}},
    {"Url",
     Format::kEnv,
     "URL=amqp://svc:s3%63ret@h/\n",
     "s3cret",
     "",
     {{"URL", 0, "secret", {}}},
     {{"URL", 0, "account", {}}}},
    {"KubernetesSecret",
     Format::kYaml,
     "data:\n  user: c3Zj\n  password: czNjcmV0cw==\n",
     "s3crets",
     "",
     {{"$.data.password", 0, "", {"base64"}}},
     {{}}},
    {"Base64WithLineEnd",
     Format::kYaml,
     "data:\n  password: czNjcmV0Cg==\n",
     "s3cret",
     "",
     {{"$.data.password", 0, "", {"base64", "trim"}}},
     {{}}},
    {"BasicAuthorization",
     Format::kProperties,
     "h=Basic c3ZjOnMzY3JldA==\n",
     "s3cret",
     "",
     {{"h", 0, "secret", {"basic", "base64"}}},
     {{"h", 0, "account", {"basic", "base64"}}}},
    {"Percent",
     Format::kProperties,
     "p=s3%63ret\n",
     "s3cret",
     "",
     {{"p", 0, "", {"percent"}}},
     {{}}},
    {"Pgpass",
     Format::kPgpass,
     "h:1:d:svc:x\nh:1:d:svc:s3\\:cret\n",
     "s3:cret",
     "svc",
     {{"entry[2] password", 0, "", {}}},
     {{"entry[2] user", 0, "", {}}}},
    {"Nothing", Format::kEnv, "A=b\n", "s3cret", "svc", {}, {}},
};
class Locate : public testing::TestWithParam<LocateCase> {};
TEST_P(Locate, FindsEveryPlaceAndItsAccount) {
  const LocateCase& row = GetParam();
  const PlaceHints hints{std::string(row.account), {}};
  const auto found = locate(row.document, row.format, hints, equals(row.old_value));
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), row.secrets.size());
  for (std::size_t i = 0; i < found->size(); ++i) {
    const FoundValue& one = (*found)[i];
    EXPECT_EQ(one.secret, row.secrets[i]) << one.secret.path;
    ASSERT_EQ(one.account.has_value(), !row.accounts[i].path.empty());
    if (one.account) {
      EXPECT_EQ(*one.account, row.accounts[i]) << one.account->path;
    }
    const auto value = value_at(row.document, row.format, one.secret);
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(value->reveal(), row.old_value);
  }
}
INSTANTIATE_TEST_SUITE_P(Table, Locate, testing::ValuesIn(kLocateCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LocateHints, ASpanTellsTheAccountWhereverItIs) {
  const std::string document = R"({"a":{"p":"s3cret"},"b":{"u":"svc"},"c":{"u":"svc"}})";
  const std::size_t at = document.rfind("svc");
  for (const std::string& account : {std::string("svc"), std::string()}) {
    const auto found = locate(document, Format::kJson, {account, {at, at + 3}}, equals("s3cret"));
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    ASSERT_TRUE((*found)[0].account.has_value());
    EXPECT_EQ((*found)[0].account->path, "$.c.u");
  }
}

TEST(LocateHints, SpansAreOfTheStoredBytes) {
  std::string document = "\xFF\xFE";
  for (const char c : std::string_view("u=svc\np=s3cret\n")) document += std::string{c, '\0'};
  const auto found = locate(document, Format::kProperties, {"svc", {6, 12}}, equals("s3cret"));
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].span, (Span{18, 30}));
  ASSERT_TRUE((*found)[0].account.has_value());
  EXPECT_EQ((*found)[0].account->path, "u");
}

TEST(LocateLimits, AreErrors) {
  std::string many;
  for (std::size_t i = 0; i <= kPlacesMax; ++i) many += "A=s3cret\n";
  EXPECT_EQ(locate(many, Format::kEnv, {}, equals("s3cret")).error().code, ErrorCode::kTooLarge);
  const std::string deep = std::string(kPlacePathBytesMax + 1, 'k') + "=s3cret\n";
  EXPECT_EQ(locate(deep, Format::kEnv, {}, equals("s3cret")).error().code, ErrorCode::kTooLarge);
  const std::string large = "A=" + std::string(kPlaceValueBytesMax + 1, 'x');
  const auto any = [](Bytes) { return true; };
  EXPECT_TRUE(locate(large, Format::kEnv, {}, any)->empty());
  EXPECT_EQ(locate("{", Format::kJson, {}, any).error().code, ErrorCode::kMalformed);
}

TEST(ValueAt, SaysWhatIsNotThere) {
  EXPECT_EQ(value_at("A=b\n", Format::kEnv, {"B", 0, "", {}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(value_at("A=b\n", Format::kEnv, {"A", 1, "", {}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(value_at("A=b\n", Format::kEnv, {"A", 0, "secret", {}}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(value_at("A=b\n", Format::kEnv, {"A", 0, "target", {}}).error().code,
            ErrorCode::kBadUse);
  EXPECT_EQ(value_at("A=b\n", Format::kEnv, {"A", 0, "", {"rot13"}}).error().code,
            ErrorCode::kBadUse);
}

}  // namespace
}  // namespace nhi
