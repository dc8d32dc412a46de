// rotation_config.hpp - what an administrator says about rotations: rotation.yaml, without its
// `rotators`, which registration.hpp reads. No value of a credential stands there.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/protocol/message.hpp"
#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// Where the value lies that a rotator logs in with; one of them, or none where none is needed.
struct SecretReference {
  std::string file;        // absolute; only its owner may read it
  std::string credential;  // of systemd, by its name in $CREDENTIALS_DIRECTORY
  [[nodiscard]] bool empty() const { return file.empty() && credential.empty(); }
};
/// The value, without a line end after it. Errors: kBadUse for a file that others can read; those
/// of reading.
[[nodiscard]] Result<SecretText> value_of(const SecretReference& reference);

/// A system that keeps accounts, and which rotator speaks to it.
struct Provider {
  std::string name;
  std::string rotator;                  // of `rotators`
  std::string type;                     // "postgresql.role"
  std::vector<std::string> identities;  // globs over keys of identities
  Json ref = Json::object();            // beside host, port and account, or instead of them
  std::string account_field;            // of ref; empty: the one that is required and no host
  Json config = Json::object();
  SecretReference auth;
  std::vector<std::vector<std::string>> twins;  // accounts that can stand for each other
  std::vector<std::string> clients;             // globs over `inspect`'s clients that are expected
};

enum class SinkKind : std::uint8_t { kUsual, kFile, kGit, kGuided };

/// How places of use under some paths are rewritten and tried.
struct SinkRule {
  std::vector<std::string> paths;  // globs, absolute
  SinkKind kind = SinkKind::kUsual;
  std::string ref;                  // git: the branch that consumers read
  std::vector<std::string> reload;  // a program and its arguments; empty: nothing is to be told
  std::vector<std::string> probe;   // status 0: the consumer works with what the place holds now
};

/// When something may change. Minutes of a day, UTC; `to` below `from` goes over midnight.
struct Window {
  std::vector<std::string> systems;       // globs; empty: all
  std::vector<Environment> environments;  // empty: all
  std::array<bool, 7> days{};             // Monday first: of its beginning
  int from = 0;
  int to = 0;
};
struct Freeze {
  Instant from;
  Instant to;
  std::vector<std::string> systems;  // globs; empty: all
  std::string reason;
};
struct Times {
  std::int64_t overlap = 3600;  // seconds that old and new are both valid
  std::int64_t soak = 86400;    // seconds between suspending and revoking
};

/// Where something is required.
enum class Needed : std::uint8_t { kNever, kLive, kAlways };

struct RotationPolicy {
  std::int64_t plan_valid = 72 * 3600;
  std::int64_t sweep_max_age = 36 * 3600;  // an older one is a blind spot
  std::int64_t exposed_overlap = 600;
  std::int64_t concurrent = 1;
  std::int64_t old_probes = 1;  // of a dead value, where wrong ones lock the account
  Needed ticket = Needed::kLive;
  Needed clinical = Needed::kLive;  // DCB0160 reference
  Needed four_eyes = Needed::kLive;
};

struct RotationConfig {
  std::string path;
  std::vector<Provider> providers;
  std::vector<SinkRule> sinks;
  std::vector<Window> windows;
  std::vector<Freeze> freezes;
  std::map<Environment, Times> times;  // kUnknown: for those that are not named
  RotationPolicy policy;
  std::string approvers;  // path; empty: nobody but the one who asks
};

/// Errors: kBadUse that names line and column.
[[nodiscard]] Result<RotationConfig> read_rotation_config(const std::string& path);

/// The provider of an identity; null if none or (kBadUse) several say so.
[[nodiscard]] Result<const Provider*> provider_of(const RotationConfig& config,
                                                  const std::string& identity);
/// Null if none has this name.
[[nodiscard]] const Provider* provider_named(const RotationConfig& config, const std::string& name);
/// Whether the provider's `clients` explain one that is seen there; false without a provider.
[[nodiscard]] bool is_expected(const Provider* provider, const std::string& client);
[[nodiscard]] const SinkRule* sink_rule_of(const RotationConfig& config, const std::string& path);
[[nodiscard]] Times times_of(const RotationConfig& config, Environment environment);
[[nodiscard]] bool is_needed(Needed needed, Environment environment);

/// Why nothing may change now; none if it may. With it when the next window opens, if that is
/// within a month.
struct Closed {
  std::string why;
  std::optional<Instant> opens;
};
[[nodiscard]] std::optional<Closed> closed_at(const RotationConfig& config,
                                              const std::string& system, Environment environment,
                                              Instant now);

}  // namespace nhi
