#include "scanner/sources/git/changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "scanner/sources/git/commit_range.hpp"
#include "scanner/sources/git/git_folders.hpp"
#include "scanner/sources/git/history.hpp"
#include "scanner/sources/git/index_file.hpp"
#include "scanner/sources/git/overwrite.hpp"
#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/range_history.hpp"
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/git/revision.hpp"
#include "scanner/sources/git/store.hpp"
#include "scanner/sources/git/tree_diff.hpp"
#include "scanner/sources/git/tree_lookup.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

/// Names in folders that are kept while it is asked what stood before; about 100 bytes each.
constexpr std::size_t kNamesKept = 1'000'000;

// The whole of the index. It may be a link where the system has links.
Result<std::string> read_index(const std::string& path) {
  const FileHandle file = open_quietly(AT_FDCWD, path.c_str(), O_RDONLY);
  struct stat facts {};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) {
    return fail(os_error(errno, "cannot read the index", path));
  }
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::kMalformed, "the index is no file", path);
  if (size > kIndexFileBytesMax) return fail(ErrorCode::kTooLarge, "index-too-large", path);
  std::string text;
  int error = 0;
  overwrite(text, size, [&](char* at) {
    std::size_t have = 0;
    while (have < size) {
      const ssize_t got = ::read(file.get(), at + have, size - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) error = errno;
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    return have;
  });
  if (error != 0) return fail(os_error(error, "cannot read the index", path));
  return text;
}

Error explained(Error error, const std::string& path) {
  error.subject = path;
  if (error.what == "split-index") {
    error.what = "cannot read a split index";
    error.hint = "git update-index --no-split-index makes it one file";
  } else if (error.what == "unknown-index") {
    error.what = "cannot read an index of this make";
    error.hint = "git update-index --index-version 4 writes one that is known";
  } else if (error.what == "corrupt-index") {
    error.what = "the index is damaged";
    error.hint = "git status says what git makes of it";
  }
  return error;
}

// An index beside the commits that the next one will have for parents.
class StagedDiff {
 public:
  StagedDiff(GitStore& store, GitDamage& damage)
      : store_(store), damage_(damage), diff_(store, damage) {}

  // One that cannot be read is noted, and what it held counts as new.
  void add_parent(const GitId& id) {
    std::string content;
    GitRead outcome = store_.read_typed(id, GitType::kCommit, content);
    const auto commit = parse_commit(content);
    if (outcome == GitRead::kFound && !commit) outcome = GitRead::kCorrupt;
    damage_.note(id, outcome);
    if (outcome != GitRead::kFound) return;
    parents_.push_back(commit->tree);
    lookups_.emplace_back(store_, damage_, commit->tree);
  }
  [[nodiscard]] const std::vector<GitId>& parent_trees() const { return parents_; }

  [[nodiscard]] bool full() const { return diff_.full(); }

  [[nodiscard]] GitChanges changes(const GitIndex& index) {
    const IndexTree tree(index);
    const TreeSide first = parents_.empty() ? TreeSide() : TreeSide(parents_.front());
    diff_.each_difference(
        TreeSide(tree.root()), first,
        [&](const std::string& path, const GitId& blob, const GitId*) { add(path, blob); });
    diff_.each_difference(first, TreeSide(tree.root()),
                          [&](std::string path, const GitId& blob, const GitId* twin) {
                            if (twin == nullptr) out_.gone.push_back({std::move(path), blob});
                          });
    for (const GitIndex::Entry& entry : index.entries()) {
      if (entry.intent_to_add) ++out_.names_only;
      if (entry.stage == 0 || entry.kind() == GitIndex::Kind::kSubmodule) continue;
      add(std::string(index.path(entry)), entry.id);
    }
    const auto before = [](const auto& a, const auto& b) {
      return std::tie(a.path, a.blob) < std::tie(b.path, b.blob);
    };
    std::sort(out_.blobs.begin(), out_.blobs.end(), before);
    std::sort(out_.gone.begin(), out_.gone.end(), before);
    return std::move(out_);
  }

 private:
  // Unless a parent has it there.
  void add(const std::string& path, const GitId& blob) {
    for (TreeLookup& parent : lookups_) {
      if (parent.find(path) == blob) return;
    }
    GitChange change{path, blob, {}};
    change.facts.blob = blob.hex();
    out_.blobs.push_back(std::move(change));
  }

  GitStore& store_;
  GitDamage& damage_;
  TreeDiff diff_;
  std::vector<GitId> parents_;  // their trees
  std::vector<TreeLookup> lookups_;
  GitChanges out_;
};

}  // namespace

struct GitChangeReader::State {
  GitFolders folders;
  GitStore store;
  std::vector<TreeLookup> ground;
  GitDamage untold;  // of what stood before

