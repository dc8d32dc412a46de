// account_test.hpp - the same requests to rotators of accounts, whatever the account is called.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tests/plugins/rotator_test.hpp"

namespace nhi::testing {

inline constexpr const char* kAdminPassword = "rotator-canary-9fQv3LmT";
inline constexpr const char* kOld = "old-canary-Hs82kdPq71Lx";
inline constexpr const char* kNew = "new-canary-Vb55nwYt04Rz";
inline constexpr const char* kOther = "other-canary-Wq30xcMn58Bd";
inline constexpr const char* kControl = "control-canary-Kc93jfUo66";

// An account that is not named is the usual one; an empty name is a name.
using Account = std::optional<std::string>;

class AccountTest : public RotatorTest {
 protected:
  AccountTest(std::string rotator, std::string account, Json config)
      : RotatorTest(std::move(rotator)), account_(std::move(account)), config_(std::move(config)) {}

  /// Of a request about this account; ids that go with it are those of the whole account.
  [[nodiscard]] virtual Json params_of(const std::string& account) const = 0;
  [[nodiscard]] Json params(const Account& account = {}) const {
    return params_of(account.value_or(account_));
  }
  std::string step(const std::string& method, const Account& account = {}) {
    return answer(method, params(account), {{"auth", admin_password_}});
  }
  std::string step_on(const std::string& method, const Json& id, const Secrets& more = {}) {
    Json asked = params();
    asked["id"] = id;
    Secrets secrets = {{"auth", admin_password_}};
    secrets.insert(secrets.end(), more.begin(), more.end());
    return answer(method, asked, secrets);
  }
  std::string create(const std::string& value, const Account& account = {}) {
    return answer("create", params(account), {{"auth", admin_password_}, {"new", value}});
  }
  std::string revoke(const std::string& old, const Account& account = {}) {
    return answer("revoke", params(account), {{"auth", admin_password_}, {"old", old}});
  }
  std::string probe(const std::string& kind, const std::string& value,
                    const Account& account = {}) {
    Json asked = params(account);
    asked["kind"] = kind;
    return answer("probe", std::move(asked), {{"auth", admin_password_}, {"value", value}});
  }
  Json inspect(const Account& account = {}) {
    answer("inspect", params(account), {{"auth", admin_password_}});
    EXPECT_FALSE(last_.error) << last_.error->message;
    return last_.result;
  }
  [[nodiscard]] std::string evidence() const { return last_.result["evidence"].dump(); }

  /// What a suspension is where it is of the account and not of one of its values. `refusal`: the
  /// code with which the server refuses its owner; `word`: how the rotator says that it is off.
  void expect_suspension_is_of_all_values(const std::string& refusal, const std::string& word);

  std::string account_;
  std::string admin_password_ = kAdminPassword;
  Json config_;
  int port_ = 0;  // where it is not the server's
};

inline void AccountTest::expect_suspension_is_of_all_values(const std::string& refusal,
                                                            const std::string& word) {
  const Json one = inspect()["id"];
  EXPECT_TRUE(one.contains("password"));
  EXPECT_EQ(step_on("suspend", one), "done");
  EXPECT_EQ(last_.result["undo"]["method"], "resume");
  EXPECT_EQ(step_on("suspend", one), "already_done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), refusal);
  EXPECT_EQ(inspect()["enabled"], false);
  // A new value for an account that is off leaves it so.
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), ::testing::HasSubstr(word));
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step("list"), "");
  EXPECT_EQ(last_.result["items"].size(), 2U);
  EXPECT_EQ(last_.result["items"][0]["status"], "suspended");
  EXPECT_EQ(step_on("resume", one), "done");
  EXPECT_EQ(step_on("resume", one), "already_done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  // It would end the new value with the old one.
  EXPECT_EQ(step_on("suspend", one), "1004");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(step("suspend"), "done");  // of the account, as asked
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step_on("revoke", one), "done");
  EXPECT_EQ(step_on("suspend", one), "1003");
  EXPECT_EQ(step("resume"), "done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("old", kOld), "rejected");
}

}  // namespace nhi::testing
