// Every connector class of interface-engines.md 2.3 to 2.5 and every trap of 2.7.
#include <gtest/gtest.h>

#include "scanner/definitions/mirth_test_support.hpp"

namespace nhi {
namespace {

using test::channel;
using test::connector;
using test::credentials;
using test::fake;
using test::read;
using test::source;
using Names = std::vector<std::string>;

struct ConnectorCase {
  std::string_view name, kind, transport;
  std::string_view properties;  // `@` stands for the secret
  std::string_view target, provider, account;
  bool dormant;
};
constexpr ConnectorCase kCases[] = {
    {"Database", "jdbc.DatabaseDispatcherProperties", "Database Writer",
     "<url>jdbc:sqlserver://DB01:1433;databaseName=PAS;encrypt=true</url>"
     "<username>svc</username><password>@</password>",
     "jdbc:sqlserver://db01:1433/PAS", "mssql", "svc", false},
    {"Sftp", "file.FileDispatcherProperties", "File Writer",
     "<scheme>SFTP</scheme><schemeProperties class=\"c.mirth.SftpSchemeProperties\">"
     "<passwordAuth>true</passwordAuth><keyAuth>false</keyAuth><keyFile></keyFile>"
     "</schemeProperties><host>Files.example/in</host><anonymous>false</anonymous>"
     "<username>lab</username><password>@</password>",
     "sftp://files.example/in", "sftp", "lab", false},
    {"SftpByKeyOnly", "file.FileDispatcherProperties", "File Writer",
     "<scheme>SFTP</scheme><schemeProperties><passwordAuth>false</passwordAuth>"
     "<keyAuth>true</keyAuth></schemeProperties><host>h/in</host>"
     "<anonymous>false</anonymous><username>lab</username><password>@</password>",
     "sftp://h/in", "sftp", "lab", true},
    {"FtpAnonymousWithRest", "file.FileDispatcherProperties", "File Writer",
     "<scheme>FTP</scheme><host>h/in</host><anonymous>true</anonymous>"
     "<username>lab</username><password>@</password>",
     "ftp://h/in", "ftp", "lab", true},
    {"Smb", "file.FileDispatcherProperties", "File Writer",
     "<scheme>SMB</scheme><host>srv/share</host><anonymous>false</anonymous>"
     "<username>DOM\\svc</username><password>@</password>",
     "smb://srv/share", "smb", "DOM\\svc", false},
    {"S3", "file.FileDispatcherProperties", "File Writer",
     "<scheme>S3</scheme><schemeProperties><useDefaultCredentialProviderChain>false"
     "</useDefaultCredentialProviderChain></schemeProperties><host>bucket/in</host>"
     "<anonymous>false</anonymous><username>keyid</username><password>@</password>",
     "s3://bucket/in", "s3", "keyid", false},
    {"S3ByProviderChain", "file.FileDispatcherProperties", "File Writer",
     "<scheme>S3</scheme><schemeProperties><useDefaultCredentialProviderChain>true"
     "</useDefaultCredentialProviderChain></schemeProperties><host>bucket/in</host>"
     "<anonymous>false</anonymous><username>keyid</username><password>@</password>",
     "s3://bucket/in", "s3", "keyid", true},
    {"Http", "http.HttpDispatcherProperties", "HTTP Sender",
     "<host>https://API.example/v1?x=1</host><useAuthentication>true</useAuthentication>"
     "<authenticationType>Basic</authenticationType><username>u</username>"
     "<password>@</password>",
     "https://api.example/v1", "http", "u", false},
    {"HttpOff", "http.HttpDispatcherProperties", "HTTP Sender",
     "<host>https://h/v1</host><useAuthentication>false</useAuthentication>"
     "<username>u</username><password>@</password>",
     "https://h/v1", "http", "u", true},
    {"WebService", "ws.WebServiceDispatcherProperties", "Web Service Sender",
     "<wsdlUrl>http://h:81/a?wsdl</wsdlUrl><locationURI>http://h:82/a</locationURI>"
     "<useAuthentication>true</useAuthentication><username>u</username><password>@</password>",
     "http://h:82/a", "http", "u", false},
    {"WebServiceByWsdl", "ws.WebServiceDispatcherProperties", "Web Service Sender",
     "<wsdlUrl>http://h:81/a?wsdl</wsdlUrl><locationURI></locationURI>"
     "<useAuthentication>true</useAuthentication><username>u</username><password>@</password>",
     "http://h:81/a", "http", "u", false},
    {"Smtp", "smtp.SmtpDispatcherProperties", "SMTP Sender",
     "<smtpHost>Mail.example</smtpHost><smtpPort>587</smtpPort><authentication>true"
     "</authentication><username>u</username><password>@</password>",
     "smtp://mail.example:587", "smtp", "u", false},
    {"SmtpOff", "smtp.SmtpDispatcherProperties", "SMTP Sender",
     "<smtpHost>m</smtpHost><smtpPort>25</smtpPort><authentication>false"
     "</authentication><username>u</username><password>@</password>",
     "smtp://m:25", "smtp", "u", true},
    {"Jms", "jms.JmsDispatcherProperties", "JMS Sender",
     "<jndiProviderUrl>tcp://mq01:61616</jndiProviderUrl><destinationName>q</destinationName>"
     "<username>u</username><password>@</password>",
     "tcp://mq01:61616", "jms", "u", false},
    {"JmsByConnectionProperties", "jms.JmsDispatcherProperties", "JMS Sender",
     "<connectionProperties class=\"linked-hash-map\"><entry><string>brokerURL</string>"
     "<string>tcp://mq02:61616</string></entry></connectionProperties>"
     "<username>u</username><password>@</password>",
     "tcp://mq02:61616", "jms", "u", false},
    {"Dicom", "dimse.DICOMDispatcherProperties", "DICOM Sender",
     "<host>Pacs01</host><port>104</port><applicationEntity>ARCHIVE</applicationEntity>"
     "<username>u</username><passcode>@</passcode><keyStorePW></keyStorePW>",
     "dicom://pacs01:104/ARCHIVE", "dicom", "u", false},
    {"DicomKeystore", "dimse.DICOMDispatcherProperties", "DICOM Sender",
     "<host>p</host><port>104</port><keyStore>/k.jks</keyStore><keyStorePW>@</keyStorePW>",
     "/k.jks", "keystore", "", false},
    {"DicomTrustStore", "dimse.DICOMReceiverProperties", "DICOM Listener",
     "<trustStore>/t.jks</trustStore><trustStorePW>@</trustStorePW>", "/t.jks", "keystore", "",
     false},
    {"Document", "doc.DocumentDispatcherProperties", "Document Writer",
     "<host>/out</host><outputPattern>a.pdf</outputPattern><encrypt>true</encrypt>"
     "<password>@</password>",
     "file:/out/a.pdf", "document", "", false},
    {"DocumentOff", "doc.DocumentDispatcherProperties", "Document Writer",
     "<host>/out</host><outputPattern>a.pdf</outputPattern><encrypt>false</encrypt>"
     "<password>@</password>",
     "file:/out/a.pdf", "document", "", true},
    {"UnknownPlugin", "x.FhirSenderProperties", "FHIR Sender",
     "<endpointUrl>https://fhir/R4</endpointUrl><clientId>c</clientId>"
     "<clientSecret>@</clientSecret>",
     "https://fhir/R4", "http", "c", false},
    {"DatabaseUrlParameters", "jdbc.DatabaseDispatcherProperties", "Database Writer",
     "<url>jdbc:postgresql://pg/db?user=u&amp;password=@</url><username></username>"
     "<password></password>",
     "jdbc:postgresql://pg/db", "postgresql", "u", false},
};
class MirthConnector : public testing::TestWithParam<ConnectorCase> {};
TEST_P(MirthConnector, GivesItsSite) {
  const ConnectorCase& row = GetParam();
  const std::string secret = fake(1);
  std::string properties(row.properties);
  properties.replace(properties.find('@'), 1, secret);
  const std::string document = channel(source("vm.VmReceiverProperties", "Channel Reader", ""),
                                       connector(row.kind, row.transport, "Send it", properties),
                                       test::enabled_since_3_5("true"));
  const Definition definition = read(document);
  EXPECT_EQ(definition.format, "mirth.channel");
  EXPECT_FALSE(definition.fault.has_value());
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  const Site& site = *found[0];
  EXPECT_EQ(site.secret.reveal(), secret);
  EXPECT_EQ(test::text_at(document, site.secret_span), secret);
  EXPECT_EQ(site.form, Form::kPlaintext);
  EXPECT_EQ(site.target, row.target);
  EXPECT_EQ(site.provider, row.provider);
  EXPECT_EQ(site.account, row.account);
  EXPECT_EQ(test::text_at(document, site.account_span), row.account);
  EXPECT_EQ(site.dormant, row.dormant);
  EXPECT_FALSE(site.inbound);
  EXPECT_EQ(site.owner.component, (Names{"ADT to PAS", "Send it"}));
  EXPECT_EQ(site.owner.component_id, "11aa");
  EXPECT_EQ(site.owner.enabled, true);
  ASSERT_TRUE(site.owner.modified.has_value());
  EXPECT_EQ(site.owner.modified->seconds, 1599610297);
  EXPECT_TRUE(site.path.starts_with("/channel/destinationConnectors/connector/properties/"));
}
INSTANTIATE_TEST_SUITE_P(Table, MirthConnector, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

struct ValueCase {
  std::string_view name, value;
  Form form;
};
constexpr ValueCase kValues[] = {
    {"Empty", "", Form::kNone},
    {"Velocity", "${cfgPassword}", Form::kPlaceholder},
    {"VelocityCall", "${configurationMap.get('x')}", Form::kPlaceholder},
    {"Moustache", "{{SFTP_PASS}}", Form::kPlaceholder},
    {"Stars", "******", Form::kMasked},
    {"OneStar", "*", Form::kMasked},
    {"OneX", "x", Form::kMasked},
    {"ManyX", "xxxxxxxx", Form::kMasked},
    {"Encrypted", "{enc}{alg=AES/CBC/PKCS5Padding,cs=UTF-8,iv=AAAA}BBBB", Form::kEncrypted},
    {"Word", "password", Form::kPlaintext},
};
class MirthValue : public testing::TestWithParam<ValueCase> {};
TEST_P(MirthValue, HasItsForm) {
  const std::string document =
      channel("", connector("jdbc.DatabaseDispatcherProperties", "Database Writer", "W",
                            "<url>jdbc:mysql://h/d</url><username>u</username><password>" +
                                std::string(GetParam().value) + "</password>"));
  const Definition definition = read(document);
  ASSERT_EQ(definition.sites.size(), 1U);
  const Site& site = definition.sites[0];
  EXPECT_EQ(site.form, GetParam().form) << to_string(site.form);
  EXPECT_EQ(site.target, "jdbc:mysql://h/d");
  EXPECT_EQ(site.account, "u");
  EXPECT_EQ(site.secret.empty(), !holds_secret(GetParam().form));
}
INSTANTIATE_TEST_SUITE_P(Table, MirthValue, testing::ValuesIn(kValues),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MirthFile, AnonymousDefaultIsNeverAFinding) {
  for (const std::string_view scheme : {"FILE", "FTP", "SFTP"}) {
    const std::string document =
        channel(source("file.FileReceiverProperties", "File Reader",
                       "<scheme>" + std::string(scheme) +
                           "</scheme><host>/in</host>"
                           "<anonymous>true</anonymous><username>anonymous</username>"
                           "<password>anonymous</password>"),
                "");
    const Definition definition = read(document);
    ASSERT_EQ(definition.sites.size(), 1U);
    EXPECT_EQ(definition.sites[0].form, Form::kNone);
    EXPECT_TRUE(definition.sites[0].secret.empty());
    EXPECT_EQ(test::text_at(document, definition.sites[0].secret_span), "anonymous");
    EXPECT_EQ(definition.sites[0].owner.component, (Names{"ADT to PAS", "File Reader"}));
  }
}

TEST(MirthFile, KeyFileIsAReferenceAndItsPassphraseASecret) {
  const std::string phrase = fake(2);
  const std::string document = channel(
      "",
      connector("file.FileDispatcherProperties", "File Writer", "W",
                "<scheme>SFTP</scheme><schemeProperties><passwordAuth>false</passwordAuth>"
                "<keyAuth>true</keyAuth><keyFile>/keys/id_rsa</keyFile><passPhrase>" +
                    phrase +
                    "</passPhrase></schemeProperties><host>h/in</host>"
                    "<anonymous>false</anonymous><username>lab</username><password></password>"));
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]->secret.reveal(), phrase);
  EXPECT_EQ(found[0]->account, "lab");
  const auto key = std::find_if(definition.sites.begin(), definition.sites.end(),
                                [](const Site& site) { return site.form == Form::kReference; });
  ASSERT_NE(key, definition.sites.end());
  EXPECT_EQ(key->form_detail, "/keys/id_rsa");
  EXPECT_EQ(key->target, "sftp://h/in");
}

TEST(MirthHttp, AuthorizationHeadersLogIn) {
  const std::string basic = "Y2xpbmljOlF6N3dMbTk=";  // clinic and a made-up word
  const std::string token = fake(3);
  const auto entry = [](std::string_view name, std::string_view value) {
    return "<entry><string>" + std::string(name) + "</string><list><string>" + std::string(value) +
           "</string></list></entry>";
  };
  const std::string document = channel(
      "", connector("http.HttpDispatcherProperties", "HTTP Sender", "W",
                    "<host>https://h/v1</host><useAuthentication>false</useAuthentication>"
                    "<username></username><password></password>"
                    "<headers class=\"linked-hash-map\">" +
                        entry("Content-Type", "application/json") +
                        entry("Authorization", "Basic " + basic) + entry("X-Api-Key", token) +
                        entry("authorization", "Bearer ${tok}") + "</headers>"));
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]->form, Form::kBase64);
  EXPECT_EQ(found[0]->account, "clinic");
  EXPECT_EQ(found[0]->secret.reveal(), std::string("Qz7") + "wLm9");
  EXPECT_EQ(test::text_at(document, found[0]->secret_span), basic);
  EXPECT_EQ(found[0]->encoding, std::vector<std::string>{"base64"});
  EXPECT_EQ(found[1]->secret.reveal(), token);
  EXPECT_EQ(found[1]->target, "https://h/v1");
  EXPECT_TRUE(std::any_of(definition.sites.begin(), definition.sites.end(), [](const Site& site) {
    return site.form == Form::kPlaceholder && site.form_detail == "tok";
  }));
}

