#include "plugins/host/exchange.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "plugins/protocol/limits.hpp"
#include "plugins/protocol/words.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
constexpr std::chrono::milliseconds kTick{100};
constexpr Words<6> kEnds = {"answered", "not sent", "died", "timed out", "cancelled", "fault"};

// Hands over what is there now. False at the end of the stream.
bool read_all(int descriptor, const std::function<void(std::string_view)>& take) {
  std::string buffer(kReadBytes, '\0');
  bool open = true;
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
      // Back to the loop that looks at the time: a flood has no end.
      if (static_cast<std::size_t>(count) == buffer.size()) break;
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    open = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    break;
  }
  wipe(buffer);
  return open;
}

// Sends what goes now; drops all of it if nobody reads any more.
void write_some(int descriptor, ByteQueue& queue) {
  while (!queue.empty()) {
    const ssize_t count =
        ::send(descriptor, queue.view().data(), queue.view().size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      queue.drop(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) queue.clear();
      return;
    }
  }
}

// Such a secret would be lost: it is nowhere but in the rotator.
bool names_what_was_not_put(const Json& result, const SecretDesk& desk) {
  const auto is_lost = [&](const Json& value) {
    const std::string handle = handle_in(value);
    return !handle.empty() && desk.filled(handle).empty();
  };
  const Json& sealed = member(result, "sealed");
  return is_lost(member(result, "secret")) || std::any_of(sealed.begin(), sealed.end(), is_lost);
}

Result<void> queue_message(const RpcMessage& message, ByteQueue& queue) {
  NHI_TRY(const std::string text, to_text(message));
  queue.append(control_frame(text));
  return {};
}

}  // namespace

std::string_view to_string(CallEnd end) { return kEnds.at(static_cast<std::size_t>(end)); }

Exchange::Exchange(Conversation& with, SecretDesk& desk, const ExchangeLimits& limits)
    : with_(with), desk_(desk), limits_(limits), deadline_(Clock::now() + limits.timeout) {}

void Exchange::finish(CallEnd end, std::string what) {
  if (done_) return;
  done_ = true;
  call_.end = end;
  call_.what = std::move(what);
}

PluginCall Exchange::run(const std::string& method, Json params) {
  if (!with_.alive || with_.process.ended()) {
    finish(CallEnd::kNotSent, "it was gone before the request (" + with_.process.status() + ")");
    with_.alive = false;
    return std::move(call_);
  }
  with_.output.clear();
  with_.errors.clear();
  const RpcRequest request{++with_.last_id, method, std::move(params)};
  if (const auto queued = queue_message(request, with_.to_control); !queued) {
    finish(CallEnd::kNotSent, queued.error().message());
    return std::move(call_);
  }
  while (!done_) step();
  wind_up();
  return std::move(call_);
}

void Exchange::step() {
  const std::array<int, Conversation::kStreams> descriptors = {
      with_.process.control(), with_.process.secrets(), with_.process.output(),
      with_.process.errors()};
  std::array<pollfd, Conversation::kStreams> ready{};
  for (std::size_t i = 0; i < ready.size(); ++i) {
    ready[i] = {with_.ended[i] ? -1 : descriptors[i], POLLIN,
                0};  // poll() leaves out negative ones
  }
  if (!with_.to_control.empty()) ready[Conversation::kControl].events |= POLLOUT;
  if (!with_.to_secrets.empty()) ready[Conversation::kSecrets].events |= POLLOUT;
  ::poll(ready.data(), ready.size(), wait_ms());
  write_queues();
  read_output(Conversation::kOutput, with_.process.output(), with_.output);
  read_output(Conversation::kErrors, with_.process.errors(), with_.errors);
  read_secrets();
  read_control();
  check_time();
}

void Exchange::write_queues() {
  write_some(with_.process.control(), with_.to_control);
  write_some(with_.process.secrets(), with_.to_secrets);
}

void Exchange::read_output(Conversation::Stream stream, int descriptor, CapturedOutput& into) {
  if (with_.ended[stream]) return;
  bool flood = false;
  with_.ended[stream] =
      !read_all(descriptor, [&](std::string_view bytes) { flood = !into.add(bytes) || flood; });
  if (flood) finish(CallEnd::kFault, fmt::format("it wrote over {} bytes", kOutputBytesMax));
}

void Exchange::read_secrets() {
  if (with_.ended[Conversation::kSecrets]) return;
  with_.ended[Conversation::kSecrets] = !read_all(
      with_.process.secrets(), [&](std::string_view bytes) { with_.secrets.feed(bytes); });
  while (!done_) {
    auto frame = with_.secrets.next();
    if (!frame) return finish(CallEnd::kFault, frame.error().message());
    if (!*frame) return;
    auto answer = desk_.answer(std::move(**frame));
    if (!answer) return finish(CallEnd::kFault, answer.error().message());
    if (*answer) with_.to_secrets.append((*answer)->encoded().reveal());
    // It asks on and on without reading the answers.
    if (with_.to_secrets.view().size() > 4 * kSecretBytesMax) {
      return finish(CallEnd::kFault, "it does not read the secrets that it asks for");
    }
    write_queues();
  }
}

