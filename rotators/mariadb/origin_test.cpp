#include "rotators/mariadb/origin.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

struct FitCase {
  const char* pattern;
  const char* client;
  Fit fit;
};

TEST(MariadbOrigin, PatternsFitAsTheServerReadsThem) {
  const FitCase cases[] = {
      {"%", "10.0.0.7", Fit::kYes},
      {"", "10.0.0.7", Fit::kYes},
      {"10.%", "10.0.0.7", Fit::kYes},
      {"10.0.0._", "10.0.0.7", Fit::kYes},
      {"10.0.0._", "10.0.0.77", Fit::kNo},
      {"%.7", "10.0.0.7", Fit::kYes},
      {"%0%7%", "10.0.0.7", Fit::kYes},
      {"192.%", "10.0.0.7", Fit::kNo},
      {"10.0.0.0/255.255.255.0", "10.0.0.7", Fit::kYes},
      {"10.0.0.0/255.255.255.0", "10.0.1.7", Fit::kNo},
      {"10.0.0.0/24", "10.0.0.7", Fit::kMaybe},
      {"%.example", "DB1.Example", Fit::kYes},
      {"db\\_1.example", "db_1.example", Fit::kYes},
      {"db\\_1.example", "dbx1.example", Fit::kNo},
      {"db2.example", "db1.example", Fit::kNo},
      {"localhost", "localhost", Fit::kYes},
      // A client of that name may have that address: the server shows one of them.
      {"10.%", "db1.example", Fit::kMaybe},
      {"127.0.0.1", "localhost", Fit::kMaybe},
      // An address is shown where there was no name to be found.
      {"db1.example", "10.0.0.7", Fit::kNo},
      {"localhost", "127.0.0.1", Fit::kNo},
      {"::1", "::1", Fit::kYes},
  };
  for (const FitCase& it : cases) {
    EXPECT_EQ(static_cast<int>(fits(it.pattern, it.client)), static_cast<int>(it.fit))
        << it.pattern << " " << it.client;
  }
}

struct OriginCase {
  std::vector<AccountName> names;
  const char* client;
  Origin origin;
};

TEST(MariadbOrigin, TheMostSpecificAccountIsAsked) {
  const AccountName target{"app", "10.%"};
  const OriginCase cases[] = {
      {{target}, "10.0.0.7", Origin::kTarget},
      {{target}, "192.168.0.1", Origin::kNone},
      {{target}, "db1.example", Origin::kUnclear},
      {{{"app", "%"}, target}, "10.0.0.7", Origin::kTarget},
      {{{"app", "%"}, target}, "192.168.0.1", Origin::kOther},
      {{{"app", "10.0.%"}, target}, "10.0.0.7", Origin::kOther},
      {{{"app", "10.0.0.7"}, target}, "10.0.0.7", Origin::kOther},
      {{{"app", "10.0.%"}, target}, "10.9.0.7", Origin::kTarget},
      {{{"app", "10._.0.7"}, target}, "10.0.0.7", Origin::kUnclear},  // as specific
      {{{"", "10.%"}, target}, "10.0.0.7", Origin::kTarget},          // names go first
      {{{"", "10.0.0.7"}, target}, "10.0.0.7", Origin::kOther},       // but hosts before them
      {{{"app", "10.0.0.0/24"}, target}, "10.0.0.7", Origin::kUnclear},
      {{}, "10.0.0.7", Origin::kNone},
  };
  int number = 0;
  for (const OriginCase& it : cases) {
    EXPECT_EQ(static_cast<int>(account_of_login(it.names, target, it.client).origin),
              static_cast<int>(it.origin))
        << number;
    ++number;
  }
  EXPECT_EQ(account_of_login({{"", "10.0.0.7"}, target}, target, "10.0.0.7").taken.host,
            "10.0.0.7");
}

}  // namespace
}  // namespace nhi