TEST(MirthListener, CredentialsOfCallersAreInbound) {
  const std::string secret = fake(4);
  const std::string properties =
      "<pluginProperties><com.mirth.connect.plugins.httpauth.basic.BasicHttpAuthProperties>"
      "<authType>BASIC</authType><realm>r</realm><credentials class=\"linked-hash-map\"><entry>"
      "<string>caller</string><string>" +
      secret +
      "</string></entry></credentials>"
      "<isUseCredentialsVariable>false</isUseCredentialsVariable>"
      "</com.mirth.connect.plugins.httpauth.basic.BasicHttpAuthProperties></pluginProperties>"
      "<listenerConnectorProperties><host>0.0.0.0</host><port>8002</port>"
      "</listenerConnectorProperties><contextPath>/adt</contextPath>";
  const std::string document =
      channel(source("http.HttpReceiverProperties", "HTTP Listener", properties), "");
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0]->inbound);
  EXPECT_EQ(found[0]->account, "caller");
  EXPECT_EQ(test::text_at(document, found[0]->account_span), "caller");
  EXPECT_EQ(found[0]->secret.reveal(), secret);
  EXPECT_EQ(found[0]->target, "http://0.0.0.0:8002/adt");
  EXPECT_EQ(found[0]->owner.component, (Names{"ADT to PAS", "HTTP Listener"}));
}

