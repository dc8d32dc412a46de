// Group 1: what every rotator must stand, whatever system it is for.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "plugins/conformance/checks.hpp"
#include "plugins/conformance/raw_talk.hpp"
#include "plugins/protocol/handshake.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kEndsWithin{5000};

class Handshakes {
 public:
  Handshakes(const PluginPin& pin, const SessionOptions& options) : pin_(pin), options_(options) {}

  std::vector<CheckResult> run() {
    if (!well_formed()) return checks_.take();
    unknown_members();
    versions_out_of_reach();
    unknown_method();
    second_initialize();
    before_initialize();
    slow_frame();
    broken_frames();
    end_of_channel();
    return checks_.take();
  }

 private:
  using Talk = std::optional<RawTalk>;

  Talk start(const std::string& name) {
    auto talk = RawTalk::start(pin_, options_.limits);
    if (talk) return std::move(*talk);
    checks_.expect(false, name, talk.error().message(),
                   talk.error().hint.empty() ? "it has to be a program that can be run; a script "
                                               "needs --interpreter"
                                             : talk.error().hint);
    return std::nullopt;
  }
  static bool shook(const std::optional<RpcAnswer>& answer) {
    const auto* result = answer ? std::get_if<Json>(&answer->outcome) : nullptr;
    return result != nullptr && description_from(*result).has_value();
  }
  static std::string said(RawTalk& talk, const std::optional<RpcAnswer>& answer) {
    if (!answer) return fmt::format("no answer ({})", talk.last_words());
    if (const auto* error = std::get_if<PluginError>(&answer->outcome)) {
      return fmt::format("error {}: {}", static_cast<int>(error->code), error->message);
    }
    const auto description = description_from(std::get<Json>(answer->outcome));
    return description ? "an answer" : description.error().message();
  }
  static bool is_error(const std::optional<RpcAnswer>& answer, PluginErrorCode code) {
    const auto* error = answer ? std::get_if<PluginError>(&answer->outcome) : nullptr;
    return error != nullptr && error->code == code;
  }
  // A talk that has shaken hands.
  Talk shaken(const std::string& name) {
    Talk talk = start(name);
    if (talk && !shook(talk->ask(1, "initialize", versions("1.0", "1.0")))) return std::nullopt;
    return talk;
  }

  bool well_formed() {
    const std::string name = "initialize";
    Talk talk = start(name);
    if (!talk) return false;
    const auto answer = talk->ask(1, "initialize", versions("1.0", "1.0"));
    checks_.expect(shook(answer), name, said(*talk, answer),
                   "answer as section 4 of the page says");
    return shook(answer);
  }
  void unknown_members() {
    const std::string name = "members and header lines that it does not know";
    Talk talk = start(name);
    if (!talk) return;
    Json params = versions("1.0", "1.7");
    params["future"] = {{"deep", {1, 2, 3}}};
    params["protocol"]["preferred"] = "1.7";
    const auto text = to_text(RpcRequest{1, "initialize", params});
    talk->send(
        fmt::format("Content-Type: application/json\r\ncontent-length: {}\r\nX-New: y\r\n\r\n{}",
                    text->size(), *text));
    const auto answer = talk->answer();
    checks_.expect(shook(answer), name, said(*talk, answer), "ignore what you do not know");
  }
  void versions_out_of_reach() {
    for (const auto& [least, most] : {std::pair("9.0", "9.9"), std::pair("0.1", "0.9")}) {
      const std::string name = fmt::format("versions {} to {} only", least, most);
      Talk talk = start(name);
      if (!talk) return;
      const auto answer = talk->ask(1, "initialize", versions(least, most));
      checks_.expect(is_error(answer, PluginErrorCode::kUnsupported), name, said(*talk, answer),
                     "answer error 1010 if the range holds no version that you speak");
    }
  }
  void unknown_method() {
    const std::string name = "an unknown method";
    Talk talk = shaken(name);
    if (!talk) return;
    const auto answer = talk->ask(2, "levitate", Json::object());
    checks_.expect(is_error(answer, PluginErrorCode::kUnknownMethod), name, said(*talk, answer),
                   "answer error -32601");
  }
  void second_initialize() {
    const std::string name = "a second initialize";
    Talk talk = shaken(name);
    if (!talk) return;
    const auto answer = talk->ask(2, "initialize", versions("1.0", "1.0"));
    checks_.expect(is_error(answer, PluginErrorCode::kInvalidRequest), name, said(*talk, answer),
                   "answer error -32600");
  }
  void before_initialize() {
    const std::string name = "a request before initialize";
    Talk talk = start(name);
    if (!talk) return;
    const auto answer = talk->ask(1, "inspect", Json::object());
    checks_.expect(is_error(answer, PluginErrorCode::kInvalidRequest), name, said(*talk, answer),
                   "answer error -32600");
  }
  void slow_frame() {
    const std::string name = "a message that comes byte by byte";
    Talk talk = start(name);
    if (!talk) return;
    const std::string frame =
        control_frame(*to_text(RpcRequest{1, "initialize", versions("1.0", "1.0")}));
    for (const char c : frame) {
      talk->send(std::string_view(&c, 1));
      std::this_thread::sleep_for(milliseconds(1));
    }
    const auto answer = talk->answer();
    checks_.expect(shook(answer), name, said(*talk, answer),
                   "read until the whole message is there");
  }
  // Neither a crash nor silence for ever: it says -32700 or ends.
  void broken_frames() {
    const std::pair<const char*, std::string> frames[] = {
        {"garbage instead of a header", "garbage\r\n\r\ngarbage"},
        {"a message of 64 MiB", "Content-Length: 67108864\r\n\r\n{}"},
        {"a length that is no number", "Content-Length: many\r\n\r\n{}"},
        {"a body that is not JSON", control_frame("{nonsense")},
        {"JSON that is nested 100,000 deep",
         control_frame(std::string(100'000, '[') + std::string(100'000, ']'))},
    };
    for (const auto& [name, bytes] : frames) {
      Talk talk = shaken(name);
      if (!talk) continue;
      talk->send(bytes);
      talk->end_input();
      const auto answer = talk->answer();
      const bool ended = talk->process().wait(kEndsWithin);
      const std::string status = talk->process().status();
      checks_.expect(ended && status.find("signal") == std::string::npos, name,
                     ended ? status : "it goes on",
                     "end, or answer -32700; never crash, and never wait for what cannot come");
    }
  }
  void end_of_channel() {
    const std::string name = "the end of its control channel";
    Talk talk = shaken(name);
    if (!talk) return;
    talk->end_input();
    const bool ended = talk->process().wait(kEndsWithin);
    const std::string status = talk->process().status();
    checks_.expect(ended && status == "status 0", name, ended ? status : "it goes on",
                   "end with status 0 when descriptor 3 ends");
  }

  const PluginPin& pin_;
  const SessionOptions& options_;
  Checks checks_{CheckGroup::kHandshake};
};

}  // namespace

std::vector<CheckResult> check_handshake(const PluginPin& pin, const SessionOptions& options) {
  return Handshakes(pin, options).run();
}

}  // namespace nhi
