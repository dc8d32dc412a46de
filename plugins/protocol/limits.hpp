// limits.hpp - the numbers of docs/plugin-protocol.md, section 7.
#pragma once

#include <chrono>
#include <cstddef>

namespace nhi {

inline constexpr std::size_t kControlHeaderBytesMax = 1024;
inline constexpr std::size_t kControlBodyBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kJsonDepthMax = 32;
inline constexpr std::size_t kSecretBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kHandleBytesMax = 64;
inline constexpr std::size_t kGetsOfAHandleMax = 16;
inline constexpr std::size_t kStateBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kEvidenceEntriesMax = 64;
inline constexpr std::size_t kEvidenceTextBytesMax = 2048;
inline constexpr std::size_t kMessageBytesMax = 2048;  // of an error, a log line, a progress
inline constexpr std::size_t kNotificationsMax = 1000;
inline constexpr std::size_t kOutputKeptBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kOutputBytesMax = std::size_t{16} << 20;

inline constexpr std::chrono::milliseconds kInitializeTimeout{10'000};
inline constexpr std::chrono::milliseconds kCallTimeout{30'000};
inline constexpr std::chrono::milliseconds kCancelGrace{2'000};
inline constexpr std::chrono::milliseconds kTerminateGrace{1'000};

inline constexpr std::size_t kPluginMemoryBytesMax = std::size_t{1} << 30;
inline constexpr std::size_t kPluginOpenFilesMax = 256;
inline constexpr std::size_t kPluginFileBytesMax = std::size_t{16} << 20;  // with fs:write

}  // namespace nhi
