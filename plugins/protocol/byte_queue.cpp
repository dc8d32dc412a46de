#include "plugins/protocol/byte_queue.hpp"

#include <algorithm>
#include <utility>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

ByteQueue::ByteQueue(ByteQueue&& other) noexcept { *this = std::move(other); }

ByteQueue& ByteQueue::operator=(ByteQueue&& other) noexcept {
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = other.bytes_;  // a moved short string leaves its bytes behind: copied, then wiped
  used_ = std::exchange(other.used_, 0);
  wipe(other.bytes_);
  return *this;
}

ByteQueue::~ByteQueue() { wipe(bytes_); }

void ByteQueue::append(std::string_view bytes) {
  if (bytes_.size() + bytes.size() > bytes_.capacity()) {
    // By hand, since a string that grows by itself does not wipe what it leaves.
    std::string larger;
    larger.reserve(std::max(2 * (bytes_.size() - used_), bytes_.size() - used_ + bytes.size()));
    larger.append(view());
    wipe(bytes_);
    bytes_.swap(larger);
    used_ = 0;
  }
  bytes_.append(bytes);
}

void ByteQueue::drop(std::size_t count) {
  NHI_ASSERT(count <= bytes_.size() - used_);
  std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), count, '\0');
  used_ += count;
  if (used_ == bytes_.size()) {
    bytes_.clear();  // all zero by now
    used_ = 0;
  }
}

void ByteQueue::clear() { drop(bytes_.size() - used_); }

}  // namespace nhi
