// file_artefact.hpp - one file that holds a value: looked at, and replaced so that nothing is lost.
//
// The new content goes to a file of its own in the same folder, with owner, mode, ACL and extended
// attributes of the old one; then the two change places in one step (renameat2, RENAME_EXCHANGE),
// and what came out is checked: only then is it known what was replaced. If it is not what was
// expected, they change back. Killed at any point, recover_file() tells by the inode in the name of
// the file beside whether the two had changed places.
//
// What stays open: a process that has the old file open may still write to it, and that is lost, as
// with any rename. Where the file system cannot exchange, the file is read again right before it is
// replaced, and a write in between is lost. The old content is unlinked, not overwritten: a
// journaling or copy-on-write file system, a snapshot, a flash translation layer keep it all the
// same, which is why the old value has to die at its provider.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// A larger file is no artefact: kTooLarge.
inline constexpr std::size_t kArtefactBytesMax = kWholeBytesMax;
/// A shorter key would let a short content be guessed from its version: kBadUse.
inline constexpr std::size_t kVersionKeyBytesMin = 16;

/// HMAC-SHA-256 of a content in hex: a plan and a journal may hold it.
/// Shapes: `key` of at least kVersionKeyBytesMin bytes.
[[nodiscard]] std::string content_version(Bytes key, Bytes content);

struct ArtefactFacts {
  std::string path;  // with every symbolic link resolved
  bool through_link = false;
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;  // permission bits
  std::uint64_t links = 0;
  std::string refusal;  // why replace_file() would refuse it; empty if it would try
};

struct FileLook {
  SecretText content;
  std::string version;
  ArtefactFacts facts;
};

/// Errors: kNotFound, kPermission, kIo; kBadUse if it is no regular file or the key is too short;
/// kBusy if it is being written to; kTooLarge over kArtefactBytesMax.
[[nodiscard]] Result<FileLook> look_at_file(const std::string& path, Bytes key);

enum class FileStep : std::uint8_t {
  kCreated,  // the file beside is there, empty
  kWritten,  // with the new content
  kFlushed,  // with all attributes, on disk
  kNamed,    // with the inode in its name: from here on it may change places
  kExchanged,
  kChecked,  // what came out is what was expected
  kCleared,  // the old content has no name any more
  kCount
};
struct FileReplaceOptions {
  bool may_exchange = true;                    // tests turn it off
  std::function<void(FileStep)> after_step{};  // tests kill themselves here
};

/// The content of `path` becomes `content` if its version is `expected`; gives the new version. A
/// file that has the new content already is left alone: done. Left-overs of this tag are cleared
/// first.
/// Shapes: `tag`: 1 to 64 of [A-Za-z0-9_-], the same when a run tries again, of no other step.
/// Errors: kConflict if the file is not the expected one: nothing was changed, or it was changed
///         back; kBadUse with the reason if it is refused; kPermission, kIo: nothing was changed.
[[nodiscard]] Result<std::string> replace_file(const std::string& path, const std::string& expected,
                                               const SecretText& content, const std::string& tag,
                                               Bytes key, const FileReplaceOptions& options = {});

enum class FileOutcome : std::uint8_t {
  kNotDone,  // the expected content is there; what was left over is gone
  kDone,     // the new content is there
  kDrift,    // neither: somebody else wrote
};
struct FileRecovery {
  FileOutcome outcome = FileOutcome::kNotDone;
  std::string version;   // of what is there now
  bool cleared = false;  // something of ours had been left
};

/// What became of a replace_file() that did not come back, with its own arguments; clears what it
/// left. A stranger's content that it had moved away unseen is put back.
/// Errors: as look_at_file.
[[nodiscard]] Result<FileRecovery> recover_file(const std::string& path,
                                                const std::string& expected,
                                                const std::string& becomes, const std::string& tag,
                                                Bytes key);

}  // namespace nhi
