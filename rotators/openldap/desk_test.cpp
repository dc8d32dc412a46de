#include "rotators/openldap/desk.hpp"

#include "rotators/openldap/test_support.hpp"

// What needs no server; the rest is in tests/plugins/openldap_test.cpp, at a real one.
namespace nhi {
namespace {

PluginErrorCode error_at(const std::string& answer, const std::string& auth = "a") {
  const FakeServer server(answer, /*hang_up=*/false);
  FakeCall call("inspect", {});
  call.left = std::chrono::milliseconds(500);
  call.secrets["auth"] = auth;
  const auto desk = sit_down(call, target_at(server.port()));
  EXPECT_FALSE(desk);
  return desk ? PluginErrorCode::kInternal : desk.error().code;
}

TEST(OpenldapDesk, NamesWhyTheAdminDoesNotSitThere) {
  EXPECT_EQ(error_at(bind_answer(49)), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(error_at(bind_answer(13)), PluginErrorCode::kInvalidConfig);
  EXPECT_EQ(error_at(bind_answer(51)), PluginErrorCode::kUnreachable);
  EXPECT_EQ(error_at(bind_answer(0)), PluginErrorCode::kUnreachable);  // says nothing more
  EXPECT_EQ(error_at(bind_answer(0), ""), PluginErrorCode::kAuthFailed);
}

// The bind's answer, then that to a search of the root DSE, sent with it.
std::string root_with(const std::string& object_class) {
  const std::string attribute =
      ber(0x30, ber(0x04, "objectClass") + ber(0x31, ber(0x04, object_class)));
  const std::string entry =
      ber(0x30, ber(0x02, "\x02") + ber(0x64, ber(0x04, "") + ber(0x30, attribute)));
  return bind_answer(0) + entry + answer_of(2, 0x65, 0);
}

TEST(OpenldapDesk, AnotherServerIsLeftAlone) {
  EXPECT_EQ(error_at(root_with("top")), PluginErrorCode::kUnsupported);
  EXPECT_EQ(error_at(root_with("OpenLDAProotDSE")), PluginErrorCode::kUnreachable);  // then silent
  // It shows nothing of itself.
  EXPECT_EQ(error_at(bind_answer(0) + answer_of(2, 0x65, 0)), PluginErrorCode::kForbidden);
}

}  // namespace
}  // namespace nhi
