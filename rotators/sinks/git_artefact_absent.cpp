// What stands for git_artefact.cpp in the portable program.
#include "rotators/sinks/git_artefact.hpp"

namespace nhi {
namespace {

Unexpected<Error> absent(const GitFile& place) {
  return fail(ErrorCode::kBadUse, "this build of nhisweep cannot write into git repositories",
              place.repository, "the Debian package can; or let a person do it: `as: guided`");
}

}  // namespace

Result<GitContent> git_content(const GitFile& place) { return absent(place); }

Result<std::string> git_commit_change(const GitFile& place, const GitFileChange&) {
  return absent(place);
}

}  // namespace nhi
