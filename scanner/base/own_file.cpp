#include "scanner/base/own_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Result<std::string> own_path(const OwnPlace& place) {
  if (auto named = environment(place.variable); !named.empty()) return named;
  if (::geteuid() == 0) return std::string(place.of_root);
  if (auto folder = environment(place.xdg); !folder.empty()) return folder + "/" + place.name;
  if (auto home = environment("HOME"); !home.empty()) {
    return home + "/" + place.in_home + "/" + place.name;
  }
  return fail(ErrorCode::kBadUse, "no place for the " + std::string(place.noun) + " is known", "",
              "set " + std::string(place.variable) + " or HOME");
}

Result<void> make_folders_of(const std::string& path, std::string_view noun) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) continue;
    // A folder that is there may lie in one that nobody may write.
    const int why = errno;
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) == 0) continue;
    return fail(os_error(why, "cannot make the folder of the " + std::string(noun), folder));
  }
  return {};
}

Result<std::string> read_key_file(const std::string& path, std::string_view noun,
                                  std::size_t bytes_max) {
  const std::string what(noun);
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return fail(os_error(errno, "cannot read the " + what, path));
  }
  if ((facts.st_mode & 077) != 0) {
    return fail(ErrorCode::kBadUse, "the " + what + " can be read by others", path,
                "chmod 600 '" + path + "'");
  }
  return read_small_file(path, bytes_max);
}

}  // namespace nhi
