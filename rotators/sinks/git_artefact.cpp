#include "rotators/sinks/git_artefact.hpp"

#include <fmt/format.h>
#include <git2.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

namespace nhi {
namespace {

constexpr const char* kAuthor = "nhisweep";
constexpr const char* kMail = "nhisweep@localhost";
constexpr std::size_t kPathBytesMax = 4096;

template <class T>
using Git = std::unique_ptr<T, void (*)(T*)>;

// Once a process. Strangers' repositories are read, and nothing of the machine's or a user's
// configuration says how.
void begin_git() {
  static const bool begun = [] {
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                            GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "/dev/null/none");
    }
    return true;
  }();
  static_cast<void>(begun);
}

Unexpected<Error> git_failed(int code, const std::string& what, const std::string& subject) {
  const git_error* const last = git_error_last();
  const ErrorCode word = code == GIT_ENOTFOUND ? ErrorCode::kNotFound : ErrorCode::kGit;
  return fail(word,
              fmt::format("{}: {}", what, last == nullptr ? "git says no more" : last->message),
              subject);
}

std::string hex_of(const git_oid* id) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  return git_oid_tostr(text.data(), text.size(), id);
}

// A tree has no way out, but what is asked for may pretend to be in it.
bool is_inside(const std::string& path) {
  if (path.empty() || path.size() > kPathBytesMax || path.front() == '/') return false;
  if (path.find('\0') != std::string::npos) return false;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

// The calling thread reads and writes files as another user, as NFS servers do; root only.
class FilesAs {
 public:
  FilesAs(uid_t user, gid_t group) {
    if (::geteuid() != 0) return;
    group_ = ::setfsgid(group);
    user_ = ::setfsuid(user);
    // They report no failure but in what the next call gives.
    failed_ = ::setfsuid(static_cast<uid_t>(-1)) != static_cast<int>(user) ||
              ::setfsgid(static_cast<gid_t>(-1)) != static_cast<int>(group);
  }
  FilesAs(const FilesAs&) = delete;
  FilesAs& operator=(const FilesAs&) = delete;
  ~FilesAs() {
    if (user_ < 0) return;
    ::setfsuid(static_cast<uid_t>(user_));
    ::setfsgid(static_cast<gid_t>(group_));
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  int user_ = -1;
  int group_ = -1;
  bool failed_ = false;
};

// New objects get the modes of those that are there, not those of our own files.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

Result<struct stat> facts_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0) return facts;
  return fail(os_error(errno, "cannot look at", path));
}

// Where a ref of this name may lie. Nothing is guessed: a tag could have a branch's name.
std::vector<std::string> full_names(const std::string& ref) {
  if (ref == "HEAD" || ref.starts_with("refs/")) return {ref};
  return {"refs/heads/" + ref, "refs/remotes/" + ref};
}

struct Tip {
  Git<git_commit> commit{nullptr, git_commit_free};
  Git<git_tree> tree{nullptr, git_tree_free};
};

