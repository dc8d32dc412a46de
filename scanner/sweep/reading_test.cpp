// Claims: a file larger than a segment gives the same findings, at the same places, whether one
// worker examines it or several do.
#include "scanner/sweep/reading.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/runs.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

using Place = std::tuple<std::string, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;

std::string secret_line(int number) { return password_line(std::to_string(number)); }

// More than is examined as one: passwords at the start, across two borders, and at the end; the
// second border lies within a line that began long before.
std::string large_text() {
  const std::string filler = "2026-11-29 an ordinary line of a log \xC3\xA9\n";
  std::string text = secret_line(0);
  text.reserve(kWholeBytesMax + 3 * kMatchBytesMax);
  const auto fill_to = [&](std::size_t size) {
    while (text.size() + filler.size() < size) text += filler;
    text.append(size - text.size(), '-');
  };
  fill_to(kSegmentBytes - 10);
  text += "\n" + secret_line(1);
  fill_to(2 * kSegmentBytes - 5000);
  text.append(4990, 'x');
  text += " " + secret_line(2);
  fill_to(kWholeBytesMax + kMatchBytesMax + 100);
  text += "\n" + secret_line(3);
  return text;
}

class LargeFile : public ::testing::Test {
 protected:
  std::vector<Place> places(unsigned jobs, std::size_t memory_mib) {
    RunOptions options;
    options.jobs = jobs;
    options.memory_mib = memory_mib;
    Progress progress;
    const FingerprintKey key = test_key();
    auto scanned = run_scan(targets_from_paths({box_.path("t")}, Naming::kByFolder), options,
                            rules_, key, progress);
    EXPECT_TRUE(scanned);
    EXPECT_EQ(scanned->run.coverage.files, 1U);
    EXPECT_EQ(scanned->run.coverage.bytes, progress.bytes.load());
    std::vector<Place> found;
    for (const Finding& finding : scanned->findings) {
      found.emplace_back(finding.id, finding.first.line, finding.first.column, finding.bytes.start,
                         finding.ordinal);
    }
    return found;
  }

  std::vector<std::string> unread() {
    RunOptions options;
    Progress progress;
    const FingerprintKey key = test_key();
    auto scanned = run_scan(targets_from_paths({box_.path("t")}, Naming::kByFolder), options,
                            rules_, key, progress);
    EXPECT_TRUE(scanned);
    std::vector<std::string> out;
    for (const Unread& place : scanned->run.coverage.unread) {
      out.push_back(place.path + " " + place.reason);
    }
    return out;
  }

  Sandbox box_;
  const RuleSet rules_ = builtin_set();
};

TEST_F(LargeFile, IsTheSameToOneWorkerAndToSeveral) {
  box_.write("t/large.log", large_text());
  const auto alone = places(1, 512);
  ASSERT_EQ(alone.size(), 4U);
  EXPECT_EQ(std::get<1>(alone[0]), 1U);
  EXPECT_GT(std::get<2>(alone[2]), 4990U);  // behind a row of filler on its line
  EXPECT_EQ(places(4, 2048), alone);
  EXPECT_EQ(places(2, 512), alone);
}

TEST_F(LargeFile, GoesOnInWideCharacters) {
  std::string wide = "\xFF\xFE";
  const std::string line = secret_line(7);
  const auto add = [&](const std::string& text) {
    for (const char c : text) wide += {c, '\0'};
  };
  while (wide.size() < kWholeBytesMax + kMiB) add("an ordinary line of a log\n");
  add(line);
  box_.write("t/wide.log", wide);
  const auto alone = places(1, 512);
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(places(3, 1024), alone);
}

TEST_F(LargeFile, IsUnreadIfItIsADefinitionOrEndsInAContainer) {
  std::string text = "<channel version=\"3.12.0\">\n<id>1</id>\n<sourceConnector>\n" + large_text();
  box_.write("t/large.xml", text);
  EXPECT_EQ(unread(), (std::vector<std::string>{"large.xml definition-too-large"}));
  text = "#!/bin/sh\nexec java -jar \"$0\"\n" + large_text();
  text += std::string("PK\x05\x06\0\0\0\0\x01\0\x01\0", 12) + std::string(10, '\0');
  box_.write("t/large.xml", text);
  EXPECT_EQ(unread(), (std::vector<std::string>{"large.xml closed-zip"}));
}

}  // namespace
}  // namespace nhi
