// refs.hpp - everything in a git folder that names a commit: refs, reflogs, HEADs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/sources/git/git.hpp"

namespace nhi {

struct GitRef {
  std::string name;  // full, "refs/heads/main"
  GitId target;
};

struct GitRefs {
  std::vector<GitRef> refs;    // sorted by name
  std::optional<GitId> head;   // what HEAD comes to
  std::vector<GitId> others;   // of reflogs, detached heads, FETCH_HEAD, …: sorted, each once
  std::vector<GitId> shallow;  // commits at which a shallow clone was cut, sorted
  /// Of a bundle: commits that it builds on and does not hold, with all that is theirs.
  std::vector<GitId> prerequisites;
  /// Of a bundle that is cut or damaged: what its objects name may lie behind that.
  bool ends_early = false;
  std::vector<Unread> damaged;
};

/// Reads the refs of the common git folder; `git_dir` is where HEAD is (a linked work tree's, or
/// the same folder).
[[nodiscard]] GitRefs read_refs(const std::string& common_dir, const std::string& git_dir);

inline constexpr std::size_t kRefBytesMax = 4 * kKiB;
inline constexpr std::size_t kPackedRefsBytesMax = 256 * kMiB;
inline constexpr int kSymbolicDepthMax = 5;  // git's own limit

/// The commits at which a shallow clone was cut, sorted.
[[nodiscard]] std::vector<GitId> read_shallow(const std::string& common_dir);
/// The first line, without its end, off the front of `text`.
[[nodiscard]] std::string_view take_ref_line(std::string_view& text);
/// What a file that holds one ref says; nothing if it cannot be read. A link is a symbolic ref.
[[nodiscard]] std::optional<std::string> read_ref_text(const std::string& path);
/// "refs/heads/main" of "ref: refs/heads/main"; empty if it is no symbolic ref.
[[nodiscard]] std::string symbolic_target(std::string_view text);

/// "main" for refs/heads/main, "origin/main", "v1"; other refs lose "refs/" only.
[[nodiscard]] std::string short_ref_name(const std::string& name);

/// The value of `key` in `[section]` of a git configuration file; nothing if not set. Only what
/// we need: no subsections, no includes, no escapes.
[[nodiscard]] std::string git_config_text(std::string_view text, std::string_view section,
                                          std::string_view key);
/// The same in lower case.
[[nodiscard]] std::string git_config_value(std::string_view text, std::string_view section,
                                           std::string_view key);

}  // namespace nhi
