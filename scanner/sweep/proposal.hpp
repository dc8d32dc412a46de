// proposal.hpp - a survey as an estate file: what was found, why, and what only people know.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// A scalar that YAML reads as this string, quoted where it must be; UTF-8.
[[nodiscard]] std::string yaml_text(std::string_view text);
/// `path` as an estate file has it: glob signs escaped, `?` for each byte that is not UTF-8.
[[nodiscard]] std::string estate_pattern(std::string_view path);
/// The fewest patterns that match exactly these folders on disk: `/srv/git/*.git`,
/// `/srv/git/*/*.git`, `/srv/src/*`, or the folders themselves. Those of one list share a target.
/// Shapes: `folders` ascending and absolute.
struct FolderGroup {
  std::string parent;                 // what a target of them is named by
  std::vector<std::string> patterns;  // of estate_pattern()
  std::vector<std::string> folders;
};
[[nodiscard]] std::vector<FolderGroup> group_folders(const std::vector<std::string>& folders);

}  // namespace nhi
