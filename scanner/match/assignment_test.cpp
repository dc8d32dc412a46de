#include "scanner/match/assignment.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/rules/name_family.hpp"

namespace nhi {
namespace {

struct AssignmentCase {
  std::string_view name;
  std::string_view text;  // the last stem in it whose name has a value is read
  std::string_view key;
  std::string_view value;  // empty: none is read
  Notation notation;
};

std::optional<Assignment> read(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 0;) {
    for (const NameStem& stem : kNameStems) {
      if (!chars::starts_folded(text.substr(at), stem.text)) continue;
      if (auto found = read_assignment(text, {at, at + stem.text.size()})) return found;
    }
  }
  return std::nullopt;
}

class AssignmentTest : public testing::TestWithParam<AssignmentCase> {};

TEST_P(AssignmentTest, ReadsNameAndValue) {
  const AssignmentCase& row = GetParam();
  const auto found = read(row.text);
  ASSERT_EQ(found.has_value(), !row.value.empty());
  if (!found) return;
  EXPECT_EQ(slice(row.text, found->key), row.key);
  EXPECT_EQ(slice(row.text, found->value), row.value);
  EXPECT_EQ(found->notation, row.notation);
  EXPECT_TRUE(found->whole.contains(found->value));
}

constexpr auto kSetting = Notation::kSetting;
INSTANTIATE_TEST_SUITE_P(
    Table, AssignmentTest,
    testing::Values(
        AssignmentCase{"Java", R"(String dbPassword = "a1b2c3";)", "dbPassword", "a1b2c3",
                       kSetting},
        AssignmentCase{"Json", R"({"client_secret": "a1b2c3", "x": 1})", "client_secret", "a1b2c3",
                       kSetting},
        AssignmentCase{"EscapedJson", R"("{\"token\":\"a1b2c3\"}")", "token", "a1b2c3", kSetting},
        AssignmentCase{"TypeScript", R"(const accessToken: string = 'a1b2c3')", "accessToken",
                       "a1b2c3", kSetting},
        AssignmentCase{"Go", R"(var apiKey string = "a1b2c3")", "apiKey", "a1b2c3", kSetting},
        AssignmentCase{"Rust", R"(let password: &'static str = "a1b2c3";)", "password", "a1b2c3",
                       kSetting},
        AssignmentCase{"C", R"(char password[32] = "a1b2c3";)", "password", "a1b2c3", kSetting},
        AssignmentCase{"PhpIndex", R"($config['db_password'] = "a1b2c3";)", "db_password", "a1b2c3",
                       kSetting},
        AssignmentCase{"PhpSerialised", R"(s:8:"password";s:6:"a1b2c3";)", "password", "a1b2c3",
                       Notation::kPair},
        AssignmentCase{"RubyArrow", R"(:secret_key => 'a1b2c3')", "secret_key", "a1b2c3", kSetting},
        AssignmentCase{"Raw", R"(password = r'a1b2c3')", "password", "a1b2c3", kSetting},
        AssignmentCase{"Triple", R"(password = """a1b2c3""")", "password", "a1b2c3", kSetting},
        AssignmentCase{"Wrapped", R"(token = Opaque("a1b2c3"))", "token", "a1b2c3", kSetting},
        AssignmentCase{"Fallback", R"(os.environ.get("DB_PASSWORD", "a1b2c3"))", "DB_PASSWORD",
                       "a1b2c3", Notation::kPair},
        AssignmentCase{"NextLine", "password =\n    'a1b2c3'", "password", "a1b2c3", kSetting},
        AssignmentCase{"Compare", R"(if (password == "a1b2c3"))", "password", "a1b2c3",
                       Notation::kCompare},
        AssignmentCase{"Setter", R"(ds.setPassword("a1b2c3");)", "ds.setPassword", "a1b2c3",
                       Notation::kCall},
        AssignmentCase{"Properties", "spring.datasource.password=a1(b2;c3",
                       "spring.datasource.password", "a1(b2;c3", kSetting},
        AssignmentCase{"Yaml", "db:\n  password: a1b2c3 # live\n", "password", "a1b2c3", kSetting},
        AssignmentCase{"Export", "export MYSQL_PWD=a1b2c3\n", "MYSQL_PWD", "a1b2c3", kSetting},
        AssignmentCase{"Query", "https://x/y?a=1&token=a1b2c3&z=2", "token", "a1b2c3", kSetting},
        AssignmentCase{"Connection", R"("Server=x;Password=a1b2c3;Encrypt=true")", "Password",
                       "a1b2c3", kSetting},
        AssignmentCase{"Element", "<db:password enc=\"no\"> a1b2c3 </db:password>", "password",
                       "a1b2c3", Notation::kElement},
        AssignmentCase{"Cdata", "<password><![CDATA[a1b2c3]]></password>", "password", "a1b2c3",
                       Notation::kElement},
        AssignmentCase{"NameAndValue", R"(<add key="DbPassword" value="a1b2c3" />)", "DbPassword",
                       "a1b2c3", Notation::kNamed},
        AssignmentCase{"NamedElement", R"(<entry key="db.password">a1b2c3</entry>)", "db.password",
                       "a1b2c3", Notation::kNamed},
        AssignmentCase{"Neighbours", "<string>password</string>\n<string>a1b2c3</string>",
                       "password", "a1b2c3", Notation::kNamed},
        AssignmentCase{"YamlPair", "- name: DB_PASSWORD\n  value: a1b2c3\n", "DB_PASSWORD",
                       "a1b2c3", Notation::kNamed},
        AssignmentCase{"Flag", "tool --db-password a1b2c3 x", "db-password", "a1b2c3",
                       Notation::kFlag},
        AssignmentCase{"Blank", R"(password "a1b2c3")", "password", "a1b2c3", Notation::kBlank},
        AssignmentCase{"Bytes", "authKey := []byte{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08}",
                       "authKey", "0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08",
                       Notation::kByteList},
        AssignmentCase{"EarlierStemSaysNothing", R"(secret_key_id = "a1b2c3")", "secret_key_id",
                       "a1b2c3", kSetting},
        AssignmentCase{"Empty", R"(password = "")", "", "", kSetting},
        AssignmentCase{"Open", R"(password = "a1b2c3)", "", "", kSetting},
        AssignmentCase{"Sentence", "    password: Huidig wachtwoord\n", "", "", kSetting},
        AssignmentCase{"Translation", "login.password.new=Nouvo Modpas\n", "", "", kSetting},
        AssignmentCase{"CommandEnvironment", "PGPASSWORD=a1b2c3 psql -h db01\n", "PGPASSWORD",
                       "a1b2c3", kSetting},
        AssignmentCase{"PaddedValue", "data:\n  password: YTFiMmMzZDQ=\n", "password",
                       "YTFiMmMzZDQ=", kSetting},
        AssignmentCase{"SignInsideQuotes", "password: 'a1=b2c3'", "password", "a1=b2c3", kSetting},
        AssignmentCase{"Property", R"(public string Password { get; set; } = "a1b2c3";)",
                       "Password", "a1b2c3", kSetting},
        AssignmentCase{"Basic", R"(Const DbPassword As String = "a1b2c3")", "DbPassword", "a1b2c3",
                       kSetting},
        AssignmentCase{"Block", "  password: >-\n    a1b2c3\n  user: x\n", "password", "a1b2c3",
                       kSetting},
        AssignmentCase{"BlockOfProse", "  password: |\n    the word for it\n", "", "", kSetting},
        AssignmentCase{"AngleInside", "db.password=a1<b2c3\n", "db.password", "a1<b2c3", kSetting},
        AssignmentCase{"OtherElementCloses", "<url>x://u:<password>@db01/ris</url>", "", "",
                       kSetting},
        AssignmentCase{"EndOfAValue", R"({"password": "ref:app-password", "ttl": 3600})",
                       "password", "ref:app-password", kSetting},
        AssignmentCase{"LookedUp", R"(new X("u", Configuration["Password"], "RBQ1"))", "", "",
                       kSetting},
        AssignmentCase{"UserOfCredentials", R"(new PSCredential("RBQ1\svc", $secure))", "", "",
                       kSetting},
        AssignmentCase{"Backticks", "or pass `ext1` on the options", "", "", kSetting},
        AssignmentCase{"ArnAlone", "  arn:aws:secretsmanager:eu:1:secret:app/db\n", "", "",
                       kSetting},
        AssignmentCase{"KeyOfAnEntry", R"(<entry key="db.name1">x</entry>)", "", "", kSetting},
        AssignmentCase{"AcrossWords", "ConceptStopWord = 'a1b2c3'", "", "", kSetting},
        AssignmentCase{"Arn", "x: arn:aws:secretsmanager:eu:1:secret:app/db y", "", "", kSetting},
        AssignmentCase{"Directive", "  redis_passwd  a1b2c3d4\n", "redis_passwd", "a1b2c3d4",
                       Notation::kBlank},
        AssignmentCase{"DirectiveOfTwoWords", "SetEnv DB_PASSWORD a1b2c3d4;\n", "DB_PASSWORD",
                       "a1b2c3d4", Notation::kBlank},
        AssignmentCase{"DirectiveWithoutDigit", "password required\n", "", "", kSetting},
        AssignmentCase{"DirectiveGoesOn", "password a1b2c3d4 and more\n", "", "", kSetting},
        AssignmentCase{"ArmValue", R"({"adminPassword": {"value": "a1b2c3"}})", "adminPassword",
                       "a1b2c3", kSetting},
        AssignmentCase{"ArmDefault",
                       R"("adminPassword": {"type": "securestring", "defaultValue": "a1b2c3"})",
                       "adminPassword", "a1b2c3", kSetting},
        AssignmentCase{"WebXml",
                       "<param-name>password</param-name>\n<param-value>a1b2c3</param-value>",
                       "password", "a1b2c3", Notation::kNamed},
        AssignmentCase{"OpenSsl", "openssl rsa -passin pass:a1b2c3d4 -in x", "passin", "a1b2c3d4",
                       Notation::kFlag},
        AssignmentCase{"Member", "token->next", "", "", kSetting},
        AssignmentCase{"Word", "the password of it", "", "", kSetting}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AssignmentAccount, IsTheUserNamedRightBefore) {
  for (const std::string_view text :
       {"username: svc_tie password: a1b2c3,",
        "\"username\": \"svc_tie\",\n  \"password\": \"a1b2c3\"",
        "https://x/y?login=svc_tie&password=a1b2c3", "db.user=svc_tie\ndb.password=a1b2c3\n"}) {
    const auto found = read(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(slice(text, found->account), "svc_tie") << text;
  }
  const std::string_view apart = "user = svc_tie\nhost = db01\npassword = a1b2c3\n";
  const auto found = read(apart);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->account.empty());
}

// Whatever stands around a stem: spans stay inside the view, and the read is bounded.
TEST(AssignmentFuzz, StaysInsideOfEveryText) {
  static constexpr std::string_view kParts[] = {
      "password", "key", "token", " ",  "=",  ":", "\"", "'", "\\\"", "<",
      ">",        "</",  "value", "\n", "(",  ")", "[",  "]", "{",    "0x1,",
      "name=",    "--",  ",",     ";",  "s:", "a", "-",  "_", ".",    "CDATA["};
  std::minstd_rand random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 14; ++i) text += kParts[random() % std::size(kParts)];
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const NameStem& stem : kNameStems) {
        if (!chars::starts_folded(std::string_view(text).substr(at), stem.text)) continue;
        const auto found = read_assignment(text, {at, at + stem.text.size()});
        if (!found) continue;
        ASSERT_LE(found->whole.end, text.size()) << text;
        ASSERT_TRUE(found->whole.contains(found->value) && found->whole.contains(found->key))
            << text;
        ASSERT_GE(found->value.size(), 2U) << text;
      }
    }
  }
}

// Met by the fuzzer: the end of what was read lay behind the end of the view.
TEST(Assignment, ThreeQuotesThatOneClosesEndWithTheView) {
  const std::string text = "api_token = \"\"\"k7Vd02mQ\"";
  const auto found = read(text);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(slice(text, found->value), "k7Vd02mQ");
  EXPECT_EQ(found->whole.end, text.size());
}

TEST(Assignment, AKeyOfAPairIsNoValue) {
  const auto values = [](const std::string& text, const std::string& name) {
    std::vector<std::string> found;
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
      const auto read = read_assignment(text, {at, at + 3});
      if (read) found.emplace_back(slice(text, read->value));
    }
    return found;
  };
  const std::vector<std::string> none;
  EXPECT_EQ(values(R"(<add key="db.url.of.pas" value="jdbc:x" />)", "key"), none);
  EXPECT_EQ(values(R"({"key": "db.url.of.pas", "value": "jdbc:x"})", "key"), none);
  EXPECT_EQ(values(R"(<add key="f8K2pQ9xLm" other="x" />)", "key"),
            std::vector<std::string>{"f8K2pQ9xLm"});
  EXPECT_EQ(values(R"({"apikey": "f8K2pQ9xLm", "value": "x"})", "key"),
            std::vector<std::string>{"f8K2pQ9xLm"});
}

}  // namespace
}  // namespace nhi
