// file_place.hpp - one name in a folder that is held: read, refused, exchanged; not for other
// rooms.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "rotators/sinks/file_artefact.hpp"
#include "scanner/base/file.hpp"

namespace nhi::sinks {

// A file by its folder, which is held: nobody moves it away between two steps.
struct FilePlace {
  FileHandle folder;
  std::string name;
  std::string path;  // resolved
  bool through_link = false;
};

/// Of a file that is there, or may be: its folder has to be. Errors: kNotFound, kPermission, kIo;
/// kBadUse for a root folder.
[[nodiscard]] Result<FilePlace> file_place_of(const std::string& path);

// One file as it was read.
struct SeenFile {
  FileHandle file;
  struct stat facts {};
  SecretText content;
};

/// Reads what has this name in the folder; not through a link, and not what changes meanwhile.
/// Errors: as look_at_file.
[[nodiscard]] Result<SeenFile> read_at(const FilePlace& place, const std::string& name);
/// Why the file is not to be replaced; empty if nothing speaks against it.
[[nodiscard]] std::string refusal_of(const FilePlace& place, const SeenFile& seen);
/// Errors: kIo, kPermission.
[[nodiscard]] Result<void> write_content(int file, Bytes content, const std::string& subject);
/// Best effort: some file systems refuse it.
void flush_folder(const FilePlace& place);
/// The file of this name and the one at the place change places in one step; errno if not.
[[nodiscard]] bool change_places(const FilePlace& place, const std::string& name);
/// `from` gets the name `to`, whose file is gone if there was one; errno if not.
[[nodiscard]] bool rename_in(const FilePlace& place, const std::string& from,
                             const std::string& to);
void unlink_at(const FilePlace& place, const std::string& name);
[[nodiscard]] std::optional<ino_t> inode_at(const FilePlace& place, const std::string& name);

}  // namespace nhi::sinks
