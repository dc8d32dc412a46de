#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <optional>
#include <string>

#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/grants.hpp"
#include "scanner/sources/git/git_folders.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/repository.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHookBytesMax = 256 * kKiB;
constexpr mode_t kProgramMode = 0755;
// The second line of every hook of ours, this one and those of other versions.
constexpr std::string_view kOurs = "# nhisweep pre-commit hook";

// Quiet where there is nothing to say: it runs at every commit.
constexpr const char* kScript = R"(#!/bin/sh
{ours}: made by nhisweep hook install, which replaces it.
# It looks at what is staged. A commit without it: git commit --no-verify
program={program}

refuse() {{
  printf 'nhisweep: %s\n' "$1" >&2
  printf 'nhisweep: %s\n' 'no commit was made; to commit all the same: git commit --no-verify' >&2
  exit 1
}}

[ -x "$program" ] || refuse "this hook calls $program, which is gone: nhisweep hook install again"
found=$("$program" scan --staged --format text --color never --quiet)
status=$?
[ "$status" -eq 0 ] && exit 0
[ -z "$found" ] || printf '%s\n' "$found" >&2
case "$status" in
  1) refuse "take the secrets out and stage again; nhisweep:allow on a line lets it pass" ;;
  3) refuse "not all was read; of closed containers nhisweep.yaml may accept-closed: [KIND]" ;;
  *) refuse "the scan failed with status $status" ;;
esac
)";

struct Hook {
  std::string path;
  std::optional<std::string> text;  // none: there is no file
  [[nodiscard]] bool is_ours() const {
    return text && text->find(fmt::format("\n{}", kOurs)) != std::string::npos;
  }
};

Result<std::string> own_program() {
  std::string path(PATH_MAX, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return fail(os_error(errno, "cannot tell where this program is", ""));
  path.resize(static_cast<std::size_t>(length));
  if (::access(path.c_str(), X_OK) == 0) return path;
  return fail(ErrorCode::kNotFound, "this program was replaced while it ran", path);
}

// A hook is a file; where it leads elsewhere others may run it, too.
Result<Hook> look_at(const std::string& path) {
  Hook hook{path, std::nullopt};
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) {
    if (errno != ENOENT) return fail(os_error(errno, "cannot look at", path));
    return hook;
  }
  hook.text.emplace();
  if (!S_ISREG(facts.st_mode)) return hook;
  NHI_TRY(hook.text, read_small_file(path, kHookBytesMax));
  return hook;
}

Result<Hook> hook_of(const Options& options) {
  const std::string typed = options.paths.empty() ? "." : options.paths.front();
  NHI_TRY(const EnclosingRepository found, find_repository(typed));
  if (found.is_bare) {
    return fail(ErrorCode::kBadUse, "nobody commits in a bare repository", typed,
                "name the repository's work tree");
  }
  NHI_TRY(const GitFolders folders, git_folders(found.git_dir));
  NHI_TRY(const std::string folder, hooks_folder(folders, found.top));
  const std::string real = real_path(folder).value_or(folder);
  if (!is_inside(folders.common_dir, real) && !is_inside(found.top, real)) {
    return fail(ErrorCode::kBadUse, "core.hooksPath leads out of the repository", folder,
                "other repositories may use these hooks: put a call of nhisweep scan --staged "
                "into pre-commit there yourself");
  }
  return look_at(folder + "/pre-commit");
}

// Open to whoever commits here, whatever this program's umask is.
Result<void> make_folders(const std::string& folder) {
  if (::mkdir(folder.c_str(), kProgramMode) != 0) {
    if (errno == EEXIST) return {};
    if (errno != ENOENT) return fail(os_error(errno, "cannot make", folder));
    NHI_CHECK_OK(make_folders(folder_above(folder)));
    if (::mkdir(folder.c_str(), kProgramMode) != 0) {
      return fail(os_error(errno, "cannot make", folder));
    }
  }
  if (::chmod(folder.c_str(), kProgramMode) == 0) return {};
  return fail(os_error(errno, "cannot set the mode of", folder));
}

Unexpected<Error> foreign(const Hook& hook, const std::string& program) {
  return fail(
      ErrorCode::kBadUse, "another hook is there already and is not replaced", hook.path,
      fmt::format("put this line into it: {} scan --staged || exit 1", shell_quoted(program)));
}

Result<int> install(const Options& options) {
  NHI_TRY(const Hook hook, hook_of(options));
  NHI_TRY(const std::string program, own_program());
  if (hook.text && !hook.is_ours()) return foreign(hook, program);
  const std::string script = fmt::format(fmt::runtime(kScript), fmt::arg("ours", kOurs),
                                         fmt::arg("program", shell_quoted(program)));
  NHI_CHECK_OK(make_folders(folder_above(hook.path)));
  NHI_CHECK_OK(write_file_atomically(hook.path, script, kProgramMode));
  note(options, fmt::format("{} {}: it looks at what is staged before every commit",
                            hook.text ? "renewed" : "wrote", printable(hook.path)));
  return kStatusClean;
}

Result<int> uninstall(const Options& options) {
  NHI_TRY(const Hook hook, hook_of(options));
  if (!hook.text) {
    note(options, "there is no pre-commit hook");
    return kStatusClean;
  }
  if (!hook.is_ours()) {
    return fail(ErrorCode::kBadUse, "this hook is not nhisweep's and is left alone", hook.path);
  }
  if (::unlink(hook.path.c_str()) != 0) return fail(os_error(errno, "cannot remove", hook.path));
  note(options, "removed " + printable(hook.path));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_hook(const Options& options) {
  return options.command == Command::kHookInstall ? install(options) : uninstall(options);
}

}  // namespace nhi