class Repository {
 public:
  static Result<Repository> open(const GitFile& place) {
    if (!is_inside(place.path)) {
      return fail(ErrorCode::kBadUse, "not a path inside of a tree", place.path);
    }
    begin_git();
    Repository repository;
    NHI_TRY(const struct stat facts, facts_of(place.repository));
    repository.owner_ = facts.st_uid;
    repository.as_owner_ = std::make_unique<FilesAs>(facts.st_uid, facts.st_gid);
    if (repository.as_owner_->failed()) {
      return fail(ErrorCode::kPermission, "cannot work as the repository's owner",
                  place.repository);
    }
    git_repository* opened = nullptr;
    const int code = git_repository_open_ext(&opened, place.repository.c_str(),
                                             GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    if (code != 0) return git_failed(code, "cannot open the repository", place.repository);
    repository.git_.reset(opened);
    return repository;
  }

  /// Why nothing may be written to the branch of this full name.
  [[nodiscard]] Result<void> check_writable(const std::string& branch) const {
    const std::string common = git_repository_commondir(git_.get());
    const bool other = ::geteuid() != 0 && owner_ != ::geteuid();
    for (const char* folder : {"", "objects", "refs/heads"}) {
      NHI_TRY(const struct stat facts, facts_of(common + folder));
      if (!other && facts.st_uid == owner_) continue;
      return fail(ErrorCode::kPermission,
                  other ? "the repository belongs to another user"
                        : "parts of the repository belong to several users",
                  common + folder, "run as its owner or as root; or let a person do it");
    }
    git_reference* found = nullptr;
    if (git_reference_lookup(&found, git_.get(), branch.c_str()) == 0) {
      const Git<git_reference> reference(found, git_reference_free);
      if (git_branch_is_checked_out(reference.get()) == 0) return {};
    } else {
      // A branch without a commit can be checked out, too.
      if (git_reference_lookup(&found, git_.get(), "HEAD") != 0) return {};
      const Git<git_reference> head(found, git_reference_free);
      const char* const target = git_reference_symbolic_target(head.get());
      if (target == nullptr || branch != target) return {};
    }
    return fail(ErrorCode::kBadUse, "the branch is checked out in a work tree", branch,
                "check out another there, then resume");
  }

  /// Errors: kIo.
  [[nodiscard]] Result<mode_t> mask() const {
    NHI_TRY(const struct stat facts,
            facts_of(std::string(git_repository_commondir(git_.get())) + "objects"));
    return static_cast<mode_t>(~facts.st_mode & 0777U);
  }

  [[nodiscard]] Result<Tip> tip(const std::string& ref) const {
    git_reference* found = nullptr;
    int code = GIT_ENOTFOUND;
    for (const std::string& name : full_names(ref)) {
      if (code == GIT_ENOTFOUND) code = git_reference_lookup(&found, git_.get(), name.c_str());
    }
    if (code != 0) return git_failed(code, "no such ref", ref);
    const Git<git_reference> reference(found, git_reference_free);
    git_object* object = nullptr;
    code = git_reference_peel(&object, reference.get(), GIT_OBJECT_COMMIT);
    if (code != 0) return git_failed(code, "the ref names no commit", ref);
    Tip tip;
    tip.commit.reset(reinterpret_cast<git_commit*>(object));
    git_tree* tree = nullptr;
    code = git_commit_tree(&tree, tip.commit.get());
    if (code != 0) return git_failed(code, "cannot read the tree", ref);
    tip.tree.reset(tree);
    return tip;
  }

  [[nodiscard]] static Result<Git<git_tree_entry>> entry(const Tip& tip, const std::string& path) {
    git_tree_entry* found = nullptr;
    const int code = git_tree_entry_bypath(&found, tip.tree.get(), path.c_str());
    if (code != 0) return git_failed(code, "no such file in the tree", path);
    Git<git_tree_entry> entry(found, git_tree_entry_free);
    const git_filemode_t mode = git_tree_entry_filemode(entry.get());
    if (mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE) return entry;
    return fail(ErrorCode::kGit, "a link, folder or submodule stands there", path);
  }

  [[nodiscard]] Result<SecretText> content(const git_tree_entry* entry) const {
    git_blob* found = nullptr;
    const int code = git_blob_lookup(&found, git_.get(), git_tree_entry_id(entry));
    if (code != 0) return git_failed(code, "cannot read the file's object", "");
    const Git<git_blob> blob(found, git_blob_free);
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
    if (size > kGitArtefactBytesMax) {
      return fail(ErrorCode::kTooLarge, fmt::format("a file of {} bytes", size));
    }
    return SecretText({static_cast<const char*>(git_blob_rawcontent(blob.get())), size});
  }

  /// The commit's id. `name`: of the ref that moves to it.
  [[nodiscard]] Result<std::string> commit(const Tip& parent, const std::string& name,
                                           const std::string& path, git_filemode_t mode,
                                           const GitFileChange& change) const {
    git_oid blob{};
    const std::string_view bytes = change.content.reveal();
    int code = git_blob_create_from_buffer(&blob, git_.get(), bytes.data(), bytes.size());
    if (code != 0) return git_failed(code, "cannot store the file", path);
    git_tree_update update{GIT_TREE_UPDATE_UPSERT, blob, mode, path.c_str()};
    git_oid tree_id{};
    code = git_tree_create_updated(&tree_id, git_.get(), parent.tree.get(), 1, &update);
    if (code != 0) return git_failed(code, "cannot make the tree", path);
    git_tree* found = nullptr;
    code = git_tree_lookup(&found, git_.get(), &tree_id);
    if (code != 0) return git_failed(code, "cannot read the tree", path);
    const Git<git_tree> tree(found, git_tree_free);
    git_signature* made = nullptr;
    code = git_signature_new(&made, kAuthor, kMail, change.at.seconds, 0);
    if (code != 0) return git_failed(code, "cannot sign the commit", path);
    const Git<git_signature> author(made, git_signature_free);
    const git_commit* const parents[] = {parent.commit.get()};
    git_oid id{};
    code = git_commit_create(&id, git_.get(), name.c_str(), author.get(), author.get(), "UTF-8",
                             change.message.c_str(), tree.get(), 1,
                             const_cast<const git_commit**>(parents));
    if (code == GIT_ELOCKED) {
      return fail(ErrorCode::kBusy, "another program holds the branch", name,
                  "if none is at work, remove " +
                      std::string(git_repository_commondir(git_.get())) + name +
                      ".lock, then resume");
    }
    if (code != 0) return git_failed(code, "cannot commit", name);
    return hex_of(&id);
  }

 private:
  Repository() = default;
  uid_t owner_ = 0;
  std::unique_ptr<FilesAs> as_owner_;  // outlives what reads and writes
  Git<git_repository> git_{nullptr, git_repository_free};
};

}  // namespace

Result<GitContent> git_content(const GitFile& place) {
  NHI_TRY(const Repository repository, Repository::open(place));
  NHI_TRY(const Tip tip, repository.tip(place.ref));
  NHI_TRY(const auto entry, Repository::entry(tip, place.path));
  GitContent found;
  NHI_TRY(found.bytes, repository.content(entry.get()));
  found.blob = hex_of(git_tree_entry_id(entry.get()));
  found.commit = hex_of(git_commit_id(tip.commit.get()));
  return found;
}

Result<std::string> git_commit_change(const GitFile& place, const GitFileChange& change) {
  NHI_TRY(const Repository repository, Repository::open(place));
  const std::string name = "refs/heads/" + change.branch;
  auto parent = repository.tip(name);
  if (!parent && parent.error().code == ErrorCode::kNotFound) parent = repository.tip(place.ref);
  if (!parent) return fail(std::move(parent.error()));
  NHI_TRY(const auto entry, Repository::entry(*parent, place.path));
  NHI_TRY(const SecretText there, repository.content(entry.get()));
  if (there.reveal() == change.content.reveal()) {
    return hex_of(git_commit_id(parent->commit.get()));
  }
  if (hex_of(git_tree_entry_id(entry.get())) != change.expected_blob) {
    return fail(ErrorCode::kConflict, "the file was changed by another commit", place.path,
                "plan it again");
  }
  NHI_CHECK_OK(repository.check_writable(name));
  NHI_TRY(const mode_t mask, repository.mask());
  const Umask as_theirs(mask);
  return repository.commit(*parent, name, place.path, git_tree_entry_filemode(entry.get()), change);
}

}  // namespace nhi
