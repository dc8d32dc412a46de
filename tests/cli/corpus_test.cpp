// Measured on the corpora that lie beside a checkout in some places; skipped elsewhere.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
  return cells;
}

struct TruthRow {
  std::string file, kind, indicator_class, subclass, credential;
  int line = 0;
};

std::vector<TruthRow> read_truth(const std::string& folder) {
  std::vector<TruthRow> rows;
  std::ifstream file(folder + "/TRUTH.tsv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = split(line);
    if (cells.size() < 6) continue;
    rows.push_back({cells[0], cells[2], cells[3], cells[4], cells[5], std::stoi(cells[1])});
  }
  return rows;
}

struct Tally {
  int rows = 0, found = 0, reported = 0, right = 0;
};

class NhsCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto corpus = corpus_folder();
    if (!corpus) GTEST_SKIP() << "no corpus beside this checkout";
    folder_ = *corpus + "/nhs";
    truth_ = read_truth(folder_);
    const Outcome scan = box_.run(
        {"scan", folder_, "--format", "json", "--min-confidence", "low", "--no-git-history"});
    ASSERT_LE(scan.exit_status, 3) << scan.err;
    report_ = Json::parse(scan.out);
  }
  Sandbox box_;
  std::string folder_;
  std::vector<TruthRow> truth_;
  Json report_;
};

TEST_F(NhsCorpus, EveryKindIsFoundWhereItIsLabelled) {
  using Place = std::tuple<std::string, int, std::string>;
  std::set<Place> labelled;
  std::set<std::string> files;
  for (const TruthRow& row : truth_) {
    labelled.insert({row.file, row.line, row.kind});
    files.insert(row.file);
  }
  std::set<Place> reported;
  for (const Json& finding : report_["findings"]) {
    const std::string path = finding["path"];
    if (!files.contains(path)) continue;
    const std::string kind =
        finding.contains("indicator") ? finding["indicator"]["kind"] : finding["rule"];
    for (int line = finding["lines"][0]; line <= finding["lines"][1]; ++line) {
      reported.insert({path, line, kind});
    }
  }
  std::map<std::string, Tally> kinds;
  for (const Place& place : labelled) {
    const std::string& kind = std::get<2>(place);
    if (kind == "none") continue;
    ++kinds[kind].rows;
    kinds[kind].found += reported.contains(place) ? 1 : 0;
  }
  for (const Place& place : reported) {
    const auto kind = kinds.find(std::get<2>(place));
    if (kind == kinds.end()) continue;
    ++kind->second.reported;
    kind->second.right += labelled.contains(place) ? 1 : 0;
  }
  Tally all;
  for (const auto& [kind, tally] : kinds) {
    fmt::print("{:32} rows {:3}  recall {:.2f}  precision {:.2f}\n", kind, tally.rows,
               double(tally.found) / tally.rows,
               tally.reported == 0 ? 1.0 : double(tally.right) / tally.reported);
    all.rows += tally.rows;
    all.found += tally.found;
  }
  fmt::print("all: {} of {} labelled rows found\n", all.found, all.rows);
  EXPECT_GE(all.found, all.rows * 95 / 100);
}

TEST_F(NhsCorpus, NoNeutralTraceOrTrapIsEverCis1OrCis2) {
  // A line may hold a CIS trace and a neutral one: only lines that are neutral throughout count.
  std::map<std::pair<std::string, int>, bool> only_neutral;
  for (const TruthRow& row : truth_) {
    auto [hit, fresh] = only_neutral.try_emplace({row.file, row.line}, true);
    hit->second = hit->second && row.indicator_class == "neutral";
  }
  for (const Json& finding : report_["findings"]) {
    if (!finding.contains("indicator") || finding["indicator"]["class"] == "neutral") continue;
    const std::pair<std::string, int> place(finding["path"], finding["lines"][0]);
    const auto label = only_neutral.find(place);
    if (label == only_neutral.end()) continue;
    EXPECT_FALSE(label->second) << place.first << ":" << place.second << " "
                                << finding["indicator"]["kind"];
  }
}

TEST(MirthCorpus, SitesAreRightNineteenTimesOfTwenty) {
  const auto corpus = corpus_folder();
  if (!corpus) GTEST_SKIP() << "no corpus beside this checkout";
  const std::string scorer = *corpus + "/../tools/score_sites.py";
  if (!fs::exists(scorer)) GTEST_SKIP() << "no scorer beside the corpus";
  const Sandbox box;
  const Outcome scan = box.run({"scan", *corpus + "/engines", "--format", "json",
                                "--no-git-history", "--output", "report.json"});
  ASSERT_LE(scan.exit_status, 3) << scan.err;
  box.must({"sh", "-c", "python3 '" + scorer + "' '" + *corpus + "/engines' report.json > score"});
  std::stringstream score(box.read("score"));
  std::string line;
  while (std::getline(score, line)) {
    if (!line.starts_with("mirth")) continue;
    fmt::print("{}\n", line);
    std::stringstream words(line);
    int figures = 0;
    for (std::string word; words >> word;) {
      if (word.find('.') == std::string::npos) continue;
      ++figures;
      EXPECT_GE(std::stod(word), 0.95) << line;
    }
    EXPECT_EQ(figures, 6);
  }
}

// What nobody knows the path of is looked over without one, and judged where it stood: nothing is
// lost on the way, and nothing is gained.
TEST(CorpusHistory, HoldsWhatTheFilesHold) {
  const auto corpus = corpus_folder();
  if (!corpus) GTEST_SKIP() << "no corpus beside this checkout";
  const Sandbox box;
  for (const char* part : {"engines", "nhs", "creddata/data"}) {
    if (!fs::exists(*corpus + "/" + part)) continue;
    const fs::path to = box.path(std::string("t/") + part);
    fs::create_directories(to.parent_path());
    fs::copy(*corpus + "/" + part, to, fs::copy_options::recursive);
  }
  box.must({"git", "init", "-q", "t"});
  box.must({"git", "add", "-A", "-f"}, box.path("t"));
  box.must({"git", "commit", "-q", "-m", "all"}, box.path("t"));
  box.must({"git", "clone", "-q", "--bare", "t", "bare.git"});
  using Held = std::set<std::tuple<std::string, std::string, std::string>>;
  const auto held = [&](std::vector<std::string> request) {
    request.insert(request.begin(), "scan");
    request.insert(request.end(), {"--format", "json"});
    const Outcome scan = box.run(request);
    EXPECT_LE(scan.exit_status, 3) << scan.err;
    Held out;
    const Json report = Json::parse(scan.out);
    for (const Json& finding : report["findings"]) {
      const Json what = finding.contains("indicator") ? finding["indicator"]
                                                      : finding.value("fingerprint", Json());
      out.insert({finding["path"], finding["rule"], what.dump()});
    }
    return out;
  };
  const Held files = held({"t", "--no-git-history"});
  const Held history = held({"bare.git"});
  EXPECT_GT(files.size(), 50U);
  for (const auto& [path, rule, what] : files) {
    EXPECT_TRUE(history.contains({path, rule, what})) << path << " " << rule << " not in history";
  }
  for (const auto& [path, rule, what] : history) {
    EXPECT_TRUE(files.contains({path, rule, what})) << path << " " << rule << " not in files";
  }
}

}  // namespace
}  // namespace nhi::testing
