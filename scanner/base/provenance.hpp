// provenance.hpp - where a blob came from: enough to show a person and to find it again tonight.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/clock.hpp"

namespace nhi {

/// What the operating system says of the file that holds the blob.
struct FileFacts {
  std::string owner;       // user name, or the number
  std::uint32_t mode = 0;  // permission bits, for example 0644
  Instant mtime;
  bool world_readable = false;
};

/// Who and when, of one commit.
struct CommitFacts {
  std::string commit;  // hex id
  std::string author;  // "Name <mail>"
  std::string committer;
  Instant date;  // committer date
};

/// As many refs as a finding names.
inline constexpr std::size_t kRefsListedMax = 20;

/// Git facts of one blob at one path; the fields of contracts section 4.
struct GitFacts {
  std::string blob;         // hex id
  std::uint64_t blobs = 1;  // versions of this place that hold the value
  CommitFacts introduced;   // empty commit id if unreachable
  std::string last_seen_commit;
  Instant last_seen;  // its date: which version is the newest, while they are merged; not stored
  std::optional<std::string> removed_commit;
  std::optional<Instant> removed_date;  // its committer date
  std::uint64_t paths_total = 0;
  std::vector<std::string> refs;  // short names, the first kRefsListedMax by name
  bool in_head = false;
  bool in_worktree = false;
  bool reachable = false;
};

/// Raw bytes as the file system or git stores them; they need not be UTF-8.
struct Provenance {
  std::string root;                 // `scan`: argument as typed, normal; `sweep`: target/relative
  std::optional<std::string> path;  // relative to root; none for an unreachable git object
  std::string member;               // inside a container, `a.zip!/b.txt`; or "commit-message", …
  std::optional<FileFacts> file;
  std::optional<GitFacts> git;
};

/// One place that was wanted and could not be read.
struct Unread {
  std::string root;
  std::string path;    // raw bytes, relative to root
  std::string reason;  // "permission-denied", "io-error", "corrupt-object", "closed-zip", …
  std::uint64_t bytes = 0;
};

/// Reasons that begin so are of closed containers: recognised, gone through as bytes, not opened.
/// The kind follows, then perhaps a colon and more about the place.
inline constexpr std::string_view kClosedReason = "closed-";
[[nodiscard]] bool is_closed(const Unread& place);
/// A reason without what its place adds to it.
[[nodiscard]] std::string_view reason_word(std::string_view reason);

/// What was and was not read. Counts add up; lists are sorted before they are shown.
struct Coverage {
  struct Policy {
    std::string reason;  // "max-file-size", "exclude", "special-file", "decode-depth", …
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t git_objects = 0;
  std::uint64_t archive_members = 0;
  std::uint64_t carried_files = 0;  // known unchanged, taken from an earlier reading
  std::uint64_t carried_git_objects = 0;
  std::optional<Instant> carried_since;  // the oldest reading that was taken over
  std::vector<Unread> unread;            // at most kUnreadListedMax, the smallest by place
  std::uint64_t unread_total = 0;
  std::vector<Policy> by_policy;  // one entry a reason, sorted

  void add_unread(Unread place);
  void add_policy(std::string reason, std::uint64_t count, std::uint64_t bytes);
  void merge(const Coverage& other);
  /// Places that are unread for another reason than that they are closed. Such bytes were gone
  /// through to their end, so the reading stands until they change. What is not listed counts too.
  [[nodiscard]] std::uint64_t unread_but_closed() const;
  /// Sorts and cuts the lists, so that the same facts look the same whatever the thread count.
  void normalise();
};

}  // namespace nhi
