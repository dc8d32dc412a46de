// test_support.hpp - the core's side of the channels, for tests.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/secret_frame.hpp"
#include "scanner/base/file.hpp"

namespace nhi {

struct SocketPair {
  SocketPair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    core = FileHandle(ends[0]);
    rotator = FileHandle(ends[1]);
  }
  FileHandle core;
  FileHandle rotator;
};

inline void write_bytes(const FileHandle& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(to.get(), bytes.data(), bytes.size());
    ASSERT_GT(count, 0);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// The next whole message or frame of `reader`; fails the test at the end of the stream.
template <class Reader>
auto next_of(Reader& reader, const FileHandle& from) {
  for (;;) {
    auto one = reader.next();
    if (one && *one) return std::move(**one);
    std::string buffer(4096, '\0');
    const ssize_t count = one ? ::read(from.get(), buffer.data(), buffer.size()) : 0;
    if (count <= 0) {
      ADD_FAILURE() << "the channel ended";
      return typename std::decay_t<decltype(*one)>::value_type();
    }
    reader.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
  }
}

}  // namespace nhi
