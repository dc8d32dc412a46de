#include "scanner/cli/changes_request.hpp"

#include <cstdlib>
#include <filesystem>

#include "scanner/sources/paths.hpp"
#include "scanner/sources/repository.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// "." at the top of the repository, ".." in a folder of it.
std::string way_up(const std::string& from, const std::string& top) {
  if (from == top || !is_inside(top, from)) return ".";
  const std::string below = from.substr(top == "/" ? 1 : top.size() + 1);
  std::string way = "..";
  for (const char c : below) way += c == '/' ? "/.." : "";
  return way;
}

Result<EnclosingRepository> repository_of(const Options& options, const std::string& folder) {
  const std::string git_dir = options.paths.empty() ? environment("GIT_DIR") : std::string();
  if (git_dir.empty()) {
    auto found = find_repository(folder);
    if (!found && found.error().code == ErrorCode::kBadUse) {
      found.error().hint = "--staged and --since ask for a git repository, or a folder in one";
    }
    return found;
  }
  const auto real = real_path(git_dir);
  const auto here = real_path(".");
  if (!real || !here) return fail(ErrorCode::kBadUse, "cannot open GIT_DIR", git_dir);
  return EnclosingRepository{*real, *here, false};
}

}  // namespace

bool asks_for_changes(const Options& options) { return options.staged || !options.since.empty(); }

Result<ChangesRequest> changes_request(const Options& options) {
  const std::string flag = options.staged ? "--staged" : "--since";
  if (options.paths.size() > 1) {
    return fail(ErrorCode::kBadUse, "one repository at a time", flag,
                "name one PATH, or none for the current folder's");
  }
  const std::string typed = options.paths.empty() ? "." : options.paths.front();
  NHI_TRY(const EnclosingRepository found, repository_of(options, typed));
  if (found.is_bare && options.staged) {
    return fail(ErrorCode::kBadUse, "nothing can be staged in a bare repository", typed,
                "nhisweep scan PATH reads all of it, --since REV what came after a revision");
  }
  ChangesRequest request;
  request.git_dir = found.git_dir;
  request.since = options.since;
  const std::string here = real_path(typed).value_or(typed);
  std::string named = typed;
  if (options.paths.empty()) {
    named = way_up(here, found.top);
    request.index = environment("GIT_INDEX_FILE");
  } else if (here != found.top && !found.is_bare && is_inside(found.top, here)) {
    request.folder = here.substr(found.top == "/" ? 1 : found.top.size() + 1) + "/";
  }
  const std::vector<Target> targets = targets_from_paths({named}, Naming::kAsTyped);
  request.root = targets.front().roots.front().root;
  request.id_root = targets.front().roots.front().id_root;
  return request;
}

}  // namespace nhi
