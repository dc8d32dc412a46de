#include "tests/tidy/arrows.hpp"

#include <algorithm>

namespace nhi::tidy {
namespace {

bool contains(const std::vector<std::string_view>& list, std::string_view wanted) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view entry) { return entry == "*" || entry == wanted; });
}

bool is_inside(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder &&
         path[folder.size()] == '/';
}

std::string_view last_part(std::string_view folder) {
  const std::size_t slash = folder.rfind('/');
  return folder.substr(slash == std::string_view::npos ? 0 : slash + 1);
}

constexpr std::string_view kTypes = "scanner/identity/types.hpp";
constexpr std::string_view kDependencyTypes = "scanner/identity/dependency.hpp";

}  // namespace

const std::vector<Room>& rooms() {
  static const std::vector<Room> kRooms = {
      {"scanner/base", {}, {}},
      {"scanner/rules", {"scanner/base"}, {}},
      {"scanner/match", {"scanner/base", "scanner/rules"}, {}},
      {"scanner/decode", {"scanner/base"}, {}},
      {"scanner/sources", {"scanner/base"}, {}},
      {"scanner/grammar", {"scanner/base", "scanner/decode"}, {}},
      {"scanner/definitions", {"scanner/base", "scanner/decode", "scanner/grammar"}, {}},
      {"scanner/identity",
       {"scanner/base", "scanner/rules", "scanner/match", "scanner/decode", "scanner/grammar",
        "scanner/definitions"},
       {}},
      {"scanner/sqlite", {"scanner/base"}, {}},
      {"scanner/inventory", {"scanner/base", "scanner/sqlite"}, {kTypes, kDependencyTypes}},
      {"scanner/bundle", {"scanner/base", "scanner/inventory"}, {kTypes}},
      {"scanner/sweep",
       {"scanner/base", "scanner/rules", "scanner/match", "scanner/decode", "scanner/sources",
        "scanner/grammar", "scanner/definitions", "scanner/identity", "scanner/inventory",
        "scanner/bundle"},
       {}},
      {"scanner/report", {"scanner/base", "scanner/inventory"}, {kTypes, kDependencyTypes}},
      {"scanner/cli", {"*"}, {}},
      {"rotators/journal", {"scanner/base", "scanner/sqlite"}, {}},
      {"rotators/engine",
       {"scanner/base", "scanner/inventory", "rotators/journal", "rotators/sinks", "plugins/host",
        "plugins/protocol"},
       // The guard asks what a finding shows: a Spine credential, or one of the CIS1 call. A run
       // asks by its keyed fingerprint whether a value is the one that was found, and makes keys
       // of the kind that was.
       {kTypes, kDependencyTypes, "scanner/identity/derive.hpp", "scanner/identity/key.hpp",
        "scanner/identity/private_key.hpp", "scanner/identity/value.hpp"}},
      {"rotators/sinks",
       {"scanner/base", "scanner/decode", "scanner/grammar", "scanner/definitions"},
       {}},
      // Every other folder of rotators/ is a provider: a stranger that knows the kit only.
      {"rotators", {"plugins/sdk", "plugins/protocol"}, {}},
      {"rotators/mariadb", {"plugins/sdk", "plugins/protocol"}, {}},
      {"rotators/openldap", {"plugins/sdk", "plugins/protocol"}, {}},
      {"rotators/postgresql", {"plugins/sdk", "plugins/protocol"}, {}},
      {"rotators/redis", {"plugins/sdk", "plugins/protocol"}, {}},
      {"plugins/protocol", {"scanner/base"}, {}},
      {"plugins/host", {"scanner/base", "plugins/protocol"}, {}},
      {"plugins/sdk", {"scanner/base", "plugins/protocol"}, {}},
      {"plugins/conformance", {"scanner/base", "plugins/protocol", "plugins/host"}, {}},
      {"plugins/shim", {"scanner/base", "plugins/protocol", "plugins/sdk"}, {}},
      {"plugins/examples", {"plugins/sdk", "plugins/protocol"}, {}},
  };
  return kRooms;
}

const Room* room_of(std::string_view path) {
  const Room* best = nullptr;
  for (const Room& room : rooms()) {
    if (is_inside(path, room.name) && (best == nullptr || room.name.size() > best->name.size())) {
      best = &room;
    }
  }
  return best;
}

bool may_include(const Room& room, std::string_view header) {
  if (is_inside(header, room.name) || contains(room.only_headers, header)) return true;
  return std::any_of(room.may_know.begin(), room.may_know.end(), [&](std::string_view other) {
    return other == "*" || is_inside(header, other);
  });
}

bool is_room_name(std::string_view name) {
  return std::any_of(rooms().begin(), rooms().end(),
                     [&](const Room& room) { return last_part(room.name) == name; });
}

bool may_link(const Room& room, std::string_view other) {
  // A header of types is linked as its whole library.
  const bool types = other == "identity" && !room.only_headers.empty();
  return types || last_part(room.name) == other ||
         std::any_of(room.may_know.begin(), room.may_know.end(), [&](std::string_view known) {
           return known == "*" || last_part(known) == other;
         });
}

