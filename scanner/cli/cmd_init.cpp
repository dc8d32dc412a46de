#include <fmt/format.h>
#include <sys/stat.h>

#include "scanner/base/file.hpp"
#include "scanner/base/host_name.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/grants.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/report/words.hpp"
#include "scanner/sweep/proposal.hpp"

namespace nhi {
namespace {

constexpr std::int64_t kSecondsAPlace = 20;

std::string host_name() {
  const std::string host = own_host_name();
  return host == "localhost" || !is_utf8(host) ? std::string() : host;
}

// Before the survey: nobody waits a minute for a refusal.
Result<void> check_free(const std::string& path) {
  struct stat facts {};
  if (path == "-" || ::lstat(path.c_str(), &facts) != 0) return {};
  return fail(ErrorCode::kBadUse, "this file is there already and is not replaced", path,
              "move it away, or name another with --output FILE");
}

void say_what_was_left(const Options& options, const Survey& found) {
  for (const LookedAt& place : found.looked_at) {
    if (!place.stopped.empty()) {
      note(options, fmt::format("{} was left {}: name it to init by itself", printable(place.path),
                                place.stopped));
    }
    if (place.closed > 0) {
      note(options,
           fmt::format("{}: {} closed to this user", printable(place.path),
                       counted(place.closed, "file or folder is", "files and folders are")));
    }
  }
  for (const FoundMount& mount : found.network_mounts) {
    note(options, fmt::format("{} is a network mount ({}): named as a comment, not looked into",
                              printable(mount.path), mount.type));
  }
}

void say_what_is_next(const Options& options, const std::string& file, const Proposal& proposal) {
  note(options, fmt::format("wrote {}: {} ({}, {} of interface engines, {} of configuration)",
                            printable(file), counted(proposal.targets, "target", "targets"),
                            counted(proposal.repositories, "git repository", "git repositories"),
                            counted(proposal.engines, "place", "places"),
                            counted(proposal.folders, "folder", "folders")));
  const std::string name = printable(shell_quoted(file));
  note(options, "next: fill in owner, system and environment, then");
  note(options, "  nhisweep doctor --estate " + name + "             # what it cannot read yet");
  note(options, "  nhisweep sweep --estate " + name + " --baseline   # the first night");
}

}  // namespace

Result<int> cmd_init(const Options& options) {
  const std::string file = options.output.empty() ? "estate.yaml" : options.output;
  NHI_CHECK_OK(check_free(file));
  SurveyLimits limits;
  limits.place_deadline = [] {
    return Deadline({system_now().seconds + kSecondsAPlace}, system_now);
  };
  const std::vector<std::string> everything = {"/"};
  NHI_TRY(const Survey found, survey(options.paths.empty() ? everything : options.paths, limits,
                                     [&](const std::string& place) {
                                       note(options, "looking at " + printable(place));
                                     }));
  NHI_TRY(const Instant today, clock_of(options));
  const Proposal proposal =
      propose(found, {host_name(), std::string(kVersion), to_iso_date(today)});
  say_what_was_left(options, found);
  if (proposal.targets == 0) {
    return fail(ErrorCode::kBadUse, "nothing to propose was found here", "",
                "name folders that hold repositories, engine exports or configuration");
  }
  if (file == "-") {
    Options print = options;
    print.output.clear();
    NHI_CHECK_OK(write_result(print, proposal.text));
    return kStatusClean;
  }
  NHI_CHECK_OK(write_new_file(file, proposal.text));
  say_what_is_next(options, file, proposal);
  return kStatusClean;
}

}  // namespace nhi
