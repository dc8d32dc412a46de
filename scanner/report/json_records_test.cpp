#include "scanner/report/json_records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> paths_of(std::string_view text) {
  std::vector<std::string> paths;
  const auto read = read_json_records(text, {"id"}, [&](const JsonRecord& record) -> Result<void> {
    paths.push_back(record.path + "=" + std::string(record["id"]));
    return {};
  });
  EXPECT_TRUE(read) << read.error().message();
  return paths;
}

TEST(JsonRecords, NameTheKeysAboveEachObject) {
  EXPECT_THAT(paths_of(R"({"a":[{"id":"x"},{"b":{"id":7}}],"id":true,"c/d":{"id":null}})"),
              ElementsAre("a//=x", "a//b/=7", "a//=", "c~1d/=", "=true"));
  EXPECT_THAT(paths_of(R"([{"id":"x","id":"y"}])"), ElementsAre("/=x"));
}

TEST(JsonRecords, SayWhereTheTextIsBrokenAndNeverQuoteIt) {
  const auto read = read_json_records("{\n  \"id\": \"x\",\n  hunter2\n}", {},
                                      [](const JsonRecord&) -> Result<void> { return {}; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(read.error().message(), HasSubstr("line 3, column 3"));
  EXPECT_THAT(read.error().message(), Not(HasSubstr("hunter2")));
}

TEST(JsonRecords, RefuseDepthAndPassOnWhatTheSinkSays) {
  const std::string deep(1'000'000, '[');
  const auto ignore = [](const JsonRecord&) -> Result<void> { return {}; };
  const auto read = read_json_records(deep, {}, ignore);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kTooLarge);
  const auto stopped = read_json_records("[{},{}]", {}, [](const JsonRecord&) -> Result<void> {
    return fail(ErrorCode::kBadUse, "stop");
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().what, "stop");
}

}  // namespace
}  // namespace nhi
