#include "scanner/sources/git/git.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sources/git/attribution.hpp"
#include "scanner/sources/git/bundle_head.hpp"
#include "scanner/sources/git/git_folders.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/history.hpp"
#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/git/store.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/repository.hpp"

namespace nhi {
struct GitRepository::State {
  std::string git_dir;     // where HEAD is
  std::string common_dir;  // where objects and refs are
  GitStore store;
  std::optional<GitRefs> told;                    // all refs there are, where no folder holds any
  std::optional<std::optional<GitId>> head_tree;  // looked up once
};

GitRepository::GitRepository(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitRepository::GitRepository(GitRepository&&) noexcept = default;
GitRepository& GitRepository::operator=(GitRepository&&) noexcept = default;
GitRepository::~GitRepository() = default;

Result<GitRepository> GitRepository::open(const std::string& git_dir, const std::string& scope) {
  auto state = std::make_unique<State>();
  NHI_TRY(GitFolders folders, git_folders(git_dir));
  // Beside a .git stands its work tree; beside a bare repository stand strangers.
  const bool in_work_tree = folders.common_dir.ends_with("/.git");
  std::string bounds = in_work_tree ? lexical_path(folders.common_dir, "..") : folders.common_dir;
  if (!scope.empty()) bounds = real_path(scope).value_or(scope);
  state->store.open(folders.objects(), bounds);
  state->git_dir = std::move(folders.git_dir);
  state->common_dir = std::move(folders.common_dir);
  return GitRepository(std::move(state));
}

GitRepository GitRepository::of(const std::shared_ptr<const GitBundle>& bundle) {
  auto state = std::make_unique<State>();
  state->store.open(bundle->pack, bundle->problems);
  state->told = bundle->refs;
  return GitRepository(std::move(state));
}

Result<std::shared_ptr<const GitPlan>> GitRepository::plan(std::vector<Unread>& unread,
                                                           const QuietBlobs& quiet) {
  return GitPlan::make(state_->store, unread, {}, quiet);
}

std::shared_ptr<GitWalk> GitRepository::walk(const std::shared_ptr<const GitPlan>& plan,
                                             std::size_t share) {
  return std::make_shared<GitWalk>(plan, share);
}

bool GitRepository::next(GitWalk& walk, GitFound& found) { return walk.next(state_->store, found); }

void GitRepository::read_trees(const GitPlan& plan, std::size_t share, const GitWanted& wanted) {
  nhi::read_trees(plan, share, wanted, state_->store);
}

std::vector<GitObject> GitRepository::named(const GitPlan& plan) {
  std::vector<GitObject> blobs;
  for (const GitId& id : plan.gathered().take_named()) {
    GitHeader head;
    const GitRead outcome = state_->store.header(id, head);
    if (outcome == GitRead::kFound && head.type != GitType::kBlob) continue;
    // One that is damaged is told of when it is read.
    blobs.push_back({id, GitObjectKind::kBlob, outcome == GitRead::kFound ? head.size : 0});
  }
  return blobs;
}

GitRefs GitRepository::all_refs() const {
  return state_->told ? *state_->told : read_refs(state_->common_dir, state_->git_dir);
}

GitRefs GitRepository::refs(std::vector<Unread>& unread, GitDamage& damage) const {
  GitRefs refs = all_refs();
  unread.insert(unread.end(), refs.damaged.begin(), refs.damaged.end());
  const bool cut = !refs.prerequisites.empty();
  if (cut || refs.ends_early) damage.expect_missing();
  if (cut || !refs.shallow.empty()) {
    unread.push_back({{}, cut ? ".git" : ".git/shallow", "shallow-history", 0});
  }
  return refs;
}

Result<std::vector<GitObject>> GitRepository::objects(std::vector<Unread>& unread) {
  GitStore& store = state_->store;
  unread.insert(unread.end(), store.problems().begin(), store.problems().end());
  const std::vector<GitId> ids = store.list(unread);
  std::vector<GitObject> objects;
  GitDamage damage;
  for (const GitId& id : ids) {
    GitHeader head;
    const GitRead outcome = store.header(id, head);
    damage.note(id, outcome);
    if (outcome != GitRead::kFound || head.type == GitType::kTree) continue;
    objects.push_back({id, kind_of(head.type), head.size});
  }
  GitGraph graph;
  graph.load(store, refs(unread, damage), damage);
  check_history(store, graph, ids, damage);
  damage.report(unread);
  return objects;
}

Result<std::string> GitRepository::read(const GitObject& object) {
  GitType type{};
  std::string content;
  const GitRead outcome = state_->store.read(object.id, type, content);
  if (outcome == GitRead::kFound) return content;
  return fail(ErrorCode::kGit, std::string(problem_of(outcome)), object.id.hex());
}

Result<GitAttribution> GitRepository::attribute(const std::shared_ptr<const GitPlan>& plan,
                                                const std::vector<GitObject>& wanted,
                                                std::vector<Unread>& unread) {
  GitDamage damage;
  for (const GitId& id : plan->gathered().told()) damage.leave_out(id);
  GitGraph graph;
  graph.load(state_->store, refs(unread, damage), damage, &plan->gathered().commits());
  const Containment containment(*plan, plan->gathered().trees());
  note_missing(graph, *plan, containment, damage);
  damage.report(unread);
  return attribute_blobs(state_->store, std::move(graph), plan, containment, wanted, unread);
}

Result<GitPlaces> GitRepository::attribute(const std::vector<GitObject>& wanted,
                                           std::vector<Unread>& unread) {
  std::vector<Unread> told;
  NHI_TRY(const std::shared_ptr<const GitPlan> made, plan(told));
  const GitWanted numbers(wanted);
  for (std::size_t share = 0; share < tree_shares_of(*made); ++share) {
    read_trees(*made, share, numbers);
  }
  told.clear();
  NHI_TRY(const GitAttribution places, attribute(made, wanted, told));
  std::copy_if(told.begin(), told.end(), std::back_inserter(unread),
               [](const Unread& place) { return place.reason == kHistoryTooLarge; });
  return places.expand(wanted);
}

Result<std::string> GitRepository::state_stamp() {
  FieldBytes fields;
  const GitRefs refs = read_refs(state_->common_dir, state_->git_dir);
  fields.add(refs.head ? refs.head->hex() : "");
  for (const GitRef& ref : refs.refs) fields.add(ref.name).add(ref.target.hex());
  for (const GitId& id : refs.others) fields.add(id.hex());
  for (const Unread& place : refs.damaged) fields.add(place.path);
  for (const Unread& place : state_->store.problems()) fields.add(place.path).add(place.reason);
  std::vector<std::string> lines;
  state_->store.describe(lines);
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) fields.add(line);
  return "git:" + to_hex(sha256(fields.bytes()));
}

std::string GitRepository::head_blob(const std::string& path) {
  GitStore& store = state_->store;
  if (!state_->head_tree) {
    state_->head_tree.emplace();
    const GitRefs refs = all_refs();
    std::string content;
    if (refs.head && store.read_typed(*refs.head, GitType::kCommit, content) == GitRead::kFound) {
      if (const auto commit = parse_commit(content)) *state_->head_tree = commit->tree;
    }
  }
  std::optional<GitId> at = *state_->head_tree;
  std::string_view rest = path;
  while (at) {
    const std::size_t slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    std::shared_ptr<const std::string> text;
    if (store.tree(*at, text) != GitRead::kFound) return {};
    std::string_view entries = *text;
    TreeEntry entry;
    at.reset();
    while (!at && take_tree_entry(entries, entry)) {
      const auto wanted = last ? TreeEntry::Kind::kBlob : TreeEntry::Kind::kTree;
      if (entry.name == name && entry.kind == wanted) at = entry.id;
    }
    if (!at) return {};
    if (last) return at->hex();
    rest.remove_prefix(slash + 1);
  }
  return {};
}

}  // namespace nhi
