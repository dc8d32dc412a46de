#include "scanner/sources/git/changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
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
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/git/revision.hpp"
#include "scanner/sources/git/store.hpp"
#include "scanner/sources/git/tree_diff.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

/// Places that a range changes; over it: unread. A tree that holds itself many times has more.
constexpr std::size_t kPlacesMax = 1'000'000;

// Path and blob.
using Found = std::pair<std::string, GitId>;

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

// What is known of one blob at one path, by the commits of a range in their order.
struct Stay {
  static constexpr std::size_t kNone = SIZE_MAX;
  std::size_t first = kNone;
  std::size_t last = 0;
  std::size_t removed = kNone;  // by a commit that took it from every parent
  std::size_t taken = kNone;    // by a merge that took over the side without it
  bool in_head = false;
};

class RangeHistory {
 public:
  RangeHistory(GitStore& store, GitDamage& damage, const CommitRange& range)
      : store_(store), diff_(store, damage), range_(range) {
    for (std::size_t i = 0; i < range.commits.size(); ++i) numbers_.emplace(range.commits[i].id, i);
  }

  void run() {
    for (std::size_t i = 0; i < range_.commits.size() && !full(); ++i) compare(i);
  }

  [[nodiscard]] bool full() const { return diff_.full() || stays_.size() >= kPlacesMax; }

  GitChanges changes() {
    GitChanges out;
    std::map<GitId, std::uint64_t> paths;
    for (const auto& [found, stay] : stays_) ++paths[found.second];
    for (auto& [found, stay] : stays_) {
      const auto& [path, blob] = found;
      // In order the head of the range is the last one: all others lead to it.
      stay.in_head = diff_.blob_at(range_.commits.back().tree, path) == blob;
      GitChange change{path, blob, before(path), facts_of(blob, stay)};
      change.facts.paths_total = paths[blob];
      out.blobs.push_back(std::move(change));
    }
    for (const RangeCommit& commit : range_.commits) out.commits.push_back(commit.id);
    out.gone = gone();
    return out;
  }

 private:
  std::vector<Found> differences(const GitId& tree, const TreeSide& beside) {
    std::vector<Found> found;
    diff_.each_difference(TreeSide(tree), beside,
                          [&](std::string path, const GitId& blob, const GitId*) {
                            if (found.size() < kPlacesMax)
                              found.emplace_back(std::move(path), blob);
                          });
    std::sort(found.begin(), found.end());
    return found;
  }

  // What stood somewhere before the range, and nothing stands there behind it.
  std::vector<GitGone> gone() {
    std::set<Found> found;
    const TreeSide end(range_.commits.back().tree);
    for (const GitId& tree : range_.border) {
      diff_.each_difference(TreeSide(tree), end,
                            [&](std::string path, const GitId& blob, const GitId* twin) {
                              if (twin == nullptr) found.emplace(std::move(path), blob);
                            });
    }
    std::vector<GitGone> list;
    list.reserve(found.size());
    for (const auto& [path, blob] : found) list.push_back({path, blob});
    return list;
  }

  static std::vector<Found> common(const std::vector<Found>& a, const std::vector<Found>& b) {
    std::vector<Found> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
  }

  // Came: in no parent. Went: in some parent; of its own doing if in every one.
  void compare(std::size_t number) {
    const RangeCommit& commit = range_.commits[number];
    const auto& parents = commit.parent_trees;
    const TreeSide tree(commit.tree);
    std::vector<Found> came =
        differences(commit.tree, parents.empty() ? TreeSide() : TreeSide(parents.front()));
    std::vector<Found> went_by_all;
    for (std::size_t k = 0; k < parents.size(); ++k) {
      if (k > 0 && !came.empty()) {
        came = common(came, differences(commit.tree, TreeSide(parents[k])));
      }
      std::vector<Found> went = differences(parents[k], tree);
      for (const Found& found : went) note_taken(found, commit, k, number);
      went_by_all = k == 0 ? std::move(went) : common(went_by_all, went);
    }
    for (const Found& found : went_by_all) {
      if (const auto at = stays_.find(found); at != stays_.end()) at->second.removed = number;
    }
    for (Found& found : came) {
      Stay& stay = stays_[std::move(found)];
      if (stay.first == Stay::kNone) stay.first = number;
      stay.last = std::max(stay.last, number);
    }
  }

  void note_taken(const Found& found, const RangeCommit& commit, std::size_t parent,
                  std::size_t number) {
    const auto at = stays_.find(found);
    if (at == stays_.end()) return;
    at->second.taken = number;
    const auto holder = numbers_.find(commit.parents[parent]);
    if (holder != numbers_.end()) at->second.last = std::max(at->second.last, holder->second);
  }

  [[nodiscard]] std::vector<GitId> before(const std::string& path) {
    std::vector<GitId> blobs;
    for (const GitId& tree : range_.border) {
      if (const auto blob = diff_.blob_at(tree, path)) blobs.push_back(*blob);
    }
    std::sort(blobs.begin(), blobs.end());
    blobs.erase(std::unique(blobs.begin(), blobs.end()), blobs.end());
    return blobs;
  }

  [[nodiscard]] GitFacts facts_of(const GitId& blob, const Stay& stay) {
    GitFacts facts;
    facts.blob = blob.hex();
    facts.reachable = true;
    facts.in_head = stay.in_head;
    facts.introduced = commit_facts(store_, range_.commits[stay.first].id);
    const RangeCommit& last = stay.in_head ? range_.commits.back() : range_.commits[stay.last];
    facts.last_seen_commit = last.id.hex();
    facts.last_seen = Instant{last.date};
    const std::size_t removal = stay.removed != Stay::kNone ? stay.removed : stay.taken;
    if (!stay.in_head && removal != Stay::kNone) {
      facts.removed_commit = range_.commits[removal].id.hex();
    }
    return facts;
  }

  GitStore& store_;
  TreeDiff diff_;
  const CommitRange& range_;
  std::map<GitId, std::size_t> numbers_;
  std::map<Found, Stay> stays_;
};

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
    if (outcome == GitRead::kFound) parents_.push_back(commit->tree);
  }

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
    GitChange change{path, blob, {}, {}};
    for (const GitId& tree : parents_) {
      const auto twin = diff_.blob_at(tree, path);
      if (twin == blob) return;
      if (twin) change.before.push_back(*twin);
    }
    change.facts.blob = blob.hex();
    out_.blobs.push_back(std::move(change));
  }

  GitStore& store_;
  GitDamage& damage_;
  TreeDiff diff_;
  std::vector<GitId> parents_;  // their trees
  GitChanges out_;
};

}  // namespace

struct GitChangeReader::State {
  GitFolders folders;
  GitStore store;

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
  if (!range.commits.empty()) {
    RangeHistory history(state_->store, damage, range);
    history.run();
    changes = history.changes();
    if (history.full()) unread.push_back({{}, ".git", kHistoryTooLarge, 0});
  }
  if (range.cut) unread.push_back({{}, ".git/shallow", "shallow-history", 0});
  state_->report(damage, unread);
  return changes;
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
