// Claims about the records of a bundle whose seal is right: a foreign or older program wrote them.
#include "scanner/bundle/bundle_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scanner/bundle/finding_check.hpp"
#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

class Deaf : public BundleSink {
 public:
  Result<bool> begin_unit(const UnitResult&, const std::vector<PlaceOwner>&) override {
    return true;
  }
  Result<void> unit(UnitResult unit) override {
    findings += unit.findings.size();
    return {};
  }
  Result<void> clean_unit(UnitKey, std::string, const std::string&) override { return {}; }
  void listed(std::string) override {}
  void empty_folder(std::string, std::string) override {}
  void refused(std::string) override {}
  void distrusted(std::string) override {}
  std::size_t findings = 0;
};

BundleHeader header() {
  BundleHeader header;
  header.host = "app01";
  header.targets = {{"app01/etc", "p1", {}}};
  return header;
}

constexpr const char* kUnit =
    R"({"unit":{"target":"app01/etc","root":"app01/etc","path":"a","stamp":"s","findings":1,)"
    R"("coverage":{"files":1},"owners":[["a","platform","estate"]]}})";
constexpr const char* kFinding =
    R"({"finding":{"id":"f_0123456789abcdef01234567","rule":"r","fingerprint":"hmac-sha256:k1:aa",)"
    R"("credential_id":"c_0123456789abcdef01234567","target":"app01/etc","root":"app01/etc",)"
    R"("path":"a"}})";
constexpr const char* kEmptyUnit =
    R"({"unit":{"target":"app01/etc","root":"app01/etc","path":"b","coverage":{}}})";
constexpr const char* kClean =
    R"({"clean":{"target":"app01/etc","root":"app01/etc/x","units":[["c","s"],["d","s"]]}})";
constexpr const char* kListed = R"({"listed":["app01/etc"]})";
constexpr const char* kCoverage = R"({"coverage":{"files":3,"unread_total":1}})";
constexpr const char* kUnread = R"({"unread":{"root":"app01/etc","path":"x","reason":"gone"}})";
constexpr const char* kCounts = R"({"counts":{"units":2,"findings":1,"clean":2}})";

using Lines = std::vector<std::string>;
Lines good() { return {kUnit, kFinding, kEmptyUnit, kClean, kListed, kCoverage, kUnread, kCounts}; }

std::string fault_of(const Lines& lines) {
  const BundleHeader head = header();
  Deaf sink;
  BundleParser parser(head, sink);
  for (const std::string& line : lines) {
    if (auto read = parser.line(line); !read) return read.error().what;
  }
  if (auto end = parser.end(); !end) return end.error().what;
  return "";
}

std::string changed(const std::string& line, const std::string& from, const std::string& to) {
  std::string out = line;
  out.replace(out.find(from), from.size(), to);
  return out;
}

TEST(BundleParser, TakesWhatTheWriterWrites) { EXPECT_EQ(fault_of(good()), ""); }

TEST(BundleParser, MissesEveryLine) {
  for (std::size_t i = 0; i < good().size(); ++i) {
    if (good()[i] == kListed || good()[i] == kUnread) continue;  // a list may be short
    Lines lines = good();
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(fault_of(lines), "") << good()[i];
  }
}

TEST(BundleParser, HoldsToTheOrder) {
  for (std::size_t i = 0; i + 1 < good().size(); ++i) {
    if (good()[i] == kEmptyUnit) continue;  // units and clean units come in any order
    Lines lines = good();
    std::swap(lines[i], lines[i + 1]);
    EXPECT_NE(fault_of(lines), "") << good()[i];
  }
  Lines twice = good();
  twice.insert(twice.end() - 2, kCoverage);
  EXPECT_NE(fault_of(twice), "");
  Lines behind = good();
  behind.emplace_back(kListed);
  EXPECT_NE(fault_of(behind), "");
}

struct Fault {
  std::size_t line;
  const char* from;
  const char* to;
  const char* says;
};

