// files.hpp - walks folders of production hosts: complete, kind, and never led astray.
//
// Special files are never opened, links never followed out of turn, each folder entered once.
// What cannot be read is handed to the sink as unread; what we were told not to read as policy.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// One regular file as the walker saw it.
struct FileEntry {
  std::string root;       // root printed in findings
  std::string root_path;  // where the root is on disk
  std::string path;       // relative to root, raw bytes
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint32_t uid = 0;
  std::uint32_t mode = 0;
  bool in_repository = false;  // its root is or may be one: a history may hold the file too
  [[nodiscard]] std::string disk_path() const;  // root_path joined with path
};

struct WalkOptions {
  GlobSet exclude;
  std::uint64_t file_bytes_max = 0;  // 0 = no limit
  std::size_t folder_depth_max = 0;  // levels below `path` that are listed; 0 = the walker's own
  bool one_file_system = false;
  bool enter_network = false;      // network, FUSE and automounts
  std::vector<std::string> never;  // real paths left out without a word: our store and reports
};

/// Duties: called from the walking thread only, in a deterministic order (bytes of names).
class WalkSink {
 public:
  virtual ~WalkSink() = default;
  virtual void on_file(FileEntry entry) = 0;
  /// A git repository: `git_dir` on disk, bare or the .git of a work tree (the common one of linked
  /// work trees). `root` is the printed root of the repository; its work tree's files come as
  /// on_file with this root. Once for each git folder. It need not be sound: whatever open() says
  /// against it is an unread place.
  /// Of the git folder itself, what git's objects do not hold comes as files too (config, hooks,
  /// reflogs, lfs objects, …), under ".git/" of the same root; objects, refs and index do not.
  virtual void on_repository(std::string root, std::string work_tree, std::string git_dir) = 0;
  /// `path` was listed to its end: a name not handed over under it is proven absent.
  virtual void on_folder_listed(const std::string& root, const std::string& path) = 0;
  /// The walk was cancelled before `path` was at its end: each folder on the way down, from the
  /// deepest on up to the root, and the git folders that were kept for the end.
  virtual void on_folder_left(const std::string& /*root*/, const std::string& /*path*/) {}
  virtual void on_unread(Unread place) = 0;
  virtual void on_policy(std::string reason, const std::string& root, const std::string& path,
                         std::uint64_t bytes) = 0;
  [[nodiscard]] virtual bool cancelled() const { return false; }
};

/// Walks `path` (file, folder, git repository) under the printed name `root`.
/// - `path` may be a link, or lie on any file system: naming it is asking for it. A single file
///   comes with its folder as root_path, and `root` loses the file's name if it ends with it.
/// - Links met inside are not followed. What a link inside `path` points to is walked in its own
///   place; a link that leaves `path` (judged as text) is policy "symlink-outside".
/// - Mount points are known before they are touched. Pseudo file systems are never entered; network
///   file systems, FUSE and automounts only if `enter_network` or as `path`. One that stops
///   answering is left at once: unread is the place that was asked for, and the uppermost folder
///   of it that was entered (mount_watch.hpp).
/// - Globs of `exclude` are tried on the path relative to `path`; a folder that matches, or whose
///   whole content would (`x/**`), is left out at once and counts as one.
/// - Policy reasons: "exclude", "max-file-size", "special-file", "symlink-outside",
///   "network-mount", "pseudo-file-system", "other-file-system", "same-folder" (a bind mount or
///   the like: its first path was walked), "folder-depth" (below folder_depth_max).
/// - Unread reasons: "permission-denied", "io-error", "too-deep", "too-large" (4 GiB of names in
///   one folder), "not-answering", "changed-while-read", "special-file" (only for `path`),
///   "damaged-repository", "git-folder-outside" (`.git` points out of `path`; followed only for the
///   work tree that was named).
/// Units:  memory is the names of the folders on the way down, and 24 bytes for each folder seen.
/// Errors: kNotFound, kPermission, kNotAnswering, kIo only if `path` itself cannot be looked at;
/// kCancelled.
[[nodiscard]] Result<void> walk(const std::string& path, const std::string& root,
                                const WalkOptions& options, WalkSink& sink);

/// Asked by readers before they take more from the disk. Thread-safe.
class ReadGate {
 public:
  virtual ~ReadGate() = default;
  /// How many of `wanted` bytes, at least 1, may be read now; may wait. 0: read no more.
  [[nodiscard]] virtual std::size_t admit(std::size_t wanted) = 0;
  /// Whether to read no more, asked while a stream brings nothing.
  [[nodiscard]] virtual bool closed() = 0;
};

/// Reads files with pread into an owned buffer. One a worker.
class FileReader {
 public:
  /// `gate` outlives the reader; without one it reads as fast as it can, to the end.
  explicit FileReader(ReadGate* gate = nullptr) : gate_(gate) {}

  /// One segment of a file: `bytes` begins at `offset`; `last` says that the file ends with it.
  struct Segment {
    Bytes bytes;
    std::uint64_t offset = 0;  // of bytes[0] in the file
    std::uint64_t fresh = 0;   // bytes[0, fresh) belong to this segment; the rest is overlap
    bool last = false;
  };
  /// Hands over the whole file up to kWholeBytesMax; of a larger one kSegmentBytes at a time with
  /// kMatchBytesMax of overlap behind.
  /// Opens with O_NOFOLLOW|O_NONBLOCK|O_NOCTTY, O_NOATIME where permitted; checks that it still is
  /// the regular file of `entry`; leaves the page cache as page_cache.hpp says. An empty file is
  /// one empty segment. A segment (with its overlap) that is nothing but a hole of a sparse file is
  /// zeros: it is not read and not handed over, so offsets may jump; the last segment always comes.
  /// The bytes live until `visit` returns. When the gate closes, the whole lines already read of a
  /// segment are handed over, and then none is the last.
  /// Errors: kCancelled when the gate closed; kNotAnswering if the file system did not answer (then
  /// the whole lines already read were handed over); kPermission, kNotFound (gone since listed),
  /// kIo; kMalformed "changed-while-read" if
  ///         size or mtime moved while reading (what was handed over is real), or if another file
  ///         is there now (then nothing was handed over).
  [[nodiscard]] Result<void> read(const FileEntry& entry,
                                  const std::function<void(const Segment&)>& visit);
  /// The same for a stream that cannot be sought (standard input), until its end.
  /// Bytes are admitted after they came: how many will come is not known.
  /// Errors: kIo; kCancelled when the gate closed.
  [[nodiscard]] Result<void> read_stream(int descriptor,
                                         const std::function<void(const Segment&)>& visit);

 private:
  void release_large_buffer();

  ReadGate* gate_;
  std::string buffer_;
};

[[nodiscard]] FileFacts file_facts(const FileEntry& entry);
/// False if the head of `bytes` looks like text, UTF-16 and UTF-32 included. Binary files are
/// matched too; definitions are not looked for in them.
[[nodiscard]] bool looks_binary(Bytes bytes);

}  // namespace nhi
