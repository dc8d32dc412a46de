// scan_sink.hpp - keeps what a run finds in memory, for commands that store nothing.
#pragma once

#include <string>
#include <vector>

#include "scanner/sweep/pipeline.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {

class ScanSink : public UnitSink {
 public:
  [[nodiscard]] bool remembers() const override { return false; }
  Result<bool> reuse(const UnitKey&, const std::string&, const std::string&, Coverage&) override {
    return false;
  }
  Result<QuietObjects> quiet_objects(const UnitKey&, const std::string&) override {
    return QuietObjects{};
  }
  Result<void> quiet(const UnitKey&, const std::string&, std::string_view) override { return {}; }
  Result<void> unit(UnitResult unit, std::vector<SecretText> shown) override;
  void folder_listed(const std::string&, const std::string&, const std::string&) override {}
  void refused(const std::string&, const std::string&) override {}
  void distrusted(const std::string&) override {}

  /// What was found, equal findings merged, in the order of reports. Once.
  [[nodiscard]] ScanOutcome outcome(RunResult run);

 private:
  std::vector<Finding> findings_;
  std::vector<SecretText> values_;
};

}  // namespace nhi
