#include "plugins/sdk/waiting.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace nhi {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLook{50};  // how often a cancelled request is noticed

}  // namespace

std::string_view text_of(Trouble trouble) {
  if (trouble == Trouble::kRefused) return "refused";
  if (trouble == Trouble::kCancelled) return "cancelled";
  return trouble == Trouble::kTimedOut ? "no answer in time" : "the connection broke";
}

std::optional<Trouble> wait_for(int descriptor, short events,
                                std::chrono::steady_clock::time_point until,
                                const RotatorCall& call) {
  for (;;) {
    if (call.cancelled()) return Trouble::kCancelled;
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Trouble::kTimedOut;
    pollfd ready{descriptor, events, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::min(left, kLook).count()));
    if (count > 0) return std::nullopt;
    if (count < 0 && errno != EINTR) return Trouble::kLost;
  }
}

PluginError error_without_effect(Trouble trouble, std::string message) {
  if (trouble == Trouble::kCancelled) return cancelled_without_effect();
  return {PluginErrorCode::kUnreachable, std::move(message), Json::object()};
}

}  // namespace nhi
