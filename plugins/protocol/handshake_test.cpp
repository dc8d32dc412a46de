#include "plugins/protocol/handshake.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

Json usual() {
  Capability can;
  can.suspend = true;
  can.dead_probe = DeadProbe::kSafe;
  PluginDescription it;
  it.protocol = kProtocolMax;
  it.name = "acme";
  it.version = "1.2.3";
  it.vendor = "Acme";
  it.types = {{"acme.key",
               can,
               {{"host", FieldKind::kText, true, "where"}, {"port", FieldKind::kNumber, false, ""}},
               {{"tls", FieldKind::kFlag, false, ""}},
               {"GRANT x"}}};
  it.methods = {"inspect", "create", "probe", "suspend", "resume", "revoke"};
  it.needs = {"net"};
  return to_json(it);
}

TEST(Handshake, ADescriptionComesBack) {
  const auto it = description_from(usual());
  ASSERT_TRUE(it) << it.error().message();
  EXPECT_EQ(to_json(*it), usual());
  EXPECT_TRUE(it->has_method("probe"));
  EXPECT_FALSE(it->has_method("list"));
  ASSERT_NE(it->type("acme.key"), nullptr);
  EXPECT_EQ(it->type("other"), nullptr);
}

struct WrongCase {
  const char* name;
  Json change;       // merged into the usual one
  const char* says;  // in the error
};
class WrongDescription : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongDescription, IsRefusedAndSaysWhy) {
  Json it = usual();
  it.merge_patch(GetParam().change);
  const auto read = description_from(it);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message().find(GetParam().says), std::string::npos)
      << read.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongDescription,
    testing::Values(WrongCase{"NoVersion", {{"protocol", nullptr}}, "version"},
                    WrongCase{"OtherMajor", {{"protocol", "2.0"}}, "2.0"},
                    WrongCase{"LaterMinor", {{"protocol", "1.9"}}, "1.9"},
                    WrongCase{"NoName", {{"plugin", {{"name", ""}}}}, "no name"},
                    WrongCase{"NameOfAnOption", {{"plugin", {{"name", "--help"}}}}, "no name"},
                    WrongCase{"NameWithASlash", {{"plugin", {{"name", "../x"}}}}, "no name"},
                    WrongCase{"NoTypes", {{"types", Json::array()}}, "types"},
                    WrongCase{"TypesNoList", {{"types", "all"}}, "types"},
                    WrongCase{"UnknownMethod", {{"methods", {"explode"}}}, "methods"},
                    // A capability that nothing carries out is a plan that fails in the middle.
                    WrongCase{"NoProbe",
                              {{"methods", {"inspect", "create", "suspend", "resume", "revoke"}}},
                              "probe"},
                    WrongCase{"NoResume",
                              {{"methods", {"inspect", "create", "probe", "suspend", "revoke"}}},
                              "resume"},
                    WrongCase{"NeedsNoList", {{"needs", "net"}}, "needs"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Handshake, FieldsOfATypeAreChecked) {
  for (const Json& fields :
       {Json::array(), Json({{{"name", "host"}, {"kind", "void"}}}), Json({{{"kind", "text"}}}),
        Json({{{"name", "a"}, {"kind", "text"}}, {{"name", "a"}, {"kind", "text"}}})}) {
    Json it = usual();
    it["types"][0]["ref"] = fields;
    EXPECT_FALSE(description_from(it)) << fields.dump();
  }
}

TEST(Handshake, ValuesAreCheckedAgainstTheirFields) {
  const std::vector<PluginField> fields = {{"host", FieldKind::kText, true, ""},
                                           {"port", FieldKind::kNumber, false, ""},
                                           {"tls", FieldKind::kFlag, false, ""},
                                           {"names", FieldKind::kList, false, ""}};
  EXPECT_TRUE(check_fields({{"host", "a"}}, fields));
  EXPECT_TRUE(check_fields({{"host", "a"}, {"port", 5}, {"tls", true}, {"names", {"x"}}}, fields));
  const auto subject = [&](const Json& values) {
    const auto checked = check_fields(values, fields);
    return checked ? std::string("nothing") : checked.error().subject;
  };
  EXPECT_EQ(subject(Json::object()), "host");
  EXPECT_EQ(subject({{"host", 5}}), "host");
  EXPECT_EQ(subject({{"host", "a"}, {"port", "5"}}), "port");
  EXPECT_EQ(subject({{"host", "a"}, {"names", {5}}}), "names");
  EXPECT_EQ(subject({{"host", "a"}, {"hots", "b"}}), "hots");
  EXPECT_FALSE(check_fields(Json("host"), fields));
}

TEST(Handshake, VersionsAreTwoNumbers) {
  const auto version = parse_protocol_version("1.12");
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, (ProtocolVersion{1, 12}));
  for (const char* text : {"", "1", "1.", ".1", "1.0.0", "a.b", "1.0 ", "-1.0"}) {
    EXPECT_FALSE(parse_protocol_version(text)) << text;
  }
}

}  // namespace
}  // namespace nhi
