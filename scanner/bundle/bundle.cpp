#include "scanner/bundle/bundle.hpp"

#include <algorithm>

namespace nhi {

bool is_host_name(std::string_view name) {
  constexpr std::size_t kNameMax = 253;  // RFC 1035
  if (name.empty() || name.size() > kNameMax || name.front() == '.' || name.front() == '-') {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

std::string_view host_of_target(std::string_view target) {
  return target.substr(0, std::min(target.find('/'), target.size()));
}

}  // namespace nhi
