#include "scanner/base/host_name.hpp"

#include <unistd.h>

#include <array>

namespace nhi {

std::string own_host_name() {
  std::array<char, 256> name{};  // one more than HOST_NAME_MAX ever was, and a zero behind it
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                          : std::string();
}

}  // namespace nhi