const std::vector<Library>& libraries() {
  static const std::vector<Library> kLibraries = {
      {"fmt", {"fmt/"}, {"fmt::fmt"}, {"*"}, false},
      {"OpenSSL",
       {"openssl/"},
       {"OpenSSL::Crypto", "OpenSSL::SSL"},
       // identity: the fingerprint of a private key is made of its public key.
       {"scanner/base", "scanner/definitions", "scanner/identity", "rotators/journal",
        "rotators/engine", "rotators", "rotators/mariadb", "rotators/openldap",
        "rotators/postgresql", "rotators/redis", "plugins/host", "plugins/conformance"},
       false},
      {"RE2", {"re2/"}, {"PkgConfig::RE2"}, {"scanner/rules", "scanner/match"}, false},
      {"yaml-cpp",
       {"yaml-cpp/"},
       {"yaml-cpp", "yaml-cpp::yaml-cpp"},
       {"scanner/rules", "scanner/definitions", "scanner/sweep", "scanner/cli", "rotators/engine",
        "plugins/conformance"},
       true},
      // Headers only: Gitleaks and Betterleaks write their rules in TOML.
      {"toml++", {"toml++/"}, {}, {"scanner/rules"}, false},
      {"nlohmann-json",
       {"nlohmann/"},
       {"nlohmann_json::nlohmann_json"},
       {"scanner/rules", "scanner/definitions", "scanner/bundle", "scanner/report", "scanner/cli",
        "rotators/journal", "rotators/engine", "rotators/sinks", "rotators", "rotators/mariadb",
        "rotators/openldap", "rotators/postgresql", "rotators/redis", "plugins/protocol",
        "plugins/host", "plugins/sdk", "plugins/conformance", "plugins/shim", "plugins/examples"},
       true},
      {"pugixml", {"pugixml.hpp"}, {"pugixml", "pugixml::pugixml"}, {"scanner/definitions"}, true},
      {"libgit2", {"git2.h"}, {"PkgConfig::LIBGIT2"}, {"rotators/sinks"}, false},
      {"libdeflate", {"libdeflate.h"}, {"PkgConfig::LIBDEFLATE"}, {"scanner/sources"}, false},
      {"libarchive",
       {"archive.h", "archive_entry.h"},
       {"PkgConfig::LIBARCHIVE"},
       {"scanner/sources"},
       false},
      {"zlib", {"zlib.h"}, {"ZLIB::ZLIB"}, {"scanner/sources"}, false},
      {"SQLiteCpp", {"SQLiteCpp/"}, {"SQLiteCpp"}, {"scanner/sqlite"}, false},
      {"SQLite", {"sqlite3.h"}, {"PkgConfig::SQLITE3"}, {"scanner/sqlite"}, false},
      {"CLI11", {"CLI/"}, {"CLI11::CLI11"}, {"scanner/cli"}, false},
      {"Boost", {"boost/"}, {"Boost::headers"}, {"plugins/host"}, false},
      {"hiredis", {"hiredis/"}, {"PkgConfig::HIREDIS"}, {"rotators/redis"}, false},
      {"libmariadb", {"mysql.h"}, {"PkgConfig::LIBMARIADB"}, {"rotators/mariadb"}, false},
      {"libargon2", {"argon2.h"}, {"PkgConfig::ARGON2"}, {"rotators/openldap"}, false},
      {"libcrypt", {"crypt.h"}, {"crypt"}, {"rotators/openldap"}, false},
      {"libldap", {"ldap.h", "openldap.h"}, {"PkgConfig::LDAP"}, {"rotators/openldap"}, false},
      {"libpq", {"libpq-fe.h"}, {"PkgConfig::LIBPQ"}, {"rotators/postgresql"}, false},
      {"libseccomp", {"seccomp.h"}, {"PkgConfig::SECCOMP"}, {"plugins/host"}, false},
      {"GoogleTest", {"gtest/", "gmock/"}, {"GTest::gtest", "GTest::gmock"}, {}, true},
      {"Threads", {}, {"Threads::Threads"}, {"*"}, false},
  };
  return kLibraries;
}

const Library* library_of_header(std::string_view header) {
  for (const Library& library : libraries()) {
    for (const std::string_view prefix : library.headers) {
      if (header.substr(0, prefix.size()) == prefix) return &library;
    }
  }
  return nullptr;
}

const Library* library_of_target(std::string_view target) {
  for (const Library& library : libraries()) {
    if (std::find(library.targets.begin(), library.targets.end(), target) !=
        library.targets.end()) {
      return &library;
    }
  }
  return nullptr;
}

bool may_use(const Library& library, const Room& room, bool in_test) {
  return (in_test && library.tests_too) || contains(library.rooms, room.name);
}

bool is_system_header(std::string_view header) {
  static constexpr std::string_view kFolders[] = {"sys/", "linux/", "arpa/", "netinet/",
                                                  "net/", "bits/",  "asm/",  "sanitizer/"};
  for (const std::string_view folder : kFolders) {
    if (header.substr(0, folder.size()) == folder) return true;
  }
  // Whatever else has a folder or a C++ suffix belongs to somebody.
  return header.find('/') == std::string_view::npos &&
         header.find(".hpp") == std::string_view::npos;
}

}  // namespace nhi::tidy
