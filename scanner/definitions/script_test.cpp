// Credentials in the scripts of a channel: interface-engines.md 2.6.
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

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\'':
        out += "&apos;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string with_script(std::string_view script) {
  return channel("", connector("js.JavaScriptDispatcherProperties", "JavaScript Writer", "JS",
                               "<script>" + escaped(script) + "</script>"));
}

struct ScriptCase {
  std::string_view name;
  std::string_view script;  // `@` stands for the secret
  std::string_view target, account;
  bool dormant = false;
};
constexpr ScriptCase kCases[] = {
    {"FourArguments",
     "var c = DatabaseConnectionFactory.createDatabaseConnection('d','jdbc:mysql://H:1/x','u','@')",
     "jdbc:mysql://h:1/x", "u"},
    {"OverLinesWithComments",
     "createDatabaseConnection(\n'd', // it's the driver\n'jdbc:mysql://h/x' /* \" */,\n\"u\"\n"
     "// user above\n, \"@\"\n);",
     "jdbc:mysql://h/x", "u"},
    {"Constants",
     "var url = 'jdbc:mysql://h/x', user = \"u\";\nvar password = '@';\n"
     "var c = DatabaseConnectionFactory.createDatabaseConnection(driver, url, user, password);",
     "jdbc:mysql://h/x", "u"},
    {"ConstantOfConstants",
     "var h = 'h'; var url = 'jdbc:mysql://' + h + '/x'; var p = '@'; var q = p;\n"
     "createDatabaseConnection('d', url, 'u', q)",
     "jdbc:mysql://h/x", "u"},
    {"NearestConstant",
     "var p = 'first'; use(p); p = '@';\ncreateDatabaseConnection('d','jdbc:mysql://h/x','u',p)",
     "jdbc:mysql://h/x", "u"},
    {"DriverManager", "java.sql.DriverManager.getConnection('jdbc:postgresql://h/x', 'u', '@')",
     "jdbc:postgresql://h/x", "u"},
    {"UrlParameters",
     "createDatabaseConnection('d', 'jdbc:sqlserver://h;databaseName=x;user=u;password=@')",
     "jdbc:sqlserver://h/x", "u"},
    {"UrlInAnyPlace", "var u1 = 'https://u:@@h:8443/p'; fetch(u1);", "https://h:8443/p", "u"},
    {"UrlSum", "var u1 = 'jdbc:mysql://h/x?user=u&password=' + '@';", "jdbc:mysql://h/x", "u"},
    {"BasicFromParts",
     "var con = new java.net.URL('https://api/v1').openConnection();\n"
     "con.setRequestProperty('Authorization', 'Basic ' + FileUtil.encode(('u:@').getBytes()));",
     "https://api/v1", "u"},
    {"BasicFromConstant",
     "var auth = 'u:@'; var h = Base64.encodeBase64String(auth.getBytes());\n"
     "var url = 'https://api/v1';\nheaders.put('Authorization', 'Basic ' + h);",
     "https://api/v1", "u"},
    {"Bearer", "var url='https://api/v1';\nreq.setHeader(\"Authorization\", \"Bearer @\");",
     "https://api/v1", ""},
    {"HeaderInObject", "var o = {url: 'https://api/v1', headers: {Authorization: 'Bearer @'}};",
     "https://api/v1", ""},
    {"HeaderByIndex", "var url='https://api/v1'; h['X-Api-Key'] = '@';", "https://api/v1", ""},
    {"PasswordVariable", "var dbUser = 'u';\nvar dbHost = 'h01';\nvar dbPassword = '@';", "h01",
     "u"},
    {"MapPut",
     "props.put('user', 'u'); props.put('password', '@');\n"
     "java.sql.DriverManager.getConnection('jdbc:mysql://h/x', props);",
     "jdbc:mysql://h/x", "u"},
    {"Smtp", "var m = new SMTPConnection('mail', '25', true, 'tls', 'u', '@', 'from@h');",
     "smtp://mail:25", "u"},
    {"Jsch", "var s = jsch.getSession('u', 'sftp01', 22);\ns.setPassword('@');", "sftp01", "u"},
    {"FtpLogin", "ftp.connect('ftp01'); ftp.login('u', '@');", "ftp01", "u"},
    {"DefaultBehindReference",
     "createDatabaseConnection('d', 'jdbc:mysql://h/x', 'u', $cfg('pw') || '@')",
     "jdbc:mysql://h/x", "u"},
    {"CommentedOut",
     "// var c = createDatabaseConnection('d','jdbc:mysql://h/x','u','@');\nreturn 1;",
     "jdbc:mysql://h/x", "u", true},
    {"EscapedQuote", "var q = 'it\\'s'; createDatabaseConnection('d','jdbc:mysql://h/x','u','@')",
     "jdbc:mysql://h/x", "u"},
    {"RegularExpression",
     "var t = s.replace(/['\"]/g, ''); createDatabaseConnection('d','jdbc:mysql://h/x','u','@')",
     "jdbc:mysql://h/x", "u"},
};
class MirthScript : public testing::TestWithParam<ScriptCase> {};
TEST_P(MirthScript, GivesItsSite) {
  const std::string secret = fake(20);
  std::string script(GetParam().script);
  const std::size_t at =
      script.find("from@") == std::string::npos ? script.find('@') : script.find("'@'") + 1;
  script.replace(at, 1, secret);
  const std::string document = with_script(script);
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  const Site& site = *found[0];
  EXPECT_EQ(site.secret.reveal(), secret);
  EXPECT_EQ(test::text_at(document, site.secret_span), secret);
  EXPECT_EQ(site.target, GetParam().target);
  EXPECT_EQ(site.account, GetParam().account);
  EXPECT_EQ(site.dormant, GetParam().dormant);
  EXPECT_EQ(site.owner.component, (Names{"ADT to PAS", "JS"}));
  EXPECT_TRUE(site.path.ends_with("/properties/script#js"));
}
INSTANTIATE_TEST_SUITE_P(Table, MirthScript, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MirthScript, LeavesTheseAlone) {
  for (const std::string_view script :
       {"var password = msg['PID']['PID.3'].toString();", "var password = '';",
        "if (name == 'password') { x = 'Enter it'; }", "var password = 'Enter your password';",
        "var t = $cfg('token') || 'NOT_FOUND';", "var passwordLength = '12';",
        "var password = 'password';", "logger.info('password: ' + x);",
        "createDatabaseConnection('d', url, user, pw)", "var token_url = 'https://h/token';",
        "channelMap.put('password', msg['x']);", "var password = '******';"}) {
    EXPECT_TRUE(credentials(read(with_script(script))).empty()) << script;
  }
}

