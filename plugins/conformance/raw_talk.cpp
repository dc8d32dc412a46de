#include "plugins/conformance/raw_talk.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kLastWords{200};
constexpr std::size_t kShownBytes = 400;

// False once `until` has passed.
bool wait_for(int descriptor, short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{descriptor, events, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

}  // namespace

Result<RawTalk> RawTalk::start(const PluginPin& pin, const LaunchLimits& limits) {
  NHI_TRY(PluginProcess process, PluginProcess::start(pin, limits));
  return RawTalk(std::move(process));
}

bool RawTalk::send(std::string_view bytes) {
  const auto until = Clock::now() + kPatience;
  while (!bytes.empty()) {
    const ssize_t count = ::send(process_.control(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR &&
               (errno != EAGAIN || !wait_for(process_.control(), POLLOUT, until))) {
      return false;
    }
  }
  return true;
}

bool RawTalk::send(const RpcMessage& message) {
  const auto text = to_text(message);
  return text && send(control_frame(*text));
}

void RawTalk::end_input() { ::shutdown(process_.control(), SHUT_WR); }

std::optional<RpcAnswer> RawTalk::answer() {
  const auto until = Clock::now() + kPatience;
  for (;;) {
    const auto body = reader_.next();
    if (!body) return std::nullopt;
    if (*body) {
      auto message = parse_message(**body);
      if (!message) return std::nullopt;
      if (auto* answer = std::get_if<RpcAnswer>(&*message)) return std::move(*answer);
      continue;
    }
    if (!wait_for(process_.control(), POLLIN, until)) return std::nullopt;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(process_.control(), buffer.data(), buffer.size());
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return std::nullopt;
    if (count > 0) reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
  }
}

std::string RawTalk::last_words() {
  static_cast<void>(process_.wait(kLastWords));
  for (const int stream : {process_.errors(), process_.output()}) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(stream, buffer.data(), buffer.size());
    if (count > 0) static_cast<void>(output_.add({buffer.data(), static_cast<std::size_t>(count)}));
  }
  std::string text = output_.text({}).substr(0, kShownBytes);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return process_.status() + (text.empty() ? std::string() : "; it wrote: " + text);
}

std::optional<RpcAnswer> RawTalk::ask(std::int64_t id, const std::string& method, Json params) {
  if (!send(RpcRequest{id, method, std::move(params)})) return std::nullopt;
  std::optional<RpcAnswer> answered = answer();
  if (answered && answered->id != id) return std::nullopt;
  return answered;
}

Json versions(const std::string& least, const std::string& most) {
  return {{"protocol", {{"min", least}, {"max", most}}}, {"core", "kit"}, {"locale", "C"}};
}

}  // namespace nhi
