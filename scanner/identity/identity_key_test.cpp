#include "scanner/identity/identity_key.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

struct KeyCase {
  std::string_view name, provider, target, account, key;
};
constexpr KeyCase kKeyCases[] = {
    {"SqlServerUrl", "", "jdbc:sqlserver://PAS01:1433;databaseName=PAS", "svc_mirth",
     "mssql:pas01:1433/svc_mirth"},
    {"DefaultPort", "", "jdbc:sqlserver://pas01;databaseName=PAS", "svc", "mssql:pas01:1433/svc"},
    {"Postgres", "", "jdbc:postgresql://db/emr", "app", "postgresql:db:5432/app"},
    {"PostgresUrl", "", "postgres://db.example:6432/emr", "app", "postgresql:db.example:6432/app"},
    {"Sftp", "sftp", "sftp.northward.example", "up", "sftp:sftp.northward.example:22/up"},
    {"TrailingDot", "sftp", "files01.:22", "up", "sftp:files01:22/up"},
    {"NoTarget", "mssql", "", "sa", "mssql:?/sa"},
    {"DomainUser", "smb", "files01", "TRUST\\Svc_Files", "smb:files01:445/svc_files@trust"},
    {"NoProvider", "", "", "someone", "?:?/someone"},
    {"NoAccount", "mssql", "pas01", "", ""},
    {"PlaceholderAccount", "mssql", "pas01", "${DB_USER}", ""},
};
class IdentityKeyTest : public testing::TestWithParam<KeyCase> {};
TEST_P(IdentityKeyTest, NamesOneAccountOneWay) {
  EXPECT_EQ(identity_key(GetParam().provider, GetParam().target, GetParam().account),
            GetParam().key);
}
INSTANTIATE_TEST_SUITE_P(Table, IdentityKeyTest, testing::ValuesIn(kKeyCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PrincipalOfAccount, TellsPeopleFromServices) {
  const auto of = [](std::string_view account) {
    return principal_of_account(account, Principal::kMachine);
  };
  EXPECT_EQ(of("jane.smith"), Principal::kHuman);
  EXPECT_EQ(of("jane.smith12@nhs.net"), Principal::kHuman);
  EXPECT_EQ(of("j.smith"), Principal::kHuman);
  EXPECT_EQ(of("555012345678"), Principal::kHuman) << "a smartcard user id";
  EXPECT_EQ(of("svc.mirth"), Principal::kMachine);
  EXPECT_EQ(of("mirth.prod"), Principal::kMachine);
  EXPECT_EQ(of("svc_mirth"), Principal::kMachine);
  EXPECT_EQ(of("root"), Principal::kMachine);
  EXPECT_EQ(of(""), Principal::kMachine);
}

}  // namespace
}  // namespace nhi