TEST(MirthScript, MapLookUpsAreReferences) {
  for (const std::string_view look_up :
       {"$('PAS_Password')", "$cfg('PAS_Password')", "configurationMap.get('PAS_Password')",
        "globalMap.get(\"PAS_Password\").toString()", "String($('PAS_Password'))"}) {
    const std::string document = with_script(
        "var c = DatabaseConnectionFactory.createDatabaseConnection($('Driver'), "
        "$('PAS_URL'), $('PAS_User'), " +
        std::string(look_up) + ");");
    const Definition definition = read(document);
    ASSERT_EQ(definition.sites.size(), 1U) << look_up;
    EXPECT_EQ(definition.sites[0].form, Form::kReference);
    EXPECT_EQ(definition.sites[0].form_detail, "PAS_Password");
    EXPECT_EQ(definition.sites[0].target, "${PAS_URL}");
    EXPECT_EQ(definition.sites[0].account, "${PAS_User}");
    EXPECT_EQ(test::text_at(document, definition.sites[0].secret_span), escaped(look_up));
  }
}

TEST(MirthScript, ConstantsOfTheChannelsCodeTemplatesAreSeen) {
  const std::string secret = fake(21);
  const std::string document = channel(
      "",
      connector("js.JavaScriptDispatcherProperties", "JavaScript Writer", "JS",
                "<script>createDatabaseConnection(D, DB_URL, DB_USER, DB_SECRETVALUE)</script>"),
      "<exportData><codeTemplateLibraries><codeTemplateLibrary><name>Lib</name><codeTemplates>"
      "<codeTemplate><name>Constants</name><properties><code>var DB_URL = &apos;jdbc:mysql://h/x"
      "&apos;; var DB_USER = &apos;u&apos;; var DB_SECRETVALUE = &apos;" +
          secret +
          "&apos;;</code></properties></codeTemplate></codeTemplates></codeTemplateLibrary>"
          "</codeTemplateLibraries></exportData>");
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(test::text_at(document, found[0]->secret_span), secret);
  EXPECT_EQ(found[0]->account, "u");
  EXPECT_EQ(found[0]->target, "jdbc:mysql://h/x");
}

