// pin.hpp - a rotator is the file that an administrator looked at, or it is not started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/host/grants.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

struct PinnedFile {
  std::string path;
  Digest sha256{};
};

/// A rotator as it is registered.
struct PluginPin {
  std::string name;
  PinnedFile program;
  std::optional<PinnedFile> interpreter;  // scripts only
  std::vector<std::string> arguments;     // of the interpreter
  /// The program that speaks for a script which answers one call; empty: it speaks for itself. It
  /// is a part of our own installation, and not pinned.
  std::string shim;
  Grants grants;
};

/// Where our own shim lies: beside this program, in ../libexec/nhisweep. Errors: kIo.
[[nodiscard]] Result<std::string> own_shim();

/// The file, open for reading, whose bytes have that hash. It is to be run from this descriptor.
/// Errors: kNotFound, kPermission, kIo; kBadUse if it is no regular file, others can write to it,
/// or it has another hash.
[[nodiscard]] Result<FileHandle> open_pinned(const PinnedFile& file);

/// A program of our own, open for running. Errors: as above, but for the hash.
[[nodiscard]] Result<FileHandle> open_own(const std::string& path);

/// The hash of a file as it is now, for the lines of a registration.
[[nodiscard]] Result<Digest> hash_of_file(const std::string& path);

/// True if the file begins with "#!": it needs an interpreter.
[[nodiscard]] Result<bool> is_script(const FileHandle& file);

}  // namespace nhi
