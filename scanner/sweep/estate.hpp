// estate.hpp - what to sweep: targets from an estate file or from paths on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/sweep/accepted.hpp"
#include "scanner/sweep/expect.hpp"
#include "scanner/sweep/expected_hosts.hpp"
#include "scanner/sweep/owners.hpp"

namespace nhi {

/// One place on disk under a target. `root` is what findings print.
struct TargetRoot {
  std::string path;     // on disk
  std::string root;     // "config-repos/repo-a", or the argument as typed for `scan`
  std::string id_root;  // stands for target and root in finding ids
  bool is_git = false;  // named under `git:`: it must hold a repository
};

struct Target {
  std::string name;
  std::vector<TargetRoot> roots;
  PlaceContext context;
  std::vector<std::string> exclude;
  bool one_file_system = false;
  bool network = false;
  /// What must be there; none without an estate file, where an empty folder is just empty.
  std::optional<Expectation> expect;
  /// Globs and paths that name nothing: unread, never an empty success.
  std::vector<Unread> unmet;
};

struct Estate {
  std::string name;
  std::vector<Target> targets;
  std::vector<std::string> rules;  // files and folders; "builtin" is kept in place
  EstatePolicy policy;
  bool honour_inline_ignores = false;
  OwnerMap owners;
  std::string dependencies;  // the file of what people say of them, see declared.hpp; may be empty
  std::vector<AcceptedPlace> accepted;
  std::vector<ExpectedHost> hosts;  // whose bundles `import` expects
};

/// Reads an estate file (contracts section 6); it has targets, or hosts alone. Relative paths start
/// at the file's folder. Errors: kBadUse naming file, line and the nearest valid key.
[[nodiscard]] Result<Estate> load_estate(const std::string& path);

/// Targets from arguments. For `scan` the printed root is the argument as typed, normalised; for a
/// sweep it is the name of its folder, made unique with a number.
enum class Naming : std::uint8_t { kAsTyped, kByFolder };
[[nodiscard]] std::vector<Target> targets_from_paths(const std::vector<std::string>& paths,
                                                     Naming naming);

}  // namespace nhi