TEST(MirthListener, CredentialsVariableIsAReference) {
  const std::string properties =
      "<pluginProperties><com.mirth.connect.plugins.httpauth.digest.DigestHttpAuthProperties>"
      "<credentials class=\"linked-hash-map\"/><isUseCredentialsVariable>true"
      "</isUseCredentialsVariable><credentialsVariable>callers</credentialsVariable>"
      "</com.mirth.connect.plugins.httpauth.digest.DigestHttpAuthProperties></pluginProperties>";
  const Definition definition =
      read(channel(source("http.HttpReceiverProperties", "HTTP Listener", properties), ""));
  ASSERT_EQ(definition.sites.size(), 1U);
  EXPECT_EQ(definition.sites[0].form, Form::kReference);
  EXPECT_EQ(definition.sites[0].form_detail, "callers");
}

TEST(MirthListener, OldWebServiceListsPairUpInOrder) {
  const std::string document = channel(
      source("ws.WebServiceReceiverProperties", "Web Service Listener",
             "<usernames><string>a</string><string>b</string></usernames><passwords><string>" +
                 fake(5) + "</string><string>" + fake(6) + "</string></passwords>"),
      "");
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]->account, "a");
  EXPECT_EQ(found[1]->account, "b");
  EXPECT_EQ(found[1]->secret.reveal(), fake(6));
  EXPECT_TRUE(found[1]->inbound);
}

