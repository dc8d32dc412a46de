#include "scanner/base/result.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace nhi {
namespace {
constexpr std::array<std::string_view, 15> kNames = {
    "bad-use",       "bad-rule",  "io",        "not-found",     "permission",
    "not-answering", "too-large", "malformed", "engine-memory", "store",
    "busy",          "conflict",  "git",       "cancelled",     "internal"};
static_assert(kNames.size() == static_cast<std::size_t>(ErrorCode::kCount),
              "every code has a name");
}  // namespace

std::string_view to_string(ErrorCode code) { return kNames[static_cast<std::size_t>(code)]; }

std::string Error::message() const {
  if (subject.empty()) return what;
  return what + ": '" + subject + "'";
}

Error os_error(int error_number, std::string_view what, std::string_view subject) {
  ErrorCode code = ErrorCode::kIo;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::kPermission;
  if (error_number == ETIMEDOUT) code = ErrorCode::kNotAnswering;
  if (error_number == ENOENT || error_number == ENOTDIR) code = ErrorCode::kNotFound;
  std::string text(what);
  text += " (" + std::generic_category().message(error_number) + ")";
  return Error{code, std::move(text), std::string(subject), {}};
}

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "nhisweep: internal error: '%s' does not hold at %s:%d\n", expression, file,
               line);
  std::abort();
}

}  // namespace nhi
