#include "scanner/sqlite/lock.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

namespace nhi {
namespace {

TEST(WriterLock, KnowsFileSystemsOfOtherMachines) {
  EXPECT_TRUE(is_network_file_system(0x6969));                         // NFS
  EXPECT_TRUE(is_network_file_system(static_cast<long>(0xFF534D42)));  // CIFS
  EXPECT_TRUE(is_network_file_system(static_cast<int>(0xFE534D42)));   // SMB2, sign extended
  EXPECT_TRUE(is_network_file_system(0x65735546));                     // FUSE
  EXPECT_FALSE(is_network_file_system(0xEF53));                        // ext4
  EXPECT_FALSE(is_network_file_system(0x58465342));                    // XFS
  EXPECT_FALSE(is_network_file_system(0x01021994));                    // tmpfs
}

TEST(WriterLock, IsWaitedForAsLongAsIsSaid) {
  std::string folder = (std::filesystem::temp_directory_path() / "nhi-lock-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  auto first = take_writer_lock(folder + "/db", "ledger");
  ASSERT_TRUE(first.has_value());
  const auto at_once = take_writer_lock(folder + "/db", "ledger");
  ASSERT_FALSE(at_once.has_value());
  EXPECT_EQ(at_once.error().code, ErrorCode::kBusy);
  EXPECT_EQ(at_once.error().what,
            "the ledger is being written by process " + std::to_string(::getpid()));
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first->close();
  });
  EXPECT_TRUE(take_writer_lock(folder + "/db", "ledger", std::chrono::minutes(1)).has_value());
  holder.join();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nhi
