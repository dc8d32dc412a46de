// survey.hpp - what is on this machine that an estate file should name: a bounded look at names.
//
// Only heads of a few files are opened: XML, to ask the readers of definitions, and the settings of
// engines. Network mounts are named from the kernel's list and never touched.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scanner/base/deadline.hpp"
#include "scanner/base/result.hpp"
#include "scanner/sweep/recognise.hpp"

namespace nhi {

struct SurveyLimits {
  std::size_t folder_depth = 8;         // below each place
  std::uint64_t entries = 200'000;      // files and folders of a place
  std::uint64_t files_opened = 2'000;   // of a place, each up to kHeadBytes
  std::uint64_t files_opened_here = 4;  // of one folder
  /// When a place that is begun now is left; asked once a place.
  std::function<Deadline()> place_deadline;
};

struct FoundRepository {
  std::string path;  // of the work tree, or of the bare repository
  bool bare = false;
  bool codeowners = false;
  bool engine = false;  // holds what a reader of engine exports knows
};

/// A folder that is proposed as a whole, for what lies in it outside of repositories.
struct FoundFolder {
  std::string path;
  std::uint64_t files = 0;
};

struct LookedAt {
  std::string path;
  std::uint64_t entries = 0;
  std::uint64_t closed = 0;  // folders and files that this user may not look at
  std::uint64_t too_deep = 0;
  std::string stopped;  // why it was left before its end; empty if it was not
};

struct FoundMount {
  std::string path;
  std::string type;
  std::string source;  // scrubbed
};

struct Survey {
  std::vector<FoundRepository> repositories;  // by path; none inside another
  std::vector<FoundPlace> places;             // by path; none inside another or a repository
  std::vector<FoundFolder> folders;           // by path; none is only repositories and places
  std::vector<FoundMount> network_mounts;
  std::vector<std::string> homes;  // personal: named, not looked into
  std::vector<LookedAt> looked_at;
  std::vector<std::string> left_out;  // of a machine's root: what no estate needs
};

/// Looks at `paths`. A folder that holds `etc` is a machine's root: /etc and /opt are taken whole,
/// /srv by its folders, the rest for what is recognised in it. Any other folder is taken whole.
/// `begin` is called before each place.
/// Errors: kBadUse for a path that is no folder; kNotFound, kPermission, kIo for one that cannot be
/// looked at.
[[nodiscard]] Result<Survey> survey(const std::vector<std::string>& paths,
                                    const SurveyLimits& limits,
                                    const std::function<void(const std::string&)>& begin);

/// The mount point that `path` lies on, if it is not that of the root.
[[nodiscard]] std::string own_mount_point(const std::string& path);

}  // namespace nhi
