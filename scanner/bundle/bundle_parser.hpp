// bundle_parser.hpp - the lines of a bundle, checked one by one and handed on.
//
// The order is fixed: header, rules, units (each with its findings behind it) and clean units, what
// proves absence, coverage, unread places, counts. Every line is a stranger's.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/bundle/bundle.hpp"

namespace nhi {

// What a reader of bundles does with them. An Error ends the reading.
class BundleSink {
 public:
  virtual ~BundleSink() = default;
  /// `unit` comes without findings. True: hand it over again with them, else they are passed over.
  virtual Result<bool> begin_unit(const UnitResult& unit,
                                  const std::vector<PlaceOwner>& owners) = 0;
  virtual Result<void> unit(UnitResult unit) = 0;
  virtual Result<void> clean_unit(UnitKey key, std::string stamp, const std::string& profile) = 0;
  virtual void listed(std::string place) = 0;
  virtual void empty_folder(std::string place, std::string mark) = 0;
  virtual void refused(std::string place) = 0;
  virtual void distrusted(std::string place) = 0;
};

/// One line of text as JSON. Errors: kMalformed, also for brackets deeper than kBundleDepthMax.
[[nodiscard]] Result<nlohmann::json> bundle_json(std::string_view line);

/// The header out of the first line.
[[nodiscard]] Result<BundleHeader> parse_bundle_header(std::string_view line);
/// The second line: ids of rules.
[[nodiscard]] Result<std::vector<std::string>> parse_bundle_rules(std::string_view line);

// Fed with the lines behind header and rules, up to the counts and without the seal.
class BundleParser {
 public:
  BundleParser(const BundleHeader& header, BundleSink& sink);
  /// Errors: kMalformed, kTooLarge; those of the sink.
  [[nodiscard]] Result<void> line(std::string_view text);
  /// After the last line. Errors: kMalformed if something is missing or was not counted right.
  [[nodiscard]] Result<void> end();
  /// Of the whole sweep; complete after end().
  [[nodiscard]] Coverage& coverage() { return coverage_; }
  [[nodiscard]] const BundleCounts& counts() const { return seen_; }

 private:
  enum class Part : std::uint8_t { kUnits, kAbsence, kCoverage, kCounts };
  Result<void> record(std::string_view kind, const nlohmann::json& value);
  Result<void> enter(Part part);
  Result<void> begin_unit(const nlohmann::json& value);
  Result<void> finding(std::string_view text);
  Result<void> end_unit();
  Result<void> clean(const nlohmann::json& value);
  Result<void> place(std::string_view kind, const nlohmann::json& entry);
  Result<UnitKey> unit_key(std::string target, std::string root, std::string path) const;

  const BundleHeader& header_;
  BundleSink& sink_;
  std::unordered_map<std::string, const std::string*> profiles_;  // by target
  Part part_ = Part::kUnits;
  UnitResult unit_;
  bool wanted_ = false;
  std::uint64_t findings_left_ = 0;
  std::uint64_t places_ = 0;  // of absence, all kinds
  bool has_coverage_ = false;
  Coverage coverage_;
  BundleCounts seen_;
  std::optional<BundleCounts> said_;
};

}  // namespace nhi