TEST(MirthWebService, ReadsSecurityTokensOfTheEnvelope) {
  const std::string secret = fake(7) + "&amp;amp;x";
  const std::string document = channel(
      "", connector("ws.WebServiceDispatcherProperties", "Web Service Sender", "W",
                    "<locationURI>http://h/a</locationURI><useAuthentication>false"
                    "</useAuthentication><username></username><password></password><envelope>"
                    "&lt;wsse:UsernameToken&gt;&lt;wsse:Username&gt;u1&lt;/wsse:Username&gt;"
                    "&lt;wsse:Password Type=&quot;t&quot;&gt;" +
                        secret + "&lt;/wsse:Password&gt;&lt;/wsse:UsernameToken&gt;</envelope>"));
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]->account, "u1");
  EXPECT_EQ(found[0]->secret.reveal(), fake(7) + "&x");
  EXPECT_EQ(test::text_at(document, found[0]->secret_span), secret);
  EXPECT_FALSE(found[0]->dormant);
}

TEST(MirthConnectorState, DisabledChannelOrConnectorMakesDormant) {
  const std::string body =
      "<url>jdbc:mysql://h/d</url><username>u</username><password>" + fake(8) + "</password>";
  const std::string_view kind = "jdbc.DatabaseDispatcherProperties";
  const std::string on = connector(kind, "Database Writer", "W", body);
  const std::string off = connector(kind, "Database Writer", "W", body, "<enabled>false</enabled>");
  struct {
    std::string document;
    std::optional<bool> enabled;
    bool dormant;
  } const rows[] = {
      {channel("", on), std::nullopt, false},
      {channel("", on, test::enabled_since_3_5("false")), false, true},
      {channel("", on, "<enabled>true</enabled>"), true, false},
      {channel("", on, "<enabled>false</enabled>"), false, true},
      {channel("", off, test::enabled_since_3_5("true")), false, true},
  };
  for (const auto& row : rows) {
    const Definition definition = read(row.document);
    ASSERT_EQ(definition.sites.size(), 1U);
    EXPECT_EQ(definition.sites[0].owner.enabled, row.enabled);
    EXPECT_EQ(definition.sites[0].dormant, row.dormant);
  }
}

