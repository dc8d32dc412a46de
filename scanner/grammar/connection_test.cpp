#include <gtest/gtest.h>

#include "scanner/grammar/connection.hpp"

namespace nhi {
namespace {

struct ConnectionCase {
  std::string_view name, text, target, account, secret;
};
constexpr ConnectionCase kCases[] = {
    // Microsoft JDBC driver: properties behind `;`, braces quote.
    {"SqlServer", "jdbc:sqlserver://DB01:1433;databaseName=PAS;user=svc;password=p@ss;x=1",
     "jdbc:sqlserver://db01:1433/PAS", "svc", "p@ss"},
    {"SqlServerInstance", "jdbc:sqlserver://db01\\PROD;user=svc;password={a;b};database=X",
     "jdbc:sqlserver://db01\\PROD/X", "svc", "a;b"},
    {"SqlServerNoHost", "jdbc:sqlserver://;serverName=db01;portNumber=14330;user=u;password=p",
     "jdbc:sqlserver://db01:14330", "u", "p"},
    {"Jtds", "jdbc:jtds:sqlserver://db01:1433/PAS;user=u;password=p;instance=I",
     "jdbc:jtds:sqlserver://db01\\I:1433/PAS", "u", "p"},
    {"Postgres", "jdbc:postgresql://pg:5432/ehr?user=u&password=p%40&ssl=true",
     "jdbc:postgresql://pg:5432/ehr", "u", "p%40"},
    {"PostgresTwoHosts", "jdbc:postgresql://pg1:5432,pg2:5433/ehr",
     "jdbc:postgresql://pg1:5432/ehr", "", ""},
    {"PostgresV6", "jdbc:postgresql://[::1]:5432/ehr", "jdbc:postgresql://[::1]:5432/ehr", "", ""},
    {"MySql", "jdbc:mysql://h:3306/db?user=u&amp=1&password=p", "jdbc:mysql://h:3306/db", "u", "p"},
    {"MySqlUserInfo", "jdbc:mysql://u:p@ss@h:3306/db", "jdbc:mysql://h:3306/db", "u", "p@ss"},
    {"MariaDb", "jdbc:mariadb://h/db?user=u&password=p", "jdbc:mariadb://h/db", "u", "p"},
    {"OracleService", "jdbc:oracle:thin:scott/tiger9@//ora01:1521/svc",
     "jdbc:oracle://ora01:1521/svc", "scott", "tiger9"},
    {"OracleSid", "jdbc:oracle:thin:@ORA01:1521:ORCL", "jdbc:oracle://ora01:1521/ORCL", "", ""},
    {"OracleQuoted", "jdbc:oracle:thin:scott/\"a@b\"@//ora01:1521/svc",
     "jdbc:oracle://ora01:1521/svc", "scott", "a@b"},
    {"OracleDescription",
     "jdbc:oracle:thin:u/p@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=Ora01)(PORT=1521))"
     "(CONNECT_DATA=(SERVICE_NAME=svc)))",
     "jdbc:oracle://ora01:1521/svc", "u", "p"},
    {"OracleTcps", "jdbc:oracle:thin:@tcps://ora01:2484/svc", "jdbc:oracle://ora01:2484/svc", "",
     ""},
    {"OracleAlias", "jdbc:oracle:thin:u/p@PROD", "jdbc:oracle:PROD", "u", "p"},
    {"Iris", "jdbc:IRIS://Host:1972/NS", "jdbc:iris://host:1972/NS", "", ""},
    {"CacheLog", "jdbc:Cache://host:1972/NS/log.txt:true", "jdbc:cache://host:1972/NS", "", ""},
    {"Db2", "jdbc:db2://h:50000/SAMPLE:user=u;password=p;", "jdbc:db2://h:50000/SAMPLE", "u", "p"},
    {"DerbyPath", "jdbc:derby:${dir}/mirthdb;create=true", "jdbc:derby:${dir}/mirthdb", "", ""},
    {"DerbyServer", "jdbc:derby://h:1527/db;user=u;password=p", "jdbc:derby://h:1527/db", "u", "p"},
    {"Sqlite", "jdbc:sqlite:/data/a.db", "jdbc:sqlite:/data/a.db", "", ""},
    {"H2", "jdbc:h2:tcp://h:9092/~/x;USER=sa;PASSWORD=p", "jdbc:h2:tcp://h:9092/~/x", "sa", "p"},
    {"Sybase", "jdbc:sybase:Tds:h:5000/db?user=u&password=p", "jdbc:sybase:tds://h:5000/db", "u",
     "p"},
    {"As400", "jdbc:as400://h/lib;user=u;password=p", "jdbc:as400://h/lib", "u", "p"},
    {"Http", "https://u:p@API.example:8443/x?y=1", "https://api.example:8443/x", "u", "p"},
    {"HttpAtInSecret", "ftp://u:p@ss@h/x", "ftp://h/x", "u", "p@ss"},
    {"HttpAtInPath", "https://h/x@y:z", "https://h/x@y:z", "", ""},
    {"HttpAtInQuery", "https://h?mail=a@b", "https://h", "", ""},
    {"HttpQuery", "https://h/x?user=u&password=p", "https://h/x", "u", "p"},
    {"Amqp", "amqp://u:p@mq:5672/vhost", "amqp://mq:5672/vhost", "u", "p"},
    {"RedisNoUser", "redis://:p@h:6379/0", "redis://h:6379/0", "", "p"},
    {"MongoHosts", "mongodb://u:p@m1:27017,m2:27018/db", "mongodb://m1:27017/db", "u", "p"},
    {"Ado", "Server=tcp:Db01,1433;Initial Catalog=PAS;User ID=u;Password='a;b'", "db01:1433/PAS",
     "u", "a;b"},
    {"AdoInstance", "Data Source=DB01\\PROD;User Id=u;Password=p;", "db01\\PROD", "u", "p"},
    {"Odbc", "Driver={ODBC Driver 17 for SQL Server};Server=h;Uid=u;Pwd={p}", "h", "u", "p"},
    {"OleDbOracle", "Provider=OraOLEDB.Oracle;Data Source=ora:1521/svc;User Id=u;Password=p",
     "ora:1521/svc", "u", "p"},
    {"Integrated", "Server=h;Database=d;Integrated Security=SSPI", "h/d", "", ""},
    {"Libpq", "host=h port=5432 dbname=d user=u password='p q'", "h:5432/d", "u", "p q"},
    {"ServiceBus",
     "Endpoint=sb://ns.example/;SharedAccessKeyName=k;SharedAccessKey=v=", "ns.example", "k", "v="},
    {"Placeholder", "jdbc:sqlserver://${HOST}:${PORT};user=${U};password=${P}",
     "jdbc:sqlserver://${HOST}:${PORT}", "${U}", "${P}"},
};
class Connection : public testing::TestWithParam<ConnectionCase> {};
TEST_P(Connection, IsTakenApart) {
  const auto parts = parse_connection(GetParam().text);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(connection_target(*parts), GetParam().target);
  EXPECT_EQ(slice(GetParam().text, parts->account), GetParam().account);
  EXPECT_EQ(slice(GetParam().text, parts->secret), GetParam().secret);
}
INSTANTIATE_TEST_SUITE_P(Table, Connection, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ParseConnection, LeavesOtherTextsAlone) {
  for (const std::string_view text :
       {"", "hello world", "a = b;", "password=x", "x = 1; y = 2; z = 3", "name=a;value=b",
        "C:\\data\\x", "/home/x", "mailto:a@b", "var a = 'x'; var password = 'y';"}) {
    EXPECT_FALSE(parse_connection(text).has_value()) << text;
  }
}

TEST(ParseConnection, AnyCutOfAnyCaseIsHarmless) {
  for (const ConnectionCase& row : kCases) {
    for (std::size_t i = 0; i <= row.text.size(); ++i) {
      const std::string_view cut = row.text.substr(0, i);
      if (const auto parts = parse_connection(cut)) {
        EXPECT_LE(parts->secret.end, cut.size());
        EXPECT_LE(parts->account.end, cut.size());
      }
    }
  }
}

}  // namespace
}  // namespace nhi
