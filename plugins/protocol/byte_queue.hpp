// byte_queue.hpp - bytes that arrived and were not used yet. Linear in what passes through, however
// small the pieces are; whatever it lets go of is wiped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nhi {

// Thread-compatible.
class ByteQueue {
 public:
  ByteQueue() = default;
  ByteQueue(const ByteQueue&) = delete;
  ByteQueue& operator=(const ByteQueue&) = delete;
  ByteQueue(ByteQueue&& other) noexcept;
  ByteQueue& operator=(ByteQueue&& other) noexcept;
  ~ByteQueue();

  void append(std::string_view bytes);
  /// What is there; valid until the next call.
  [[nodiscard]] std::string_view view() const { return std::string_view(bytes_).substr(used_); }
  /// Lets go of the first `count`, which are there.
  void drop(std::size_t count);
  void clear();
  [[nodiscard]] bool empty() const { return used_ == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t used_ = 0;
};

}  // namespace nhi
