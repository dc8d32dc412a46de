#include "scanner/base/secret_text.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

namespace nhi {

SecretText::SecretText(std::string_view value) : size_(value.size()) {
  if (value.empty()) return;
  data_ = new char[value.size()];
  std::memcpy(data_, value.data(), value.size());
}

SecretText::SecretText(SecretText&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

SecretText::~SecretText() { wipe(); }

void SecretText::wipe() noexcept {
  if (data_ != nullptr) OPENSSL_cleanse(data_, size_);
  delete[] data_;
  data_ = nullptr;
  size_ = 0;
}

void wipe(std::string& text) noexcept {
  // The whole capacity: a value that was once longer leaves its tail behind size().
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace nhi
