// Documents around channels: groups, libraries, server backups; damage and size.
#include <gtest/gtest.h>

#include "scanner/definitions/mirth_test_support.hpp"

namespace nhi {
namespace {

using test::channel;
using test::connector;
using test::credentials;
using test::fake;
using test::read;
using Names = std::vector<std::string>;

std::string writer(const std::string& secret, std::string_view name = "W") {
  return connector(
      "jdbc.DatabaseDispatcherProperties", "Database Writer", name,
      "<url>jdbc:mysql://h/d</url><username>u</username><password>" + secret + "</password>");
}

std::string entry(std::string_view key, std::string_view value) {
  return "<entry><string>" + std::string(key) +
         "</string><com.mirth.connect.util.ConfigurationProperty><value>" + std::string(value) +
         "</value><comment>c</comment></com.mirth.connect.util.ConfigurationProperty></entry>";
}

TEST(MirthDocument, ServerBackupJoinsStubsAndReportsOnce) {
  const std::string document =
      "<serverConfiguration version=\"4.5.0\"><date>d</date><channelGroups><channelGroup>"
      "<name>Maternity</name><channels><channel version=\"4.5.0\"><id>11aa</id><revision>1"
      "</revision></channel></channels></channelGroup></channelGroups><channels>" +
      channel("", writer(fake(30)), test::enabled_since_3_5("true")) +
      "</channels><users><user><username>admin</username></user></users>"
      "<codeTemplateLibraries><codeTemplateLibrary><name>Lib</name><codeTemplates><codeTemplate>"
      "<name>Con</name><properties><code>createDatabaseConnection('d','jdbc:mysql://t/d','tu','" +
      fake(31) +
      "')</code></properties></codeTemplate></codeTemplates></codeTemplateLibrary>"
      "</codeTemplateLibraries><serverSettings><smtpHost>mail</smtpHost><smtpPort>25</smtpPort>"
      "<smtpAuth>true</smtpAuth><smtpUsername>su</smtpUsername><smtpPassword>" +
      fake(32) +
      "</smtpPassword></serverSettings><globalScripts><entry><string>Deploy</string><string>"
      "createDatabaseConnection('d','jdbc:mysql://g/d','gu','" +
      fake(33) +
      "')</string></entry>"
      "</globalScripts><configurationMap>" +
      entry("PAS_DB_URL", "jdbc:sqlserver://PAS01;databaseName=P") + entry("PAS_DB_User", "pu") +
      entry("PAS_DB_Password", fake(34)) + entry("password.minlength", "8") +
      entry("token_url", "https://h/token") + entry("EMPTY_PASSWORD", "") +
      "</configurationMap></serverConfiguration>";
  const Definition definition = read(document);
  EXPECT_EQ(definition.format, "mirth.server-configuration");
  EXPECT_FALSE(definition.fault.has_value());
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 5U);
  const struct {
    Names component;
    std::string_view target, account;
  } rows[] = {
      {{"Maternity", "ADT to PAS", "W"}, "jdbc:mysql://h/d", "u"},
      {{"Lib", "Con"}, "jdbc:mysql://t/d", "tu"},
      {{"server settings"}, "smtp://mail:25", "su"},
      {{"global scripts", "Deploy"}, "jdbc:mysql://g/d", "gu"},
      {{"configuration map", "PAS_DB_Password"}, "jdbc:sqlserver://pas01/P", "pu"},
  };
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found[i]->owner.component, rows[i].component);
    EXPECT_EQ(found[i]->target, rows[i].target);
    EXPECT_EQ(found[i]->account, rows[i].account);
    EXPECT_EQ(found[i]->secret.reveal(), fake(30 + static_cast<int>(i)));
    EXPECT_EQ(test::text_at(document, found[i]->secret_span), fake(30 + static_cast<int>(i)));
  }
}

TEST(MirthDocument, GroupExportNamesTheGroup) {
  const Definition definition =
      read("<channelGroup version=\"4.5.0\"><id>g</id><name>Labs</name><channels>" +
           channel("", writer(fake(35))) + "</channels></channelGroup>");
  EXPECT_EQ(definition.format, "mirth.channel-group");
  ASSERT_EQ(definition.sites.size(), 1U);
  EXPECT_EQ(definition.sites[0].owner.component, (Names{"Labs", "ADT to PAS", "W"}));
}

TEST(MirthDocument, DamageKeepsWhatWasRead) {
  const std::string whole = channel("", writer(fake(42)) + writer(fake(43), "Second"));
  const std::size_t after_first = whole.find(fake(42)) + 40;
  for (std::size_t cut = after_first; cut < whole.size() - 11; cut += 7) {
    const auto definition = read_definition(std::string_view(whole).substr(0, cut), "x.xml");
    ASSERT_TRUE(definition.has_value());
    ASSERT_TRUE(definition->fault.has_value());
    EXPECT_EQ(definition->fault->code, ErrorCode::kMalformed);
    ASSERT_FALSE(definition->sites.empty());
    EXPECT_EQ(definition->sites[0].secret.reveal(), fake(42));
    EXPECT_EQ(definition->sites[0].owner.component[0], "ADT to PAS");
  }
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    (void)read_definition(std::string_view(whole).substr(0, cut), "x.xml");
  }
}

TEST(MirthDocument, BombsAndDepthAreHarmless) {
  const std::string bomb =
      "<!DOCTYPE channel [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>" +
      channel("", writer("&c;"));
  const auto definition = read_definition(bomb, "x.xml");
  ASSERT_TRUE(definition.has_value());
  ASSERT_EQ(definition->sites.size(), 1U);
  EXPECT_LT(definition->sites[0].secret.size(), 10U);
  std::string deep = "<channel version='4'><id>1</id><name>n</name>";
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  const auto faulty = read_definition(deep, "x.xml");
  ASSERT_TRUE(faulty.has_value());
  EXPECT_TRUE(faulty->fault.has_value());
}

// A backup of 50 MB: hundreds of channels with scripts of 100 kB. Every credential is found once.
TEST(MirthDocument, LargeBackupIsReadInOnePass) {
  std::string padding;
  while (padding.size() < 100'000) {
    padding += "var x" + std::to_string(padding.size()) + " = msg[&apos;PID&apos;][0]; // it\n";
  }
  std::string document = "<serverConfiguration version=\"4.5.0\"><channels>";
  int channels = 0;
  while (document.size() < 50'000'000) {
    const std::string number = std::to_string(channels++);
    document += "<channel version=\"4.5.0\"><id>" + number + "</id><name>Channel " + number +
                "</name><sourceConnector><transportName>JavaScript Reader</transportName>"
                "</sourceConnector><destinationConnectors>" +
                writer(fake(channels)) + "</destinationConnectors><deployScript>" + padding +
                "</deployScript></channel>";
  }
  document += "</channels></serverConfiguration>";
  const auto definition = read_definition(document, "backup.xml");
  ASSERT_TRUE(definition.has_value());
  EXPECT_FALSE(definition->fault.has_value());
  EXPECT_EQ(definition->sites.size(), static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < definition->sites.size(); ++i) {
    EXPECT_EQ(definition->sites[i].owner.component[0], "Channel " + std::to_string(i));
  }
}

}  // namespace
}  // namespace nhi