void Exchange::read_control() {
  if (done_) return;
  if (!with_.ended[Conversation::kControl]) {
    with_.ended[Conversation::kControl] = !read_all(
        with_.process.control(), [&](std::string_view bytes) { with_.control.feed(bytes); });
  }
  while (!done_) {
    const auto body = with_.control.next();
    if (!body) return finish(CallEnd::kFault, body.error().message());
    if (!*body) break;
    take_body(**body);
  }
  if (done_) return;
  // What it wrote before its end has been read by now.
  if (with_.ended[Conversation::kControl]) {
    finish(CallEnd::kDied, "it ended before it answered");
  } else if (with_.process.ended()) {
    // Its control channel may still be open in what it started.
    finish(CallEnd::kDied, "it ended before it answered (" + with_.process.status() + ")");
  }
}

void Exchange::take_body(std::string_view body) {
  auto message = parse_message(body);
  if (!message) return finish(CallEnd::kFault, message.error().message());
  if (auto* answer = std::get_if<RpcAnswer>(&*message)) {
    take_answer(std::move(*answer), body);
  } else if (const auto* notification = std::get_if<RpcNotification>(&*message)) {
    take_notification(*notification);
  } else {
    finish(CallEnd::kFault, "it sent a request, which only the core does");
  }
}

void Exchange::take_answer(RpcAnswer answer, std::string_view body) {
  if (answer.id != with_.last_id) {
    return finish(CallEnd::kFault,
                  fmt::format("it answered request {}, which waits for no answer", answer.id));
  }
  if (const auto leak = desk_.leaks().find(body)) {
    call_.leaked = true;
    return finish(CallEnd::kFault,
                  fmt::format("its answer holds the secret '{}' ({})", leak->name, leak->form));
  }
  const auto* const result = std::get_if<Json>(&answer.outcome);
  if (result != nullptr && names_what_was_not_put(*result, desk_)) {
    return finish(CallEnd::kFault, "its answer names a secret that it did not PUT");
  }
  if (auto* error = std::get_if<PluginError>(&answer.outcome)) {
    error->message = shown(error->message);
    call_.error = std::move(*error);
  } else {
    call_.result = std::get<Json>(std::move(answer.outcome));
  }
  finish(CallEnd::kAnswered, {});
}

void Exchange::take_notification(const RpcNotification& notification) {
  const bool is_progress = notification.method == "$/progress";
  if (!is_progress && notification.method != "$/log") return;
  if (++notifications_ > kNotificationsMax) return;
  const std::string told = text_in(notification.params, "text").substr(0, kMessageBytesMax);
  call_.leaked = call_.leaked || desk_.leaks().find(told).has_value();
  PluginLogLine line{is_progress ? "progress" : text_in(notification.params, "level"),
                     shown(desk_.leaks().without_leaks(told))};
  if (line.level != "warning" && line.level != "error" && !is_progress) line.level = "info";
  if (is_progress && limits_.progress) limits_.progress(line.text);
  call_.log.push_back(std::move(line));
}

void Exchange::check_time() {
  if (done_) return;
  const auto now = Clock::now();
  if (stop_at_) {
    if (now < *stop_at_) return;
    return finish(stopped_as_, stopped_as_ == CallEnd::kTimedOut
                                   ? "it neither answered in time nor stopped when it was told to"
                                   : "it did not stop when it was told to");
  }
  const bool late = now >= deadline_;
  if (!late && !(limits_.cancelled && limits_.cancelled())) return;
  stopped_as_ = late ? CallEnd::kTimedOut : CallEnd::kCancelled;
  stop_at_ = now + limits_.cancel_grace;
  const RpcNotification stop{"$/cancelRequest", {{"id", with_.last_id}}};
  const auto queued = queue_message(stop, with_.to_control);
  NHI_ASSERT(queued.has_value());
}

int Exchange::wait_ms() const {
  const auto until = stop_at_ ? *stop_at_ : deadline_;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  // The end of the process is no event of these streams, nor is somebody who wants to stop.
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), kTick).count());
}

void Exchange::wind_up() {
  if (!call_.answered()) {
    with_.end(call_.end == CallEnd::kFault ? std::chrono::milliseconds(0) : kTerminateGrace);
  }
  read_output(Conversation::kOutput, with_.process.output(), with_.output);
  read_output(Conversation::kErrors, with_.process.errors(), with_.errors);
  const LeakSearch& leaks = desk_.leaks();
  call_.leaked = call_.leaked || with_.output.leaks(leaks) || with_.errors.leaks(leaks);
  call_.output = with_.output.text(leaks) + with_.errors.text(leaks);
  with_.output.clear();
  with_.errors.clear();
  if (notifications_ > kNotificationsMax) {
    call_.log.push_back(
        {"warning", fmt::format("{} more notifications", notifications_ - kNotificationsMax)});
  }
}

}  // namespace nhi
