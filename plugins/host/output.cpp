#include "plugins/host/output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/protocol/limits.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {

bool CapturedOutput::add(std::string_view bytes) {
  bytes_ += bytes.size();
  kept_.append(bytes.substr(0, kOutputKeptBytesMax - std::min(kOutputKeptBytesMax, kept_.size())));
  return bytes_ <= kOutputBytesMax;
}

std::string CapturedOutput::text(const LeakSearch& secrets) const {
  const std::string safe = secrets.without_leaks(kept_);
  std::string text;
  std::string_view rest = safe;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text.append(shown(rest.substr(0, end)));
    if (end < rest.size()) text.push_back('\n');
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (bytes_ > kept_.size()) text.append(fmt::format("\n[{} bytes more]", bytes_ - kept_.size()));
  return text;
}

void CapturedOutput::clear() {
  wipe(kept_);
  bytes_ = 0;
}

}  // namespace nhi
