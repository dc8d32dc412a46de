#include "rotators/sinks/document_format.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

struct FormatCase {
  std::string_view name, file, text;
  std::optional<Format> format;
};
const FormatCase kFormatCases[] = {
    {"YamlByName", "a/B.YML", "", Format::kYaml},
    {"PgpassByName", "home/svc/.pgpass", "", Format::kPgpass},
    {"EnvByName", "/srv/.env.production", "x: y", Format::kEnv},
    {"TomlIsLeftToPeople", "x.toml", "a = \"b\"\n", std::nullopt},
    {"UnitFilesAreLeftToPeople", "x.service", "[Service]\nEnvironment=A=b\n", std::nullopt},
    {"ScriptsAreLeftToPeople", "run", "#!/bin/sh\nA=b\n", std::nullopt},
    {"XmlByText", "server", "\xEF\xBB\xBF \n<?xml version='1.0'?><a/>", Format::kXml},
    {"JsonByText", "state", " {\"a\": 1}", Format::kJson},
    {"IniByText", "app.conf", "; c\n[db]\nuser = svc\n", Format::kIni},
    {"YamlByText", "app.conf", "---\ndb:\n  - user: svc\n", Format::kYaml},
    {"EnvByText", "/etc/default/app", "# c\nexport A='b'\nB=c\n", Format::kEnv},
    {"PropertiesByText", "app.conf", "db.user = svc\ndb.url = a\n", Format::kProperties},
    {"PlainKeysAreLeftToPeople", "app.conf", "user=svc\npassword='a'\n", std::nullopt},
    {"MixedIsLeftToPeople", "app.conf", "db.user = svc\nA=b\n", std::nullopt},
    {"ProseIsLeftToPeople", "notes", "the password is = x\nand so on\n", std::nullopt},
    {"NothingIsLeftToPeople", "empty", "", std::nullopt},
    {"BinaryIsLeftToPeople", "x", std::string_view("A=b\0", 4), std::nullopt},
};
class FormatOfDocument : public testing::TestWithParam<FormatCase> {};
TEST_P(FormatOfDocument, IsKnownOrLeftToPeople) {
  EXPECT_EQ(format_of_document(GetParam().file, GetParam().text), GetParam().format);
}
INSTANTIATE_TEST_SUITE_P(Table, FormatOfDocument, testing::ValuesIn(kFormatCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace nhi
