#include "rotators/sinks/file_artefact.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "rotators/sinks/file_attributes.hpp"
#include "rotators/sinks/file_place.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

using sinks::FileAttributes;
using sinks::FilePlace;
using sinks::SeenFile;

Result<void> check_key(Bytes key) {
  if (key.size() >= kVersionKeyBytesMin) return {};
  return fail(ErrorCode::kBadUse, "key of versions is too short");
}

Result<void> check_tag(const std::string& tag) {
  const auto lawful = [](char c) { return chars::is_word(c) || c == '-'; };
  if (!tag.empty() && tag.size() <= 64 && chars::all_are(tag, lawful)) return {};
  return fail(ErrorCode::kBadUse, "tag has other characters or another length than it may");
}

// ---- the file beside ---------------------------------------------------------------------------

// `.nhisweep-<tag>-<8 hex of the name>`: short, so that no name gets too long.
std::string beside(const FilePlace& place, const std::string& tag) {
  return ".nhisweep-" + tag + "-" + to_hex(sha256(place.name)).substr(0, 8);
}
std::string unfinished_name(const FilePlace& place, const std::string& tag) {
  return beside(place, tag) + ".new";
}
std::string finished_name(const FilePlace& place, const std::string& tag, ino_t inode) {
  return beside(place, tag) + "." + std::to_string(inode);
}

// After an exchange that must not stand: the two change back. If somebody replaced ours meanwhile,
// theirs is the newest and stays.
Result<void> change_back(const FilePlace& place, const std::string& name, ino_t ours) {
  const auto failed = [&] {
    return fail(
        os_error(errno, "cannot put back what was there; it is beside as " + name, place.path));
  };
  if (sinks::inode_at(place, place.name) == ours) {
    if (!sinks::change_places(place, name)) return failed();
    // Replaced between the look and the exchange: what came out is newer than what went in.
    if (sinks::inode_at(place, name) != ours && !sinks::change_places(place, name)) return failed();
  }
  sinks::unlink_at(place, name);
  sinks::flush_folder(place);
  return {};
}

// ---- left-overs --------------------------------------------------------------------------------

struct LeftOver {
  std::string name;
  ino_t named = 0;  // the inode in its name; 0 if it was never finished
};

Result<std::vector<LeftOver>> left_overs(const FilePlace& place, const std::string& tag) {
  const std::string start = beside(place, tag) + ".";
  const int again = ::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return fail(os_error(errno, "cannot read the folder of", place.path));
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(again), ::closedir);
  if (!folder) {
    ::close(again);
    return fail(os_error(errno, "cannot read the folder of", place.path));
  }
  std::vector<LeftOver> found;
  while (const struct dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (!name.starts_with(start)) continue;
    const std::string rest = name.substr(start.size());
    if (rest == "new") {
      found.push_back({name, 0});
    } else if (chars::all_are(rest, chars::is_digit) && !rest.empty() && rest.size() < 20) {
      found.push_back({name, static_cast<ino_t>(std::stoull(rest))});
    }
  }
  return found;
}

// Clears what an interrupted try left. A stranger's content that came out of the exchange and was
// not seen goes back to its place.
Result<bool> clear_left_overs(const FilePlace& place, const std::string& tag,
                              const std::string& expected, Bytes key) {
  NHI_TRY(const std::vector<LeftOver> all, left_overs(place, tag));
  for (const LeftOver& left : all) {
    if (left.named != 0 && sinks::inode_at(place, left.name) != left.named) {
      NHI_TRY(const SeenFile displaced, sinks::read_at(place, left.name));
      if (content_version(key, displaced.content.reveal()) != expected) {
        NHI_CHECK_OK(change_back(place, left.name, left.named));
        continue;
      }
    }
    sinks::unlink_at(place, left.name);
  }
  if (!all.empty()) sinks::flush_folder(place);
  return !all.empty();
}

// ---- the exchange ------------------------------------------------------------------------------

struct Replacement {
  const FilePlace& place;
  const std::string& expected;
  const FileAttributes& attributes;
  Bytes key;
  const FileReplaceOptions& options;

  void step(FileStep step) const {
    if (options.after_step) options.after_step(step);
  }
  // True if the file of this name is the one that was to be replaced.
  [[nodiscard]] Result<bool> is_expected(const std::string& name) const {
    NHI_TRY(const SeenFile seen, sinks::read_at(place, name));
    NHI_TRY(const FileAttributes now, sinks::attributes_of(seen.file.get(), place.path));
    return content_version(key, seen.content.reveal()) == expected && now == attributes &&
           seen.facts.st_nlink == 1;
  }
};

Unexpected<Error> drift(const std::string& path) {
  return fail(ErrorCode::kConflict, "file is not the one that was expected", path,
              "somebody else wrote to it: plan again");
}

