// setting_names.hpp - which settings speak of one credential: user and password, client id and
// client secret, and the host that both are for.
//
// A name is read from its end: `spring.datasource.password` is the password of `spring.datasource`,
// and `spring.datasource.username` is its user. Names belong together where family and stem are the
// same; `token` and `user` of different families or stems say nothing about one another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

enum class SettingPart : std::uint8_t { kSecret, kAccount, kTarget, kPort };
enum class SettingFamily : std::uint8_t {
  kAny,        // targets and ports: of every family
  kLogin,      // user name and password, bind DN and password
  kToken,      // user name and API token
  kClient,     // client id and client secret
  kApp,        // application id and application secret
  kConsumer,   // consumer key and consumer secret
  kAccessKey,  // access key id and secret access key
  kKeyId,      // key id and key secret
  kSid,        // account id and auth token
  kRole,       // role id and secret id
  kApi,        // API key and API secret: both are secrets
};

/// One way to understand a name.
struct SettingReading {
  SettingFamily family = SettingFamily::kAny;
  SettingPart part = SettingPart::kSecret;
  std::string stem;  // lower-case words of what it belongs to, joined by dots; may be empty
};

/// Every way to read `name`, the one with the longest ending first; empty if it names no part of a
/// credential. Names over 256 bytes are texts, not names.
[[nodiscard]] std::vector<SettingReading> read_setting_name(Bytes name);

/// True if the two are parts of one credential by their names.
[[nodiscard]] bool belong_together(const SettingReading& a, const SettingReading& b);

}  // namespace nhi
