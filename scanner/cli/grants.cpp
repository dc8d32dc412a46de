#include "scanner/cli/grants.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace nhi {
namespace {

bool can(const std::string& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 || errno != EACCES;
}

// The topmost folder above `place` that this user may not pass through, or empty.
std::string closed_above(const std::string& place) {
  for (std::size_t slash = place.find('/', 1); slash != std::string::npos;
       slash = place.find('/', slash + 1)) {
    std::string folder = place.substr(0, slash);
    if (!can(folder, X_OK)) return folder;
  }
  return {};
}

}  // namespace

void ReadGrants::add(const std::string& place) {
  if (const std::string closed = closed_above(place); !closed.empty()) {
    ++wanted_[closed].pass;
    return;
  }
  struct stat facts {};
  if (::stat(place.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    ++wanted_[place].list;
    return;
  }
  Want& want = wanted_[place.substr(0, place.rfind('/'))];
  ++want.files;
  want.one_file = place;
}

std::map<std::string, std::uint64_t> ReadGrants::commands() const {
  std::map<std::string, std::uint64_t> out;
  const auto put = [&](std::string_view flags, std::string_view right, const std::string& path,
                       std::uint64_t places) {
    const std::string command =
        fmt::format("setfacl {}-m u:{}:{} {}", flags, user_, right, shell_quoted(path));
    out.emplace(command, places);
  };
  for (const auto& [folder, want] : wanted_) {
    if (want.pass > 0) put("", "x", folder, want.pass);
    if (want.list > 0) {
      put("-R ", "rX", folder, want.list + want.files);  // X: x for folders only
    } else if (want.files == 1) {
      put("", "r", want.one_file, 1);
    } else if (want.files > 1) {
      put("-R ", "rX", folder, want.files);
    }
  }
  return out;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace nhi
