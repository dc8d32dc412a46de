// mirth.properties, configuration maps as text and JSON, scripts on their own.
#include <gtest/gtest.h>

#include "scanner/definitions/mirth_test_support.hpp"

namespace nhi {
namespace {

using test::credentials;
using test::fake;
using Names = std::vector<std::string>;

TEST(MirthText, PropertiesOfTheServer) {
  const std::string shipped = std::string("81uWx") + "plDtB";
  const std::string document =
      "dir.appdata = appdata\nhttp.port = 8080\nhttps.port = 8443\n"
      "keystore.path = ${dir.appdata}/keystore.jks\nkeystore.storepass = " +
      shipped + "\nkeystore.keypass = " + fake(36) +
      "\npassword.minlength = 0\npassword.retrylimit = 0\n"
      "database = sqlserver\ndatabase.url = jdbc:jtds:sqlserver://SQL01:1433/mirthdb\n"
      "database.username = mirth\ndatabase.password = " +
      fake(37) + "\ndatabase-readonly.password = " + fake(38) +
      "\ndatabase-readonly.url = jdbc:jtds:sqlserver://SQL02:1433/mirthdb\n";
  const auto definition = read_definition(document, "conf/any.name");
  ASSERT_TRUE(definition.has_value());
  EXPECT_EQ(definition->format, "mirth.properties");
  const auto found = credentials(*definition);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_TRUE(found[0]->published_default);
  EXPECT_FALSE(found[1]->published_default);
  EXPECT_EQ(found[0]->target, "${dir.appdata}/keystore.jks");
  EXPECT_EQ(found[0]->provider, "keystore");
  EXPECT_EQ(found[2]->path, "database.password");
  EXPECT_EQ(found[2]->account, "mirth");
  EXPECT_EQ(found[2]->target, "jdbc:jtds:sqlserver://sql01:1433/mirthdb");
  EXPECT_EQ(found[2]->provider, "mssql");
  EXPECT_EQ(found[3]->target, "jdbc:jtds:sqlserver://sql02:1433/mirthdb");
  EXPECT_EQ(found[3]->account, "mirth");
  EXPECT_EQ(found[2]->owner.component, Names{"mirth.properties"});
}

TEST(MirthText, ConfigurationMapAsTextOrJsonIsKnownByName) {
  const std::string text =
      "CDS_DB_URL = jdbc:mysql://h:3306/x\nCDS_DB_UserName = root\n"
      "CDS_DB_Password = " +
      fake(39) + "\n";
  for (const std::string_view path :
       {"appdata/configuration.properties", "a/Configuration_Map.txt"}) {
    const auto definition = read_definition(text, path);
    ASSERT_TRUE(definition.has_value()) << path;
    ASSERT_EQ(definition->sites.size(), 1U);
    EXPECT_EQ(definition->sites[0].account, "root");
    EXPECT_EQ(definition->sites[0].target, "jdbc:mysql://h:3306/x");
    EXPECT_EQ(definition->sites[0].owner.component,
              (Names{"configuration map", "CDS_DB_Password"}));
  }
  EXPECT_FALSE(read_definition(text, "other.properties").has_value());
  const std::string json =
      "{\"labUser\":{\"value\":\"lab\",\"comment\":\"c\"},\"labPassword\":"
      "{\"value\":\"" +
      fake(40) + "\"},\"plainPassword\":\"" + fake(41) + "\"}";
  const auto definition = read_definition(json, "server/configuration-map.json");
  ASSERT_TRUE(definition.has_value());
  ASSERT_EQ(definition->sites.size(), 2U);
  EXPECT_EQ(definition->sites[0].account, "lab");
  EXPECT_EQ(definition->sites[0].path, "$.labPassword.value");
}

TEST(MirthText, PulledOutFileIsReadOnItsOwn) {
  const std::string secret = fake(24);
  const std::string script =
      "var c = DatabaseConnectionFactory.createDatabaseConnection('d','jdbc:mysql://h/x','u','" +
      secret + "');";
  const auto definition = read_definition(script, "Channels/ADT/Labs/store.js");
  ASSERT_TRUE(definition.has_value());
  EXPECT_EQ(definition->format, "mirth.script");
  ASSERT_EQ(definition->sites.size(), 1U);
  EXPECT_EQ(definition->sites[0].owner.component, (Names{"Labs", "store.js"}));
  EXPECT_FALSE(read_definition("var x = 1;", "a.js").has_value());
}

}  // namespace
}  // namespace nhi
