#include "scanner/sweep/declared.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

using ::testing::HasSubstr;

constexpr Instant kNow{1795615200};  // 2026-11-25

class DeclaredFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "nhi-declared-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    file_ = folder_ + "/dependencies.yaml";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result<std::vector<DeclaredDependency>> load(const std::string& text) {
    std::ofstream(file_) << text;
    return load_declared(file_, kNow);
  }
  std::string refusal(const std::string& text) {
    const auto loaded = load(text);
    if (loaded) return "not refused";
    const Error& error = loaded.error();
    return error.subject.substr(error.subject.rfind("yaml:")) + " " + error.what + "; " +
           error.hint;
  }
  // An entry with what is required, and `more`.
  static std::string entry(const std::string& more, const std::string& system = "RIS") {
    return "dependencies:\n  - {system: " + system +
           ", state: cis1-only, decided_by: Ada Ward, date: 2026-11-20, evidence: CHG-1" + more +
           "}\n";
  }
  std::string folder_;
  std::string file_;
};

TEST_F(DeclaredFile, SaysWhatIsKnownOfEachSystem) {
  const auto loaded = load(
      "dependencies:\n"
      "  - system: RIS\n"
      "    environment: live\n"
      "    state: dual\n"
      "    decided_by: Ada Ward\n"
      "    date: 2026-11-20\n"
      "    evidence: supplier call, CHG-1\n"
      "    criticality: critical\n"
      "    owner: radiology\n"
      "    side_states: [break-glass, exception]\n"
      "    exception_until: 2027-03-31\n"
      "    supplier: Acme Imaging\n"
      "    supplier_date: 2027-01-15\n"
      "    review: 2026-12-15\n"
      "    blockers: no test system\n"
      "  - {system: PAS, state: observed, decided_by: Bo, date: 2026-11-25T10:00:00Z,"
      " evidence: mail}\n");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().what << loaded.error().subject;
  ASSERT_EQ(loaded->size(), 2U);
  const DeclaredDependency& ris = loaded->front();
  EXPECT_EQ(ris.environment, Environment::kLive);
  EXPECT_EQ(ris.words, (std::vector<std::string>{
                           "dual", "radiology", "critical", "break-glass, exception", "2027-03-31",
                           "Acme Imaging", "2027-01-15", "2026-12-15", "no test system"}));
  EXPECT_EQ(ris.decided_by, "Ada Ward");
  EXPECT_EQ(to_iso_date(ris.date), "2026-11-20");
  EXPECT_THAT(ris.place, HasSubstr("yaml:2:5"));
  EXPECT_EQ(loaded->back().environment, std::nullopt);
  EXPECT_EQ(loaded->back().words.at(1), "");
}

TEST_F(DeclaredFile, MayBeEmpty) {
  EXPECT_EQ(load("dependencies:\n").value_or(std::vector<DeclaredDependency>(1)).size(), 0U);
  EXPECT_EQ(load("dependencies: []\n").value_or(std::vector<DeclaredDependency>(1)).size(), 0U);
}

TEST_F(DeclaredFile, IsRefusedWithThePlaceAndTheReason) {
  EXPECT_THAT(refusal(entry(", criticallity: high")), HasSubstr("yaml:2:"));
  EXPECT_THAT(refusal(entry(", criticallity: high")),
              HasSubstr("unknown key 'criticallity'; did you mean 'criticality'?"));
  EXPECT_THAT(refusal(entry(", criticality: urgent")), HasSubstr("low, medium, high or critical"));
  EXPECT_THAT(refusal(entry(", environment: test")), HasSubstr("unknown environment"));
  EXPECT_THAT(refusal(entry(", owner: [a, b]")), HasSubstr("`owner` is one value"));
  EXPECT_THAT(refusal(entry(", owner: a, owner: b")), HasSubstr("'owner' stands twice"));
  EXPECT_THAT(refusal(entry(", side_states: [blocked]")), HasSubstr("no side state"));
  EXPECT_THAT(refusal(entry(", side_states: supplier-blocked, supplier_date: 2027-01-01")),
              HasSubstr("the supplier has given no date"));
  EXPECT_THAT(refusal(entry(", side_states: exception")), HasSubstr("the day it ends"));
  EXPECT_THAT(refusal(entry(", review: soon")), HasSubstr("'soon' is no day"));
  EXPECT_THAT(refusal(entry(", blockers: " + std::string(kDependencyWordBytesMax + 1, 'x'))),
              HasSubstr("over 2000 bytes"));
  EXPECT_THAT(refusal("dependencies:\n  - {system: RIS, state: migrated, decided_by: a,"
                      " date: 2026-11-20, evidence: b}\n"),
              HasSubstr("yaml:2:26 'migrated' is no state; observed, cis1-only"));
  EXPECT_THAT(refusal("dependencies:\n  - {system: RIS, state: dual, decided_by: a,"
                      " date: 2026-11-26, evidence: b}\n"),
              HasSubstr("a day that has not come"));
  for (const char* key : {"system", "state", "decided_by", "date", "evidence"}) {
    std::string text = entry("");
    text.replace(text.find(std::string(key) + ": "), std::string(key).size(), "owner");
    EXPECT_THAT(refusal(text), HasSubstr(std::string("needs `") + key + "`")) << key;
  }
  EXPECT_THAT(refusal(entry("") + entry("").substr(14)), HasSubstr("stands at"));
  EXPECT_THAT(refusal("[]\n"), HasSubstr("a list is expected"));
  EXPECT_THAT(refusal("dependencies: {}\n"), HasSubstr("is a list"));
  EXPECT_THAT(refusal("dependencies: [\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("dependency: []\n"), HasSubstr("unknown key 'dependency'"));
}

TEST_F(DeclaredFile, HasALimit) {
  std::string text = "dependencies:\n";
  for (std::size_t i = 0; i <= kDeclaredMax; ++i) text += "  - x\n";
  EXPECT_THAT(refusal(text), HasSubstr("over 10000 dependencies"));
}

}  // namespace
}  // namespace nhi
