// night.hpp - how long a sweep will take, measured on a sample of what it will read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

struct NightEstimate {
  std::int64_t seconds = 0;  // of reading everything once
  unsigned jobs = 0;
  std::uint64_t file_bytes = 0;          // of the sample
  std::uint64_t git_bytes = 0;           // of the sample, packed
  std::uint64_t git_bytes_left_out = 0;  // packed; no repository was small enough to try
};

// Keeps a fair sample of any number of files (reservoir sampling), and small repositories.
class NightSample {
 public:
  void add_file(std::string path, std::uint64_t size);
  void add_repository(std::string git_dir, std::uint64_t packed_bytes);
  /// Scans the sample and scales up. Nothing of what it finds is kept.
  [[nodiscard]] Result<NightEstimate> measure(const Options& options, const RuleSet& rules) const;

 private:
  struct Place {
    std::string path;
    std::uint64_t bytes = 0;
  };
  std::uint64_t files_ = 0;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t git_bytes_ = 0;
  std::uint64_t draw_ = 0x9e3779b97f4a7c15;  // state of the generator; the same every time
  std::vector<Place> sample_;
  std::vector<Place> repositories_;  // the smallest, while they fit
};

}  // namespace nhi
