#include "scanner/bundle/finding_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scanner/bundle/record.hpp"
#include "scanner/inventory/rows.hpp"
#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

const UnitKey kUnit{"app01/etc", "app01/etc", "conf/a.xml"};

std::size_t leaves(const Json& object) {
  std::size_t count = 0;
  for (const auto& [key, value] : object.items()) {
    count += value.is_object() && !value.contains("base64") ? leaves(value) : 1;
  }
  return count;
}

TEST(FindingRecord, HoldsEveryFactThatTheInventoryHolds) {
  Finding full = test::full_finding(kUnit);
  full.confidence = Level::kHigh;  // what is zero is left out
  const Json record = finding_to_json(full);
  const std::string columns = fact_columns("");
  const auto facts = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
  EXPECT_EQ(leaves(record), facts + 1) << "and the id: " << record.dump(2);
}

TEST(FindingRecord, ReadsBackWhatItWrote) {
  const Json record = finding_to_json(test::full_finding(kUnit));
  const auto read = finding_of_json(Json::parse(record.dump()));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(finding_to_json(*read), record);
  EXPECT_EQ(read->place.path, test::full_finding(kUnit).place.path) << "not UTF-8";
  EXPECT_EQ(read->place.git->introduced.date, Instant{-6});
  const Json plain = finding_to_json(test::finding_in(kUnit, "conf/a.xml", "v"));
  const auto few = finding_of_json(Json::parse(plain.dump()));
  ASSERT_TRUE(few.has_value());
  EXPECT_EQ(finding_to_json(*few), plain);
  EXPECT_FALSE(few->site || few->indicator || few->place.git);
}

TEST(FindingRecord, RefusesWhatIsNotOfItsShape) {
  const Json good = finding_to_json(test::full_finding(kUnit));
  const std::pair<const char*, Json> kFaults[] = {
      {"severity", 4},
      {"severity", "high"},
      {"severity", -1},
      {"kind", 1.5},
      {"rule", 7},
      {"also", "one"},
      {"also", {1}},
      {"line", -1},
      {"line", std::uint64_t{1} << 63},
      {"published_default", 1},
      {"file", Json::array()},
      {"file", {{"mode", std::uint64_t{1} << 40}}},
      {"git", {{"blob", "a"}, {"unknown", 1}}},
      {"age_since", std::int64_t{1} << 50},
      {"rule", {{"base64", "!"}}},
      {"rule", {{"base64", "YQ=="}}},  // UTF-8: it has a plainer form
      {"rule", std::string(kBundleTextBytesMax + 1, 'x')},
      {"surplus", 1},
  };
  for (const auto& [key, value] : kFaults) {
    Json record = good;
    record[key] = value;
    const auto read = finding_of_json(record);
    ASSERT_FALSE(read.has_value()) << key << " " << value.dump().substr(0, 40);
    EXPECT_EQ(read.error().code, ErrorCode::kMalformed);
  }
  EXPECT_FALSE(finding_of_json(Json("text")).has_value());
}

TEST(CoverageRecord, ReadsBackWhatItWrote) {
  Coverage coverage;
  coverage.files = 3;
  coverage.bytes = 4;
  coverage.git_objects = 5;
  coverage.archive_members = 6;
  coverage.carried_files = 7;
  coverage.carried_git_objects = 8;
  coverage.carried_since = Instant{9};
  coverage.unread_total = 25'000;  // all of them count, though no list holds so many
  coverage.add_policy("decode-depth", 2, 3);
  const auto read = coverage_of_json(Json::parse(coverage_to_json(coverage).dump()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(coverage_to_json(*read), coverage_to_json(coverage));
  EXPECT_EQ(coverage_to_json(coverage).size(), 9U) << "every number and the policies";
  EXPECT_EQ(read->unread_total, 25'000U);
  for (const char* faulty : {R"({"by_policy":[["x",1]]})", R"({"by_policy":[["",1,1]]})",
                             R"({"by_policy":[["x",-1,1]]})", R"({"by_policy":{}})",
                             R"({"files":"3"})", R"({"more":1})"}) {
    EXPECT_FALSE(coverage_of_json(Json::parse(faulty)).has_value()) << faulty;
  }
}

TEST(HeaderRecord, RefusesAnotherVersionAndForeignTargets) {
  BundleHeader header{"app01", "Trust", "0.1.0", "sha256:r", "sha256:p", "k1", Instant{5}, {}, {}};
  header.targets = {{"app01/etc", "sha256:q", {{"/etc", "app01/etc"}}}};
  header.key_check = "abcd";
  header.former_id = "k0";
  header.former_check = "ef01";
  const Json good = header_to_json(header);
  const auto read = header_of_json(Json::parse(good.dump()));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->key_check, "abcd");
  EXPECT_EQ(read->former_check, "ef01");
  EXPECT_EQ(header_to_json(*read), good);
  for (const char* field : {"key", "key_check", "former", "former_check"}) {
    Json foreign = good;
    foreign[field] = "k\x1b[2J";
    EXPECT_FALSE(header_of_json(foreign).has_value()) << field << ": messages print it";
  }
  Json newer = good;
  newer["format"] = "nhisweep.bundle/2";
  EXPECT_THAT(header_of_json(newer).error().what, HasSubstr("not a bundle that this"));
  for (const char* name : {"app02/etc", "app01", "app01/", "app012/etc", ""}) {
    Json foreign = good;
    foreign["targets"][0]["name"] = name;
    EXPECT_FALSE(header_of_json(foreign).has_value()) << name;
  }
  for (const char* host : {"", "App01", "../x", "a/b", ".hidden", "-o", "a b", "a\nb"}) {
    Json foreign = good;
    foreign["host"] = host;
    foreign["targets"] = Json::array();
    EXPECT_FALSE(header_of_json(foreign).has_value()) << host;
  }
}

}  // namespace
}  // namespace nhi
