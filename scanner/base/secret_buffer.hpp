// secret_buffer.hpp - text that holds a secret while it is put together.
#pragma once

#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

// Grows like a string, but what it leaves behind when it grows is wiped, as it is itself at its
// end.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  explicit SecretBuffer(std::size_t expected_bytes) { text_.reserve(expected_bytes); }
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { wipe(text_); }

  SecretBuffer& add(Bytes more) {
    if (text_.size() + more.size() > text_.capacity()) grow(text_.size() + more.size());
    text_.append(more);
    return *this;
  }
  SecretBuffer& add(char c) { return add(Bytes(&c, 1)); }
  [[nodiscard]] Bytes view() const { return text_; }
  [[nodiscard]] SecretText secret() const { return SecretText(text_); }

 private:
  void grow(std::size_t bytes) {
    std::string larger;
    larger.reserve(bytes * 2);
    larger.append(text_);
    wipe(text_);
    text_ = std::move(larger);
  }
  std::string text_;
};

}  // namespace nhi
