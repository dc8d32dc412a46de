// refs.hpp - everything in a git folder that names a commit: refs, reflogs, HEADs.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
  std::vector<Unread> damaged;
};

/// Reads the refs of the common git folder; `git_dir` is where HEAD is (a linked work tree's, or
/// the same folder).
[[nodiscard]] GitRefs read_refs(const std::string& common_dir, const std::string& git_dir);

/// "main" for refs/heads/main, "origin/main", "v1"; other refs lose "refs/" only.
[[nodiscard]] std::string short_ref_name(const std::string& name);

/// The value of `key` in `[section]` of a git configuration file, lower case; nothing if not set.
/// Only what extensions need: no subsections, no includes.
[[nodiscard]] std::string git_config_value(std::string_view text, std::string_view section,
                                           std::string_view key);

}  // namespace nhi
