// secret_text.hpp - a secret value in memory: wiped, not printable, not copyable by accident.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace nhi {

// Move-only. The bytes live on the heap in a block of their own and are wiped with OPENSSL_cleanse
// on destruction and on move-from. There is no implicit way out: reveal() is the one door, so that
// `grep reveal` lists every place that handles a value.
class SecretText {
 public:
  SecretText() = default;
  /// Copies `value`; the caller's own copy stays the caller's to wipe.
  explicit SecretText(std::string_view value);
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&& other) noexcept;
  ~SecretText();

  /// A second copy, said aloud.
  [[nodiscard]] SecretText clone() const { return SecretText(reveal()); }
  [[nodiscard]] std::string_view reveal() const { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  friend std::ostream& operator<<(std::ostream&, const SecretText&) = delete;
  friend std::string operator+(const std::string&, const SecretText&) = delete;

 private:
  void wipe() noexcept;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Wipes and empties `text`; for temporary std::strings that held a secret.
void wipe(std::string& text) noexcept;

}  // namespace nhi
