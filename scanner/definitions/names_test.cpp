#include "scanner/definitions/names.hpp"

#include <gtest/gtest.h>

namespace nhi::definitions {
namespace {

struct NameCase {
  std::string_view name;
  NameRole role;
  std::string_view stem;
};
constexpr NameCase kNames[] = {
    {"CDS_DB_Password", NameRole::kSecret, "cds.db"},
    {"CDS_DB_UserName", NameRole::kAccount, "cds.db"},
    {"CDS_DB_URL", NameRole::kTarget, "cds.db"},
    {"fhirDBPassword", NameRole::kSecret, "fhir.db"},
    {"fhirDBUsername", NameRole::kAccount, "fhir.db"},
    {"fhirDBUrl", NameRole::kTarget, "fhir.db"},
    {"keyStorePW", NameRole::kSecret, "key.store"},
    {"smtpPassword", NameRole::kSecret, "smtp"},
    {"password", NameRole::kSecret, ""},
    {"password_prod", NameRole::kSecret, "prod"},
    {"api_key", NameRole::kSecret, ""},
    {"lab-api-key", NameRole::kSecret, "lab"},
    {"client_id", NameRole::kAccount, ""},
    {"client_secret", NameRole::kSecret, "client"},
    {"token_url", NameRole::kTarget, "token"},
    {"password.minlength", NameRole::kOther, ""},
    {"passwordAuth", NameRole::kOther, ""},
    {"password_file", NameRole::kOther, ""},
    {"compass", NameRole::kOther, ""},
    {"bypass", NameRole::kOther, ""},
    {"monkey", NameRole::kOther, ""},
    {"primary_key", NameRole::kOther, ""},
    {"mail_port", NameRole::kPort, "mail"},
    {"", NameRole::kOther, ""},
};

TEST(Names, HaveARoleAndAStem) {
  for (const NameCase& row : kNames) {
    const NameParts parts = name_parts(row.name);
    EXPECT_EQ(static_cast<int>(parts.role), static_cast<int>(row.role)) << row.name;
    EXPECT_EQ(parts.stem, row.stem) << row.name;
  }
}

TEST(Names, HeadersThatLogIn) {
  EXPECT_TRUE(is_login_header("authorization"));
  EXPECT_TRUE(is_login_header("X-API-Key"));
  EXPECT_FALSE(is_login_header("Content-Type"));
}

}  // namespace
}  // namespace nhi::definitions
