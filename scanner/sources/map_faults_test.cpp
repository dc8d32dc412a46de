#include "scanner/sources/map_faults.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "scanner/base/file.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPage = 4096;

// A map of four pages whose file has only the first.
class MapFaultsTest : public ::testing::Test {
 protected:
  MapFaultsTest() {
    box_.write("f", std::string(4 * kPage, 'x'));
    const FileHandle file(::open(box_.path("f").c_str(), O_RDONLY | O_CLOEXEC));
    map_ = ::mmap(nullptr, 4 * kPage, PROT_READ, MAP_SHARED, file.get(), 0);
    EXPECT_NE(map_, MAP_FAILED);
    EXPECT_EQ(::truncate(box_.path("f").c_str(), kPage), 0);
  }
  ~MapFaultsTest() override { ::munmap(map_, 4 * kPage); }
  [[nodiscard]] char at(std::size_t page) const {
    return static_cast<const volatile char*>(map_)[page * kPage + 7];
  }

  Sandbox box_;
  void* map_;
};

TEST_F(MapFaultsTest, WhatIsThereIsReadAndWhatIsNotIsZerosAndCounted) {
  {
    const MapFaults faults;
    EXPECT_EQ(at(0), 'x');
    EXPECT_EQ(faults.count(), 0U);
    EXPECT_EQ(at(1), '\0');
    EXPECT_EQ(at(3), '\0');
    EXPECT_EQ(faults.count(), 2U);
  }
  const MapFaults faults;
  EXPECT_EQ(at(1), '\0');
  EXPECT_EQ(faults.count(), 0U) << "the page is there by now";
  EXPECT_EQ(at(2), '\0');
  EXPECT_EQ(faults.count(), 1U);
}

using MapFaultsDeathTest = MapFaultsTest;

TEST_F(MapFaultsDeathTest, OutsideOfAScopeItKillsAsEver) {
  EXPECT_EXIT(
      {
        { const MapFaults faults; }
        ::_exit(at(2));
      },
      ::testing::KilledBySignal(SIGBUS), "");
}

}  // namespace
}  // namespace nhi