  void stand_on(const std::vector<GitId>& trees) {
    ground.clear();
    for (const GitId& tree : trees) ground.emplace_back(store, untold, tree);
  }

  // What is missing may be so because of these.
  void report(const GitDamage& damage, std::vector<Unread>& unread) const {
    const std::size_t before = unread.size();
    damage.report(unread);
    if (unread.size() == before) return;
    unread.insert(unread.end(), store.problems().begin(), store.problems().end());
  }
  // HEAD, unless there is no commit yet, and what is being merged.
  Result<std::vector<GitId>> parents_to_be() const {
    std::vector<GitId> commits;
    RefLookup refs(folders.common_dir, folders.git_dir);
    NHI_TRY(const std::optional<GitId> head, refs.find("HEAD"));
    if (head) commits.push_back(*head);
    const std::string path = folders.git_dir + "/MERGE_HEAD";
    const auto text = read_foreign_file(AT_FDCWD, path.c_str(), kRefBytesMax);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
      if (const auto id = GitId::parse(take_ref_line(rest))) commits.push_back(*id);
    }
    return commits;
  }
};

GitChangeReader::GitChangeReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitChangeReader::GitChangeReader(GitChangeReader&&) noexcept = default;
GitChangeReader& GitChangeReader::operator=(GitChangeReader&&) noexcept = default;
GitChangeReader::~GitChangeReader() = default;

Result<GitChangeReader> GitChangeReader::open(const std::string& git_dir) {
  auto state = std::make_unique<State>();
  NHI_TRY(state->folders, git_folders(git_dir));
  state->store.open(state->folders.objects(), "/", PackCheck::kLookups);
  return GitChangeReader(std::move(state));
}

Result<GitChanges> GitChangeReader::staged(const std::string& index_path,
                                           std::vector<Unread>& unread) {
  GitChanges changes;
  const std::string own = state_->folders.git_dir + "/index";
  const std::string& path = index_path.empty() ? own : index_path;
  auto text = read_index(path);
  const bool absent = !text && text.error().code == ErrorCode::kNotFound && index_path.empty();
  if (absent) return changes;
  if (!text) return fail(std::move(text.error()));
  const auto index = GitIndex::parse(*text);
  if (!index) return fail(explained(index.error(), path));
  NHI_TRY(const std::vector<GitId> commits, state_->parents_to_be());
  GitDamage damage;
  StagedDiff diff(state_->store, damage);
  for (const GitId& commit : commits) diff.add_parent(commit);
  changes = diff.changes(*index);
  state_->stand_on(diff.parent_trees());
  if (diff.full()) unread.push_back({{}, ".git", kHistoryTooLarge, 0});
  state_->report(damage, unread);
  return changes;
}

Result<GitChanges> GitChangeReader::since(const std::string& revision,
                                          std::vector<Unread>& unread) {
  RefLookup refs(state_->folders.common_dir, state_->folders.git_dir);
  NHI_TRY(const GitId old, resolve_revision(state_->store, refs, revision));
  NHI_TRY(const std::optional<GitId> head, refs.find("HEAD"));
  if (!head) return fail(ErrorCode::kBadUse, "there is no commit yet", "HEAD");
  GitDamage damage;
  const std::vector<GitId> shallow = read_shallow(state_->folders.common_dir);
  const CommitRange range = commit_range(state_->store, *head, old, shallow, damage);
  GitChanges changes;
  state_->stand_on(range.border);
  if (!range.commits.empty()) {
    RangeHistory history(state_->store, damage, range);
    changes = history.changes();
    if (history.full()) unread.push_back({{}, ".git", kHistoryTooLarge, 0});
  }
  if (range.cut) unread.push_back({{}, ".git/shallow", "shallow-history", 0});
  state_->report(damage, unread);
  return changes;
}

std::vector<GitId> GitChangeReader::before(std::string_view path) {
  std::set<GitId> blobs;
  std::size_t names = 0;
  for (TreeLookup& tree : state_->ground) {
    if (const auto blob = tree.find(path)) blobs.insert(*blob);
    names += tree.names();
    if (names > kNamesKept) tree.forget();
  }
  return {blobs.begin(), blobs.end()};
}

std::optional<std::uint64_t> GitChangeReader::size(const GitId& id) {
  GitHeader header;
  if (state_->store.header(id, header) != GitRead::kFound) return std::nullopt;
  return header.size;
}

Result<std::string> GitChangeReader::read(const GitId& id) {
  GitType type{};
  std::string content;
  const GitRead outcome = state_->store.read(id, type, content);
  if (outcome == GitRead::kFound) return content;
  return fail(ErrorCode::kGit, std::string(problem_of(outcome)), id.hex());
}

}  // namespace nhi
