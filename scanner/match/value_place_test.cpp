#include "scanner/match/value_place.hpp"

#include <gtest/gtest.h>

#include "scanner/match/generic_test_kit.hpp"

namespace nhi {
namespace {

using namespace match_test;

TEST(ValuePlace, InCLikeLanguagesIsALiteral) {
  expect_all({
      {Syntax::kCLike, "String password = \"@P\";", Want::kShown},
      {Syntax::kCLike, "var password = @\"@P\";", Want::kShown},
      {Syntax::kCLike, "const char password[] = \"@P\";", Want::kShown},
      {Syntax::kCLike, "password := \"@P\"", Want::kShown},
      {Syntax::kCLike, "dataSource.setPassword(\"@P\");", Want::kShown},
      {Syntax::kCLike, "if (password == \"@P\") {", Want::kShown},
      {Syntax::kCLike, "{ apiKey: '@R' }", Want::kShown},
      {Syntax::kCLike, "connect(\"server=db;user=a;password=@P;x=1\")", Want::kShown},
      {Syntax::kCLike, "String password = getPassword();", Want::kDropped},
      {Syntax::kCLike, "password = user.passwordValue;", Want::kDropped},
      {Syntax::kCLike, "String password = null;", Want::kDropped},
      {Syntax::kCLike, "password: string;", Want::kDropped},
      {Syntax::kCLike, "String password;", Want::kDropped},
      {Syntax::kCLike, "private final String token = tokens[0];", Want::kDropped},
      {Syntax::kCLike, "this.password = password;", Want::kDropped},
      {Syntax::kCLike, "password = new StringBuilder(value);", Want::kDropped},
      {Syntax::kCLike, "const secret = process.env.CLIENT_SECRET;", Want::kDropped},
      {Syntax::kCLike, "const password = `${user.password}`;", Want::kDropped},
      {Syntax::kCLike, "url += \"&password=\" + escape(field) + \"&x=\";", Want::kDropped},
      {Syntax::kCLike, "ok := CheckPassword(\"password\", \"@P\")", Want::kDropped},
  });
}

TEST(ValuePlace, InScriptsIsALiteral) {
  expect_all({
      {Syntax::kScript, "password = '@P'", Want::kShown},
      {Syntax::kScript, "define('DB_PASSWORD', '@P');", Want::kShown},
      {Syntax::kScript, "'password' => '@P',", Want::kShown},
      {Syntax::kScript, "p = os.environ.get('DB_PASSWORD', '@P')", Want::kShown},
      {Syntax::kScript, "password = os.environ['DB_PASSWORD']", Want::kDropped},
      {Syntax::kScript, "password = get_password()", Want::kDropped},
      {Syntax::kScript, "password=password)", Want::kDropped},
      {Syntax::kScript, "$password = \"$prefix$name\";", Want::kDropped},
      {Syntax::kScript, "def login(self, user, password: str = None):", Want::kDropped},
      {Syntax::kScript, "password = f'{password}'", Want::kDropped},
  });
}

TEST(ValuePlace, InShellsMayStandBare) {
  expect_all({
      {Syntax::kShell, "export DB_PASSWORD=@P", Want::kShown},
      {Syntax::kShell, "DB_PASSWORD='@P'", Want::kShown},
      {Syntax::kShell, "ENV API_TOKEN=@R", Want::kShown},
      {Syntax::kShell, "mysqldump --password=@P db", Want::kShown},
      {Syntax::kShell, "export DB_PASSWORD=$PASS", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=\"${PASS}\"", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=$(cat /run/secrets/db)", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=`pwgen 12`", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=", Want::kDropped},
      {Syntax::kShell, "tool --password-file /run/secrets/db", Want::kDropped},
      {Syntax::kShell, "tool --password $1", Want::kDropped},
      {Syntax::kPowerShell, "$password = \"@P\"", Want::kShown},
      {Syntax::kPowerShell, "$password = Read-Host", Want::kDropped},
      {Syntax::kPowerShell, "$password = $env:DB_PASSWORD", Want::kDropped},
  });
}

TEST(ValuePlace, BehindBlanksEndsItsLine) {
  expect_all({
      {Syntax::kConfig, "  AuthLDAPBindPassword @P", Want::kShown},
      {Syntax::kConfig, "SetEnv DB_PASSWORD @P", Want::kShown},
      {Syntax::kConfig, "fastcgi_param API_TOKEN @R;", Want::kShown},
      {Syntax::kShell, "ENV MYSQL_ROOT_PASSWORD @P", Want::kShown},
      {Syntax::kShell, "setenv DB_PASSWORD @P", Want::kShown},
      {Syntax::kConfig, "AuthLDAPBindPassword \"exec:/usr/bin/get-password x1\"", Want::kDropped},
      {Syntax::kConfig, "LoadCredential=dbpass:/etc/acme/dbpass", Want::kDropped},
      {Syntax::kConfig, "SetEnv DB_PASSWORD ${DB_PASS1}", Want::kDropped},
      {Syntax::kConfig, "password required pam_unix2.so", Want::kDropped},
      {Syntax::kConfig, "password required", Want::kDropped},
      {Syntax::kUnknown, "kpasswd\t\t464/tcp", Want::kDropped},
      {Syntax::kUnknown, " /etc/pam.d/passwd 5c9dc094f0d4e6cd7ad3b5f2e5a1a0b2", Want::kNotShown},
      {Syntax::kConfig, "auth SHA256", Want::kDropped},
      {Syntax::kConfig, "HostKey ssh_host_ed25519_key", Want::kDropped},
      {Syntax::kConfig, "key rndc-key2;", Want::kDropped},
      {Syntax::kConfig, "passthru vfio-pci0", Want::kNotShown},
      {Syntax::kConfig, "LoadModule authz_svn libexec/mod_authz24.so", Want::kDropped},
      {Syntax::kConfig, "# password @P", Want::kDropped},
      {Syntax::kShell, "check_password @P", Want::kDropped},
      {Syntax::kProse, "password @P", Want::kDropped},
      {Syntax::kScript, "password @P", Want::kDropped},
  });
}

}  // namespace
}  // namespace nhi