TEST(BundleParser, NamesWhatIsWrong) {
  const Fault kFaults[] = {
      {0, "\"target\":\"app01/etc\"", "\"target\":\"app02/etc\"", "no target of this bundle"},
      {0, "\"root\":\"app01/etc\"", "\"root\":\"app01/etcetera\"", "outside its target"},
      {0, "\"path\":\"a\"", "\"path\":\"../a\"", "outside its target"},
      {0, "\"path\":\"a\"", "\"path\":\"/a\"", "outside its target"},
      {0, "\"path\":\"a\"", "\"path\":\"x/../../a\"", "outside its target"},
      {0, "\"findings\":1", "\"findings\":2", "a finding is missing"},
      {0, "\"findings\":1", "\"findings\":100001", "too many findings"},
      {0, "\"findings\":1", "\"findings\":-1", "a count is expected"},
      {0, "\"coverage\":{\"files\":1},", "", "without coverage"},
      {0, "\"stamp\"", "\"stump\"", "does not know"},
      {0, "[[\"a\",\"platform\",\"estate\"]]", "[[\"a\"]]", "owners"},
      {1, "f_0123", "x_0123", "an id of ours"},
      {1, "\"path\":\"a\"", "\"path\":\"../../etc/shadow\"", "leads outside"},
      {1, "\"root\":\"app01/etc\"", "\"root\":\"app01/other\"", "another place than its unit"},
      {1, "\"fingerprint\":\"hmac-sha256:k1:aa\"", "\"fingerprint\":\"hunter2\"", "none of ours"},
      {1, "\"path\":\"a\"", "\"path\":\"a\",\"start\":9,\"end\":3", "before it begins"},
      {3, "[\"d\",\"s\"]", "[\"d\"]", "a path and a stamp"},
      {3, "[\"d\",\"s\"]", "[\"..\",\"s\"]", "outside its target"},
      {4, "app01", "app02", "another host"},
      {4, "[\"app01/etc\"]", "\"app01/etc\"", "a list is expected"},
      {4, "listed", "lusted", "does not know"},
      {6, "app01", "app02", "another host"},
      {6, "\"reason\":\"gone\"", "\"bytes\":1", "without a reason"},
      {5, "\"unread_total\":1", "\"files\":1", ""},
      {7, "\"findings\":1", "\"findings\":2", "counts"},
      {7, "}}", "}", "no JSON"},
      {7, "{\"counts\"", "{\"x\":1,\"counts\"", "not one record"},
  };
  for (const Fault& fault : kFaults) {
    Lines lines = good();
    lines[fault.line] = changed(lines[fault.line], fault.from, fault.to);
    const std::string what = fault_of(lines);
    EXPECT_NE(what, "") << lines[fault.line];
    EXPECT_THAT(what, HasSubstr(fault.says)) << lines[fault.line];
  }
}

TEST(BundleParser, ListsNoMoreUnreadPlacesThanItCounts) {
  Lines lines = good();
  lines.insert(lines.begin() + 6, kUnread);
  EXPECT_THAT(fault_of(lines), HasSubstr("more unread places"));
}

TEST(BundleJson, RefusesDepthBeforeItParses) {
  EXPECT_TRUE(bundle_json("[[[[[[[[]]]]]]]]").has_value());
  EXPECT_FALSE(bundle_json("[[[[[[[[[]]]]]]]]]").has_value());
  EXPECT_FALSE(bundle_json(std::string(1 << 20, '[')).has_value());
  EXPECT_TRUE(bundle_json("\"[[[[[[[[[[[[ \\\" [[[[[[[\"").has_value());
}

TEST(PlainPath, NeverLeavesItsRoot) {
  for (const char* path : {"", "a", "a/b", "..a/b", "a../b", ".git", "a/..b"}) {
    EXPECT_TRUE(is_plain_path(path)) << path;
  }
  for (const char* path : {"/", "/a", "..", "../a", "a/..", "a/../b"}) {
    EXPECT_FALSE(is_plain_path(path)) << path;
  }
}

}  // namespace
}  // namespace nhi
