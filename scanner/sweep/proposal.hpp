// proposal.hpp - a survey as an estate file: what was found, why, and what only people know.
#pragma once

#include <string>

#include "scanner/sweep/survey.hpp"

namespace nhi {

struct ProposalFacts {
  std::string host;     // may be empty
  std::string version;  // of this program
  std::string date;     // "2026-11-25"
};

struct Proposal {
  std::string text;  // YAML; loads with load_estate()
  std::size_t targets = 0;
  std::size_t repositories = 0;
  std::size_t engines = 0;
  std::size_t folders = 0;  // of configuration, applications included
};

/// No place is in two targets. `targets` is 0 if nothing was found; then `text` does not load.
[[nodiscard]] Proposal propose(const Survey& survey, const ProposalFacts& facts);

}  // namespace nhi
