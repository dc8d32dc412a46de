#include "scanner/sweep/expect.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "scanner/base/time_span.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

std::optional<Instant> written_at(const std::string& path) {
  struct stat facts {};
  const CallsPtr calls = MountWatch::of_process().at(path);
  if (!stat_watched(calls, AT_FDCWD, path.c_str(), 0, facts)) return std::nullopt;
  return Instant{facts.st_mtim.tv_sec};
}

std::string stale_reason(std::string_view what, Instant newest, Instant as_of,
                         std::int64_t allowed) {
  return fmt::format("stale: {} {} ago, at most {} expected", what,
                     span_text(as_of.seconds - newest.seconds), span_text(allowed));
}

}  // namespace

Result<Expectation> read_expectation(const std::string& file, const YAML::Node& node,
                                     const fs::path& folder) {
  Expectation out;
  NHI_CHECK_OK(check_keys(file, node, {"min_repositories", "max_age", "mount_points"}));
  if (const auto least = node["min_repositories"]) {
    const auto count = least.as<std::int64_t>(-1);
    if (count < 1) return bad_node(file, least.Mark(), "min_repositories is a number from 1");
    out.min_repositories = static_cast<std::uint64_t>(count);
  }
  if (const auto age = node["max_age"]) {
    auto span = parse_span(age.as<std::string>(""));
    if (!span) return bad_node(file, age.Mark(), span.error().what, span.error().hint);
    out.max_age = *span;
  }
  for (const std::string& path : strings_of(node["mount_points"])) {
    out.mount_points.push_back(path_from(folder, path));
  }
  return out;
}

namespace {

Result<bool> is_mount_point_here(const std::string& path) {
  struct statx facts {};
  // AT_NO_AUTOMOUNT: asking must not mount.
  if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &facts) != 0) {
    return fail(errno == ENOENT   ? ErrorCode::kNotFound
                : errno == EACCES ? ErrorCode::kPermission
                                  : ErrorCode::kIo,
                "cannot be looked at", path);
  }
  if ((facts.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0) {
    return (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  }
  // Kernels before 5.8: another device than the folder above, or the root of everything.
  struct stat own {};
  struct stat above {};
  if (::stat(path.c_str(), &own) != 0 || ::stat((path + "/..").c_str(), &above) != 0) {
    return fail(ErrorCode::kIo, "cannot be looked at", path);
  }
  return own.st_dev != above.st_dev || own.st_ino == above.st_ino;
}

}  // namespace

Result<bool> is_mount_point(const std::string& path) {
  MountWatch& watch = MountWatch::of_process();
  const auto real = watch.real_path(path);
  if (!real) return fail(os_error(errno, "cannot be looked at", path));
  // The kernel's list knows it without asking a server.
  if (watch.at(*real) != nullptr && watch.look_again().find(*real) != nullptr) return true;
  const auto answer = ask(watch.at(*real), [place = *real] { return is_mount_point_here(place); });
  if (!answer) return fail(ErrorCode::kNotAnswering, "does not answer", path);
  return *answer;
}

std::optional<Instant> last_fetched(const std::string& git_dir) {
  constexpr auto kMarks = std::to_array<std::string_view>(
      {"FETCH_HEAD", "HEAD", "packed-refs", "refs/heads", "objects/pack"});
  std::optional<Instant> newest;
  for (const std::string_view mark : kMarks) {
    const auto when = written_at(fmt::format("{}/{}", git_dir, mark));
    if (when && (!newest || *newest < *when)) newest = when;
  }
  return newest;
}

bool ExpectationCheck::too_old(Instant newest) const {
  return expectation_.max_age && as_of_.seconds - newest.seconds > *expectation_.max_age;
}

void ExpectationCheck::begin_root(const std::string& root, bool is_git) {
  root_ = root;
  is_git_ = is_git;
  met_ = 0;
  repositories_in_root_ = 0;
  newest_file_.reset();
  stale_.clear();
}

void ExpectationCheck::on_file(std::int64_t mtime_seconds) {
  ++met_;
  const Instant written{mtime_seconds};
  if (!newest_file_ || *newest_file_ < written) newest_file_ = written;
}

void ExpectationCheck::on_repository(const std::string& root, const std::string& git_dir) {
  ++met_;
  ++repositories_;
  ++repositories_in_root_;
  if (!is_git_ || !expectation_.max_age) return;
  const auto fetched = last_fetched(git_dir);
  if (!fetched || !too_old(*fetched)) return;
  stale_.push_back(
      {root, "", stale_reason("last fetched", *fetched, as_of_, *expectation_.max_age), 0});
}

bool ExpectationCheck::root_may_be_stale() const {
  return !is_git_ && expectation_.max_age && !(newest_file_ && !too_old(*newest_file_));
}

std::vector<Unread> ExpectationCheck::end_root(bool whole) {
  std::vector<Unread> out = std::move(stale_);
  stale_.clear();
  if (!whole) return out;
  if (met_ == 0) {
    out.push_back({root_, "", "empty", 0});
  } else if (is_git_ && repositories_in_root_ == 0) {
    out.push_back({root_, "", "no-repository", 0});
  } else if (!is_git_ && newest_file_ && too_old(*newest_file_)) {
    out.push_back(
        {root_, "",
         stale_reason("newest file written", *newest_file_, as_of_, *expectation_.max_age), 0});
  }
  return out;
}

std::vector<Unread> ExpectationCheck::end_target(const std::string& target, bool whole) const {
  std::vector<Unread> out;
  if (whole && too_few_repositories()) {
    out.push_back({target, "",
                   fmt::format("too-few-repositories: {} of at least {}", repositories_,
                               expectation_.min_repositories),
                   0});
  }
  for (const std::string& path : expectation_.mount_points) {
    const auto mounted = is_mount_point(path);
    if (mounted && *mounted) continue;
    const bool silent = !mounted && mounted.error().code == ErrorCode::kNotAnswering;
    out.push_back({target, path,
                   mounted  ? "not-mounted"
                   : silent ? "not-answering"
                            : "not-found",
                   0});
  }
  return out;
}

}  // namespace nhi
