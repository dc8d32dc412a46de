// owners.hpp - which team owns a place: globs of the estate, and CODEOWNERS files of repositories.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// Where forges look for a CODEOWNERS file in a repository, in their order.
inline constexpr std::string_view kCodeownersPaths[] = {".github/CODEOWNERS", ".gitlab/CODEOWNERS",
                                                        "CODEOWNERS", "docs/CODEOWNERS"};

// Thread-compatible.
class OwnerMap {
 public:
  /// Reads a YAML mapping of glob -> team. Globs are tried on the printed place, "root/path"; the
  /// last that matches wins, as in CODEOWNERS.
  /// Errors: kBadUse naming file, line and column; those of reading the file.
  [[nodiscard]] static Result<OwnerMap> load(const std::string& file);
  /// Reads the CODEOWNERS file of the repository `root`: comments, sections of GitLab with their
  /// default owners, `\ ` and `\#`. A line that cannot be read is left out, as forges do.
  void add_codeowners(const std::string& root, std::string_view text);

  /// Globs are tried on the place without this beginning too: a host's own file need not name it.
  void set_host(const std::string& host) { prefix_ = host + "/"; }

  [[nodiscard]] bool empty() const { return globs_.empty() && repositories_.empty(); }
  /// Several of a CODEOWNERS line are joined with ", ". The estate's file before CODEOWNERS; none
  /// where neither speaks, or a CODEOWNERS line without owners says that the place has none.
  [[nodiscard]] std::optional<FindingOwner> owner_of(std::string_view root,
                                                     std::string_view path) const;

 private:
  struct Line {
    std::vector<std::string> globs;  // any of them; full ones for glob_match()
    std::string team;
  };
  std::vector<Line> globs_;
  std::string prefix_;
  std::map<std::string, std::vector<Line>, std::less<>> repositories_;  // by printed root
};

}  // namespace nhi
