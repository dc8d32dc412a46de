// files.hpp - walks folders of production hosts: complete, kind, and never led astray.
//
// Special files are never opened, links never followed out of turn, each folder entered once.
// What cannot be read is handed to the sink as unread; what we were told not to read as policy.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scanner/base/glob.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// One regular file as the walker saw it.
struct FileEntry {
  std::string root;      // root printed in findings
  std::string root_path; // where the root is on disk
  std::string path;      // relative to root, raw bytes
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint32_t uid = 0;
  std::uint32_t mode = 0;
  [[nodiscard]] std::string disk_path() const;  // root_path joined with path
};

struct WalkOptions {
  GlobSet exclude;
  std::uint64_t file_bytes_max = 0;   // 0 = no limit
  bool one_file_system = false;
  bool enter_network = false;         // network, FUSE and automounts
  std::vector<std::string> never;     // real paths left out without a word: our own store and reports
};

/// Duties: called from the walking thread only, in a deterministic order (bytes of names).
class WalkSink {
 public:
  virtual ~WalkSink() = default;
  virtual void on_file(FileEntry entry) = 0;
  /// A git repository: `git_dir` on disk, bare or the .git of a work tree. `root` is the printed
  /// root of the repository. Its work tree's files come as on_file with this root; its git folder is
  /// not walked.
  virtual void on_repository(std::string root, std::string work_tree, std::string git_dir) = 0;
  /// `path` was listed to its end: a name not handed over under it is proven absent.
  virtual void on_folder_listed(const std::string& root, const std::string& path) = 0;
  virtual void on_unread(Unread place) = 0;
  virtual void on_policy(std::string reason, const std::string& root, const std::string& path,
                         std::uint64_t bytes) = 0;
  [[nodiscard]] virtual bool cancelled() const { return false; }
};

/// Walks `path` (file, folder, git repository) under the printed name `root`.
/// Errors: kNotFound or kPermission only if `path` itself cannot be looked at.
[[nodiscard]] Result<void> walk(const std::string& path, const std::string& root,
                                const WalkOptions& options, WalkSink& sink);

/// Reads files with pread into an owned buffer. One a worker.
class FileReader {
 public:
  /// One segment of a file: `bytes` begins at `offset`; `last` says that the file ends with it.
  struct Segment {
    Bytes bytes;
    std::uint64_t offset = 0;  // of bytes[0] in the file
    std::uint64_t fresh = 0;   // bytes[0, fresh) belong to this segment; the rest is overlap
    bool last = false;
  };
  /// Hands over the whole file, or kSegmentBytes at a time with kMatchBytesMax of overlap behind.
  /// Opens with O_NOFOLLOW|O_NONBLOCK|O_NOCTTY, O_NOATIME where permitted; checks that it still is
  /// the regular file of `entry`; POSIX_FADV_DONTNEED after large reads.
  /// Errors: kPermission, kNotFound (gone since listed), kIo; kMalformed "changed-while-read" if
  ///         size or mtime moved while reading (what was handed over is real).
  [[nodiscard]] Result<void> read(const FileEntry& entry,
                                  const std::function<void(const Segment&)>& visit);

 private:
  std::string buffer_;
};

[[nodiscard]] FileFacts file_facts(const FileEntry& entry);
/// True if `bytes` look like text or UTF-16/32; binary files are scanned too, definitions are not.
[[nodiscard]] bool looks_binary(Bytes bytes);

}  // namespace nhi
