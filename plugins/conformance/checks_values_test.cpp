#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/checks.hpp"
#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

TEST(ChecksOfValues, ASoundRotatorPasses) {
  EXPECT_EQ(found_wrong(check_probing, "store"), "");
  EXPECT_EQ(found_wrong(check_slots, "store"), "");
  EXPECT_EQ(found_wrong(check_hostile_names, "store"), "");
}

TEST(ChecksOfValues, WhoTakesAnOutageForDeathIsFound) {
  const std::string wrong = found_wrong(check_probing, "dead-when-down");
  for (const char* const name : {"every connection refused", "does not answer",
                                 "a connection that breaks", "the server is stopped"}) {
    EXPECT_THAT(wrong, HasSubstr(std::string(name) + ": rejected"));
  }
}

TEST(ChecksOfValues, WhoTakesALockoutForDeathIsFound) {
  EXPECT_THAT(found_wrong(check_probing, "dead-when-locked"),
              HasSubstr("the account is locked: rejected"));
}

TEST(ChecksOfValues, WhoMakesAccountsOfAnyNameIsFound) {
  EXPECT_THAT(found_wrong(check_hostile_names, "any-name"),
              HasSubstr("'account' with a statement: create: done, for an account that is not"));
}

// Values are looked for after other groups have used them.
std::string leaks_of(const std::string& fault, const std::vector<std::string>& logs = {}) {
  TestStore store;
  Trial trial = store.trial();
  trial.logs = logs;
  auto bed = Bed::create(store_pin(fault), store_options(), std::move(trial));
  if (!bed) return bed.error().message();
  static_cast<void>(check_repeats(*bed));
  return failures(check_secrets(*bed));
}

TEST(ChecksOfValues, WhoTellsASecretIsFound) {
  EXPECT_EQ(leaks_of("store"), "");
  EXPECT_THAT(leaks_of("leaky"), HasSubstr("no value in output, log or answer: create"));
  EXPECT_THAT(leaks_of("talkative"), HasSubstr("no value in output, log or answer: create"));
}

TEST(ChecksOfValues, AValueInTheServersLogIsFound) {
  TestStore store;
  std::string log = "/tmp/nhi-store-log-XXXXXX";
  const FileHandle file(::mkstemp(log.data()));
  const std::string line = std::string("login of ") + kStoreAdmin + "\n";
  ASSERT_EQ(::write(file.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
  EXPECT_THAT(leaks_of("store", {log}), HasSubstr("no value in " + log + ": auth (plain)"));
  ::unlink(log.c_str());
}

}  // namespace
}  // namespace nhi
