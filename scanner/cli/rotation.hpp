// rotation.hpp - what the commands of `rotate` share: where places are on disk, what the world says
// now, and what is stored of a rotation that ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotators/engine/planner.hpp"
#include "rotators/engine/run.hpp"
#include "scanner/base/result.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {

/// Which places of the inventory lie on this host, and where. Thread-compatible.
class Disk {
 public:
  /// From --estate or --path. Errors: kBadUse; those of the estate's file.
  [[nodiscard]] static Result<Disk> open(const Options& options);
  [[nodiscard]] std::optional<OnDisk> of(const Finding& finding) const;
  [[nodiscard]] const std::string& host() const { return host_; }

 private:
  std::vector<Target> targets_;
  std::string host_;
};

/// All that a rotation is carried out with; the parts that RunParts points to live here.
class Rotation {
 public:
  [[nodiscard]] static Result<Rotation> open(const Options& options, Instant now);
  [[nodiscard]] const RotationConfig& config() const { return config_; }
  [[nodiscard]] const std::vector<PluginPin>& pins() const { return pins_; }
  [[nodiscard]] const FingerprintKey& key() const { return key_; }
  [[nodiscard]] const WrappingKey& wrapping_key() const { return *wrapping_; }
  [[nodiscard]] AuditLog& log() { return *log_; }
  [[nodiscard]] RunStore store() { return RunStore(log_->journal()); }
  /// For run_plan() and the like. The inventory is opened when it is asked, and never held: a
  /// rotation may take days, and sweeps go on. Errors: kBadUse for --wait.
  [[nodiscard]] Result<RunParts> parts();
  [[nodiscard]] PlanSources sources(const StoredView& view, const PlaceIo& places,
                                    const Disk& disk);

 private:
  Rotation() = default;
  const Options* options_ = nullptr;
  RotationConfig config_;
  std::vector<PluginPin> pins_;
  FingerprintKey key_;
  std::optional<WrappingKey> wrapping_;
  std::optional<AuditLog> log_;
  Instant now_;
};

/// Stores what the inventory has to know of rotations that are done, and does not know yet: the old
/// value is dead, the new one managed, a dependency retired. While a sweep holds the inventory it
/// says so; the next command of `rotate` stores it. Errors: those of the inventory.
[[nodiscard]] Result<void> settle(const Options& options, AuditLog& log, Instant now);

/// The passphrase of a key, from the terminal. Errors: kBadUse where there is none.
[[nodiscard]] Result<SecretText> ask_passphrase(const std::string& path);

}  // namespace nhi
