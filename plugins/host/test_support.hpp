// test_support.hpp - a rotator that does what its name says, started by the tests of the host.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "plugins/host/session.hpp"

namespace nhi {

using std::chrono::milliseconds;

inline constexpr const char* kCanary = "canary-5up3r-s3cret-value";
inline constexpr milliseconds kLong{20'000};
inline constexpr milliseconds kShort{300};

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

inline PluginPin pin_of(const std::string& name, const std::vector<std::string>& allow = {}) {
  PluginPin pin;
  pin.name = name;
  pin.program = {NHI_HOSTILE_ROTATOR, *hash_of_file(NHI_HOSTILE_ROTATOR)};
  pin.grants = *parse_grants(allow);
  return pin;
}

inline SessionOptions usual_options() {
  SessionOptions options;
  options.cancel_grace = kShort;
  options.core = "test";
  return options;
}

// A started rotator and one request's secrets.
struct Talk {
  explicit Talk(const std::string& name, const std::vector<std::string>& allow = {},
                SessionOptions options = usual_options())
      : session(PluginSession::start(pin_of(name, allow), std::move(options))) {}

  PluginCall call(Json params = Json::object(), milliseconds timeout = kLong) {
    if (!session) {
      ADD_FAILURE() << session.error().message() << "\n" << session.error().hint;
      return {};
    }
    SecretDesk desk({[&](const std::string& purpose) -> Result<void> {
                       given.push_back(purpose);
                       return {};
                     },
                     [&](const std::string& purpose, const SecretText& value) -> Result<void> {
                       kept.push_back(purpose + "=" + std::string(value.reveal()));
                       return {};
                     }});
    params["value"] = secret_json(desk.offer("value", SecretText(kCanary)));
    params["slots"] = Json::array({secret_json(desk.slot("made"))});
    return session->call("probe", std::move(params), desk, timeout);
  }

  Result<PluginSession> session;
  std::vector<std::string> given;
  std::vector<std::string> kept;
};

/// Ended, whether or not somebody has reaped it: of a grandchild that is init's task.
inline bool is_gone(pid_t process) {
  for (int i = 0; i < 100; ++i) {
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    if (!std::getline(stat, text) || text.find(") Z") != std::string::npos) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

}  // namespace nhi
