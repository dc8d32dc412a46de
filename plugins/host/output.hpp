// output.hpp - what a rotator writes for people: kept up to a limit, and never believed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/host/leak_search.hpp"

namespace nhi {

// Thread-compatible.
class CapturedOutput {
 public:
  /// Keeps what fits. False once more came than a rotator may write in one request.
  [[nodiscard]] bool add(std::string_view bytes);
  /// What was kept, without lines that hold a secret, fit for a terminal; says what is missing.
  [[nodiscard]] std::string text(const LeakSearch& secrets) const;
  /// True if a secret stands in what was kept.
  [[nodiscard]] bool leaks(const LeakSearch& secrets) const {
    return secrets.find(kept_).has_value();
  }
  void clear();

 private:
  std::string kept_;
  std::size_t bytes_ = 0;
};

}  // namespace nhi