TEST(MirthScript, StandsInCdataAndInDoubleEscapes) {
  const std::string secret = fake(22);
  const std::string call = "createDatabaseConnection('d','jdbc:mysql://h/x','u','" + secret + "')";
  for (const std::string& script :
       {"<![CDATA[" + call + "]]>", escaped(escaped(call)), escaped(call)}) {
    const std::string document =
        channel("", connector("js.JavaScriptDispatcherProperties", "JavaScript Writer", "JS",
                              "<script>" + script + "</script>"));
    const Definition definition = read(document);
    const auto found = credentials(definition);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->secret.reveal(), secret);
    EXPECT_EQ(test::text_at(document, found[0]->secret_span), secret);
  }
}

TEST(MirthScript, EscapedSecretIsFoundWithItsRawBytes) {
  const std::string secret = fake(23) + "&'<x";
  const std::string document =
      with_script("createDatabaseConnection('d','jdbc:mysql://h/x','u',\"" + secret + "\")");
  const Definition definition = read(document);
  const auto found = credentials(definition);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]->secret.reveal(), secret);
  EXPECT_EQ(test::text_at(document, found[0]->secret_span), escaped(secret));
  EXPECT_EQ(found[0]->encoding, std::vector<std::string>{"xml-entity"});
}

TEST(MirthScript, ScopesNameTheStep) {
  const std::string step =
      "<transformer><elements><com.mirth.connect.plugins.javascriptstep.JavaScriptStep>"
      "<name>Look up</name><sequenceNumber>2</sequenceNumber><enabled>true</enabled>"
      "<script>var a = 1;</script></com.mirth.connect.plugins.javascriptstep.JavaScriptStep>"
      "</elements></transformer>";
  const std::string document =
      channel(test::source("vm.VmReceiverProperties", "Channel Reader", "", step),
              connector("vm.VmDispatcherProperties", "Channel Writer", "Next", "", step),
              "<preprocessingScript>return message;</preprocessingScript>");
  const Definition definition = read(document);
  std::vector<std::string> steps;
  std::uint64_t last = 0;
  for (const Scope& scope : definition.scopes) {
    EXPECT_GE(scope.span.start, last);
    last = scope.span.start;
    steps.push_back(scope.step + "|" + scope.owner.component.back());
  }
  EXPECT_EQ(steps, (Names{"Channel|ADT to PAS", "Connector|Channel Reader",
                          "Source: Transformer step 2 (Look up)|ADT to PAS", "Connector|Next",
                          "Transformer step 2 (Look up)|Next", "preprocessingScript|ADT to PAS"}));
}

TEST(MirthScript, HostileScriptsAreReadInLinearTime) {
  for (const std::string_view pattern :
       {"login(", "a=", "'", "`", "/", "/*", "Authorization:x(", "password='a'+", "a+b=", "((",
        "createDatabaseConnection('", "x=(", "user='a';", "\\", "$('", "password:'Qa1',",
        "'jdbc:mysql://h/'+a+a+a+a;a='x'+b;", "url='https://h/';connect('h');"}) {
    std::string script;
    while (script.size() < 1'000'000) script += pattern;
    const std::string document = "<channel version='4'><id>1</id><name>n</name><deployScript>" +
                                 escaped(script) + "</deployScript></channel>";
    EXPECT_TRUE(read_definition(document, "x.xml").has_value());
  }
}

}  // namespace
}  // namespace nhi