// The new file, complete and on disk, under the name that tells its inode.
Result<std::string> make_beside(const Replacement& job, const SecretText& content,
                                const std::string& tag, ino_t& inode) {
  const FilePlace& place = job.place;
  const std::string unfinished = unfinished_name(place, tag);
  const FileHandle file(::openat(place.folder.get(), unfinished.c_str(),
                                 O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(os_error(errno, "cannot create a file beside", place.path));
  auto made = [&]() -> Result<std::string> {
    job.step(FileStep::kCreated);
    NHI_CHECK_OK(sinks::write_content(file.get(), content.reveal(), place.path));
    job.step(FileStep::kWritten);
    NHI_CHECK_OK(sinks::give_attributes(file.get(), job.attributes, place.path));
    struct stat facts {};
    if (::fsync(file.get()) != 0 || ::fstat(file.get(), &facts) != 0) {
      return fail(os_error(errno, "cannot flush a file beside", place.path));
    }
    job.step(FileStep::kFlushed);
    inode = facts.st_ino;
    std::string finished = finished_name(place, tag, inode);
    if (!sinks::rename_in(place, unfinished, finished)) {
      return fail(os_error(errno, "cannot name a file beside", place.path));
    }
    return finished;
  }();
  if (!made) sinks::unlink_at(place, unfinished);
  return made;
}

Result<void> put_in_place(const Replacement& job, const std::string& name, ino_t inode) {
  const FilePlace& place = job.place;
  if (job.options.may_exchange && sinks::change_places(place, name)) {
    job.step(FileStep::kExchanged);
    const auto expected = job.is_expected(name);
    if (!expected || !*expected) {
      NHI_CHECK_OK(change_back(place, name, inode));
      return drift(place.path);
    }
    // What is there now is ours, or somebody was quick: theirs stays, and nothing was distributed.
    const bool ours = sinks::inode_at(place, place.name) == inode;
    job.step(FileStep::kChecked);
    sinks::flush_folder(place);
    sinks::unlink_at(place, name);
    sinks::flush_folder(place);
    job.step(FileStep::kCleared);
    if (!ours) return drift(place.path);
    return {};
  }
  const int error_number = job.options.may_exchange ? errno : EINVAL;
  if (error_number != EINVAL && error_number != ENOSYS && error_number != ENOTSUP) {
    sinks::unlink_at(place, name);
    return fail(os_error(error_number, "cannot replace", place.path));
  }
  const auto expected = job.is_expected(place.name);
  if (!expected || !*expected) {
    sinks::unlink_at(place, name);
    return drift(place.path);
  }
  job.step(FileStep::kChecked);
  if (!sinks::rename_in(place, name, place.name)) {
    const int failure = errno;
    sinks::unlink_at(place, name);
    return fail(os_error(failure, "cannot replace", place.path));
  }
  job.step(FileStep::kExchanged);
  sinks::flush_folder(place);
  return {};
}

}  // namespace

std::string content_version(Bytes key, Bytes content) { return to_hex(hmac_sha256(key, content)); }

Result<FileLook> look_at_file(const std::string& path, Bytes key) {
  NHI_CHECK_OK(check_key(key));
  NHI_TRY(const FilePlace place, sinks::file_place_of(path));
  NHI_TRY(SeenFile seen, sinks::read_at(place, place.name));
  FileLook look;
  look.facts.path = place.path;
  look.facts.through_link = place.through_link;
  look.facts.owner = seen.facts.st_uid;
  look.facts.group = seen.facts.st_gid;
  look.facts.mode = seen.facts.st_mode & 07777U;
  look.facts.links = seen.facts.st_nlink;
  look.facts.refusal = sinks::refusal_of(place, seen);
  look.version = content_version(key, seen.content.reveal());
  look.content = std::move(seen.content);
  return look;
}

Result<std::string> replace_file(const std::string& path, const std::string& expected,
                                 const SecretText& content, const std::string& tag, Bytes key,
                                 const FileReplaceOptions& options) {
  NHI_CHECK_OK(check_key(key));
  NHI_CHECK_OK(check_tag(tag));
  if (content.size() > kArtefactBytesMax) {
    return fail(ErrorCode::kTooLarge, "new content is too large", path);
  }
  NHI_TRY(const FilePlace place, sinks::file_place_of(path));
  NHI_TRY(const bool cleared, clear_left_overs(place, tag, expected, key));
  static_cast<void>(cleared);
  std::string becomes = content_version(key, content.reveal());
  NHI_TRY(const SeenFile seen, sinks::read_at(place, place.name));
  const std::string now = content_version(key, seen.content.reveal());
  if (now == becomes) return becomes;
  if (now != expected) return drift(path);
  if (const std::string refusal = sinks::refusal_of(place, seen); !refusal.empty()) {
    return fail(ErrorCode::kBadUse, "file is not replaced: " + refusal, path);
  }
  NHI_TRY(const FileAttributes attributes, sinks::attributes_of(seen.file.get(), path));
  const Replacement job{place, expected, attributes, key, options};
  ino_t inode = 0;
  NHI_TRY(const std::string name, make_beside(job, content, tag, inode));
  job.step(FileStep::kNamed);
  NHI_CHECK_OK(put_in_place(job, name, inode));
  return becomes;
}

Result<FileRecovery> recover_file(const std::string& path, const std::string& expected,
                                  const std::string& becomes, const std::string& tag, Bytes key) {
  NHI_CHECK_OK(check_key(key));
  NHI_CHECK_OK(check_tag(tag));
  NHI_TRY(const FilePlace place, sinks::file_place_of(path));
  FileRecovery recovery;
  NHI_TRY(recovery.cleared, clear_left_overs(place, tag, expected, key));
  NHI_TRY(const SeenFile seen, sinks::read_at(place, place.name));
  recovery.version = content_version(key, seen.content.reveal());
  recovery.outcome = recovery.version == becomes    ? FileOutcome::kDone
                     : recovery.version == expected ? FileOutcome::kNotDone
                                                    : FileOutcome::kDrift;
  return recovery;
}

}  // namespace nhi
