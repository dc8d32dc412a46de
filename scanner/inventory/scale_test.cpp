// scale_test.cpp - prints what a large estate costs. Times are not asserted: machines differ.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using test::must;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

UnitKey numbered_key(int number) {
  const std::string folder = std::to_string(number / 100);
  return {"t", "t/repositories",
          "services/area" + folder + "/config/unit" + std::to_string(number) + ".properties"};
}

// One night: units are reused where they can be; every 20th of a changed night has a finding.
void timed_night(Inventory& inventory, int units, std::int64_t night, const std::string& stamp) {
  auto start = std::chrono::steady_clock::now();
  const SweepId id = must(inventory.begin_sweep(test::facts_of(night)));
  int reused = 0;
  for (int i = 0; i < units; ++i) {
    const UnitKey key = numbered_key(i);
    Coverage carried;
    if (must(inventory.reuse(id, key, stamp, "p1", carried))) {
      ++reused;
      continue;
    }
    std::vector<Finding> findings;
    if (i % 20 == 0) findings.push_back(test::finding_in(key, key.path, "value"));
    must(inventory.store(id, test::unit_of(key, stamp, std::move(findings))));
  }
  must(inventory.checkpoint());
  std::printf("night %d: %d units, %d reused: %.2f s", static_cast<int>(night), units, reused,
              seconds_since(start));
  start = std::chrono::steady_clock::now();
  must(inventory.finish_sweep(id, test::plain_end(night)));
  std::printf(", end %.2f s\n", seconds_since(start));
}

TEST(Scale, PrintsWhatALargeEstateCosts) {
  int units = 200'000;
  if (const char* wanted = std::getenv("NHISWEEP_SCALE_UNITS")) {
    std::from_chars(wanted, wanted + std::string_view(wanted).size(), units);
  }
  const test::Folder folder;
  const std::string path = folder.file("db");
  const auto size = [&] { return static_cast<double>(std::filesystem::file_size(path)) / 1e6; };
  std::size_t count = 0;
  {
    Inventory inventory = test::open_for_writing(path);
    timed_night(inventory, units, 1, "s1-0123456789abcdef-0123456789");
    std::printf("file: %.0f MB\n", size());
    timed_night(inventory, units, 2, "s1-0123456789abcdef-0123456789");
    timed_night(inventory, units, 3, "s3-0123456789abcdef-0123456789");
    std::printf("file after all was read again: %.0f MB\n", size());
    const auto start = std::chrono::steady_clock::now();
    count = must(inventory.findings({})).size();
    std::printf("%zu findings read in order: %.2f s\n", count, seconds_since(start));
  }
  EXPECT_EQ(count, static_cast<std::size_t>((units + 19) / 20));
  const auto start = std::chrono::steady_clock::now();
  must(Inventory::open(path, Inventory::Mode::kWrite));
  std::printf("opened and checked for writing: %.2f s\n", seconds_since(start));
}

}  // namespace
}  // namespace nhi