TEST(MirthOld, PropertiesByNameAreReadToo) {
  const std::string secret = fake(9);
  const std::string document =
      "<!-- licence -->\n<com.webreach.mirth.model.Channel>\n<id>7</id><name>Labs</name>"
      "<enabled>true</enabled><version>1.7.0.1</version><sourceConnector><name>sourceConnector"
      "</name><properties><property name=\"DataType\">LLP Listener</property></properties>"
      "<transportName>LLP Listener</transportName></sourceConnector><destinationConnectors>"
      "<com.webreach.mirth.model.Connector><name>Store</name><properties>"
      "<property name=\"DataType\">Database Writer</property>"
      "<property name=\"URL\">jdbc:mysql://DB:3306/labs</property>"
      "<property name=\"username\">labs</property><property name=\"host\">query</property>"
      "<property name=\"script\">var c = DatabaseConnectionFactory.createDatabaseConnection(\n"
      " &apos;d&apos; // driver\n , &apos;jdbc:mysql://DB:3306/labs&apos; // it&apos;s the URL\n"
      " , &apos;labs&apos;\n , &apos;" +
      secret +
      "&apos; // password\n);</property>"
      "<property name=\"password\">" +
      secret +
      "</property></properties>"
      "<transportName>Database Writer</transportName><enabled>true</enabled>"
      "</com.webreach.mirth.model.Connector></destinationConnectors>"
      "</com.webreach.mirth.model.Channel>";
  const Definition definition = read(document);
  EXPECT_EQ(definition.format, "mirth.channel");
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 2U);
  for (const Site* site : found) {
    EXPECT_EQ(site->secret.reveal(), secret);
    EXPECT_EQ(test::text_at(document, site->secret_span), secret);
    EXPECT_EQ(site->account, "labs");
    EXPECT_EQ(site->target, "jdbc:mysql://db:3306/labs");
    EXPECT_EQ(site->owner.component, (Names{"Labs", "Store"}));
    EXPECT_EQ(site->owner.enabled, true);
  }
  EXPECT_TRUE(found[0]->path.ends_with("/property[5]#js"));
  EXPECT_TRUE(found[1]->path.ends_with("/property[6]"));
}

}  // namespace
}  // namespace nhi
