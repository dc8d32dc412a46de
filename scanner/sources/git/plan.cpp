#include "scanner/sources/git/plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/sources/git/delta.hpp"
#include "scanner/sources/git/graph.hpp"

namespace nhi {
namespace {

constexpr unsigned bit(GitType type) { return 1U << static_cast<unsigned>(type); }
constexpr unsigned kWanted = bit(GitType::kCommit) | bit(GitType::kBlob) | bit(GitType::kTag);

// Which ids were met in an earlier pack. Both lists are sorted, so they are walked side by side.
class Met {
 public:
  /// By entry of `index`, whose ids count as met from now on.
  std::vector<bool> twins_in(const PackIndex& index) {
    std::vector<bool> twins(index.size());
    std::vector<GitId> fresh;
    auto at = ids_.begin();
    for (std::uint32_t i = 0; i < index.size(); ++i) {
      const GitId id = index.id(i);
      while (at != ids_.end() && *at < id) ++at;
      twins[i] = (at != ids_.end() && *at == id) || (!fresh.empty() && fresh.back() == id);
      if (!twins[i]) fresh.push_back(id);
    }
    std::vector<GitId> both;
    both.reserve(ids_.size() + fresh.size());
    std::merge(ids_.begin(), ids_.end(), fresh.begin(), fresh.end(), std::back_inserter(both));
    ids_ = std::move(both);
    return twins;
  }
  [[nodiscard]] bool contains(const GitId& id) const {
    return std::binary_search(ids_.begin(), ids_.end(), id);
  }

 private:
  std::vector<GitId> ids_;
};

class Numbers : public TreeNumbers {
 public:
  Numbers(const GitPlan& plan, const GitWanted& wanted) : plan_(plan), wanted_(wanted) {}
  [[nodiscard]] std::uint32_t tree(const GitId& id) const override { return plan_.number(id); }
  [[nodiscard]] std::uint32_t wanted(const GitId& id) const override {
    const std::uint32_t place = wanted_.find(id);
    return place == kNoKey ? kNoKey : kWantedKey + place;
  }
  [[nodiscard]] bool has(const GitId& id) const override {
    return plan_.number(id) != kNoKey || is_empty_tree(id);
  }
  [[nodiscard]] bool asks_for(std::string_view name) const override {
    return wanted_.asks_for(name);
  }

 private:
  const GitPlan& plan_;
  const GitWanted& wanted_;
};

}  // namespace

GitObjectKind kind_of(GitType type) {
  if (type == GitType::kBlob) return GitObjectKind::kBlob;
  return type == GitType::kCommit ? GitObjectKind::kCommitMessage : GitObjectKind::kTagMessage;
}

std::string_view problem_of(GitRead outcome) {
  switch (outcome) {
    case GitRead::kFound:
      return {};
    case GitRead::kMissing:
      return "missing-object";
    case GitRead::kCorrupt:
      return "corrupt-object";
    case GitRead::kTooLarge:
      break;
  }
  return "git-object-too-large";
}

std::size_t shares_of(const GitPlan& plan) { return plan.shares().size(); }
std::size_t tree_shares_of(const GitPlan& plan) { return plan.tree_shares().size(); }
std::uint64_t quiet_of(const GitPlan& plan) { return plan.quiet(); }
std::shared_ptr<const GitWanted> wanted_of(const std::vector<GitObject>& blobs, NameTest names) {
  return std::make_shared<const GitWanted>(blobs, names);
}

void GitGathered::add(const CommitTable& commits, const std::vector<GitId>& told) {
  const std::lock_guard guard(lock_);
  commits_.append(commits);
  told_.insert(told_.end(), told.begin(), told.end());
}

void GitGathered::add(TreeChanges trees) {
  const std::lock_guard guard(lock_);
  trees_.append(std::move(trees));
}

std::vector<GitId> GitGathered::take_named() {
  const std::lock_guard guard(lock_);
  std::vector<GitId> named = std::move(trees_.named);
  if (!named.empty()) trees_ = {};
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

GitWanted::GitWanted(const std::vector<GitObject>& blobs, NameTest names) : names_(names) {
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    places_.insert(blobs[i].id, static_cast<std::uint32_t>(i));
  }
}

std::shared_ptr<const GitPlan> GitPlan::make(GitStore& store, std::vector<Unread>& unread,
                                             const Sizes& sizes, const QuietBlobs& quiet) {
  // Who took the stamp of the repository took it before: nothing that it counts may be left out.
  store.refresh();
  unread.insert(unread.end(), store.problems().begin(), store.problems().end());
  const auto plan = std::make_shared<GitPlan>();
  std::vector<GitId> named;
  Met met;
  for (const auto& file : store.packs()) {
    Pack pack{DeltaForest::build(file), {}, {}, {}, plan->first_named_};
    const std::vector<bool> by_entry = met.twins_in(file->index());
    pack.twins.resize(by_entry.size());
    for (std::uint32_t node = 0; node < pack.forest->size(); ++node) {
      pack.twins[node] = by_entry[pack.forest->entry(node)];
      if (!pack.twins[node] && !pack.forest->type(node)) named.push_back(pack.forest->id(node));
    }
    plan->mark_needed(pack, quiet);
    const std::size_t number = plan->packs_.size();
    for (ForestShare& part : share_forest(*pack.forest, kWanted, sizes.objects)) {
      std::erase_if(part.roots, [&](std::uint32_t root) { return !pack.needed[root]; });
      if (part.roots.empty()) continue;
      plan->shares_.push_back({number, std::move(part), {}});
    }
    for (ForestShare& part : share_forest(*pack.forest, bit(GitType::kTree), sizes.trees)) {
      plan->tree_shares_.push_back({number, std::move(part), {}});
    }
    plan->first_named_ += pack.forest->size();
    plan->packs_.push_back(std::move(pack));
  }
  for (const GitId& id : store.loose(unread)) {
    if (!met.contains(id)) named.push_back(id);
  }
  plan->add_named(std::move(named), quiet, sizes.named);
  return plan;
}

void GitPlan::mark_needed(Pack& pack, const QuietBlobs& quiet) {
  const DeltaForest& forest = *pack.forest;
  pack.quiet.resize(forest.size());
  pack.needed.resize(forest.size(), quiet.empty());
  if (quiet.empty()) return;
  for (std::uint32_t node = 0; node < forest.size(); ++node) {
    pack.quiet[node] = forest.type(node) == GitType::kBlob &&
                       std::binary_search(quiet.begin(), quiet.end(), forest.id(node));
    if (pack.quiet[node]) {
      quiet_ += pack.twins[node] ? 0 : 1;
      continue;
    }
    for (auto at = std::optional(node); at && !pack.needed[*at]; at = forest.parent(*at)) {
      pack.needed[*at] = true;
    }
  }
}

void GitPlan::add_named(std::vector<GitId> ids, const QuietBlobs& quiet, std::size_t share) {
  std::sort(ids.begin(), ids.end());
  std::vector<GitId> loud;
  std::set_difference(ids.begin(), ids.end(), quiet.begin(), quiet.end(), std::back_inserter(loud));
  quiet_ += ids.size() - loud.size();
  const auto add = [share](const std::vector<GitId>& from, std::vector<Share>& shares) {
    for (std::size_t at = 0; at < from.size(); at += share) {
      const auto first = from.begin() + static_cast<std::ptrdiff_t>(at);
      const auto last =
          from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), at + share));
      shares.push_back({0, {}, std::vector<GitId>(first, last)});
    }
  };
  add(loud, shares_);
  add(loud, tree_shares_);  // a quiet one is a blob
  named_ = std::move(ids);
}

std::uint32_t GitPlan::number(const GitId& id) const {
  for (const Pack& pack : packs_) {
    const auto node = pack.forest->find(id);
    if (!node) continue;
    if (pack.forest->type(*node)) return pack.first + *node;
    break;  // its pack does not give it
  }
  const auto at = std::lower_bound(named_.begin(), named_.end(), id);
  if (at == named_.end() || *at != id) return kNoKey;
  return first_named_ + static_cast<std::uint32_t>(at - named_.begin());
}

const GitPlan::Pack* GitPlan::pack_of(std::uint32_t number) const {
  if (number >= first_named_) return nullptr;
  const auto behind =
      std::upper_bound(packs_.begin(), packs_.end(), number,
                       [](std::uint32_t wanted, const Pack& pack) { return wanted < pack.first; });
  return &*(behind - 1);
}

std::uint32_t GitPlan::canonical(std::uint32_t number) const {
  const Pack* const pack = pack_of(number);
  if (pack == nullptr || !pack->twins[number - pack->first]) return number;
  return this->number(pack->forest->id(number - pack->first));
}

void read_trees(const GitPlan& plan, std::size_t share, const GitWanted& wanted, GitStore& store) {
  const GitPlan::Share& from = plan.tree_shares()[share];
  const Numbers numbers(plan, wanted);
  TreeReader reader(numbers);
  std::string content;
  for (const GitId& id : from.named) {
    GitHeader head;
    if (store.header(id, head) != GitRead::kFound || head.type != GitType::kTree) continue;
    const GitRead outcome = store.read_typed(id, GitType::kTree, content);
    if (outcome != GitRead::kFound) content.clear();
    if (outcome != GitRead::kFound) reader.changes().corrupt.push_back(id);
    reader.take(plan.number(id), 0, content, {}, {});
  }
  if (from.named.empty()) {
    const GitPlan::Pack& pack = plan.pack(from);
    PackWalk walk(pack.forest, from.part);
    GitItem item;
    while (walk.next(item)) {
      if (item.outcome != GitRead::kFound) {
        const GitId id = pack.forest->id(item.node);
        if (store.read_typed(id, GitType::kTree, content) == GitRead::kFound) {
          walk.mend(item, std::move(content));
        } else {
          reader.changes().corrupt.push_back(id);
        }
      }
      reader.take(pack.first + item.node, item.depth, item.content, item.base, item.delta);
    }
  }
  plan.gathered().add(std::move(reader.changes()));
}

TextChange change_of(const GitFound& found) {
  auto pieces = DeltaReader::open(found.delta);
  TextChange change(pieces ? pieces->base_size() : 0);
  DeltaPiece piece;
  while (pieces && pieces->next(piece)) {
    if (piece.of_base) {
      change.keep(piece.from, piece.size);
    } else {
      change.add(piece.size);
    }
  }
  change.finish();
  return change;
}

GitWalk::GitWalk(std::shared_ptr<const GitPlan> plan, std::size_t share)
    : plan_(std::move(plan)), number_(share) {
  if (share_of().named.empty()) {
    const GitPlan::Pack& pack = plan_->pack(share_of());
    packed_.emplace(pack.forest, share_of().part, &pack.needed);
  }
}

bool GitWalk::next(GitStore& store, GitFound& found) {
  if (packed_ ? next_packed(store, found) : next_named(store, found)) {
    gather(found);
    return true;
  }
  plan_->gathered().add(commits_, told_);
  commits_ = {};
  told_.clear();
  return false;
}

void GitWalk::gather(const GitFound& found) {
  if (!found.problem.empty()) told_.push_back(found.object.id);
  if (found.object.kind != GitObjectKind::kCommitMessage || !found.problem.empty()) return;
  if (const auto text = parse_commit(found.content)) {
    commits_.add(found.object.id, text->tree, text->date, text->parents);
  }
}

bool GitWalk::next_packed(GitStore& store, GitFound& found) {
  const GitPlan::Pack& from = plan_->pack(share_of());
  GitItem item;
  while (packed_->next(item)) {
    const bool twin = from.twins[item.node];
    const bool passed = twin || from.quiet[item.node];
    if (passed && item.outcome == GitRead::kFound) continue;
    const GitId id = from.forest->id(item.node);
    if (item.outcome != GitRead::kFound) {
      // Another pack, or a file of its own, may give it; its deltas need it too.
      GitType type{};
      std::string content;
      const GitRead elsewhere = store.read(id, type, content);
      if (elsewhere == GitRead::kFound) packed_->mend(item, std::move(content));
      if (elsewhere != GitRead::kMissing) item.outcome = elsewhere;
    }
    if (twin) continue;
    found.object = {id, kind_of(*from.forest->type(item.node)), item.size};
    found.content = item.content;
    found.problem = problem_of(item.outcome);
    found.depth = item.depth;
    found.node = item.node;
    found.above = item.above;
    found.delta = item.delta;
    return true;
  }
  return false;
}

bool GitWalk::next_named(GitStore& store, GitFound& found) {
  while (next_named_ < share_of().named.size()) {
    const GitId& id = share_of().named[next_named_++];
    GitType type{};
    const GitRead outcome = store.read(id, type, content_);
    if (outcome == GitRead::kFound && type == GitType::kTree) continue;
    if (outcome != GitRead::kFound) {
      GitHeader head;
      const bool known = store.header(id, head) == GitRead::kFound;
      if (known && head.type == GitType::kTree) continue;  // read_trees() tells of it
      found = {};
      found.object = {id, known ? kind_of(head.type) : GitObjectKind::kBlob, head.size};
      found.problem = problem_of(outcome);
      return true;
    }
    found = {};
    found.object = {id, kind_of(type), content_.size()};
    found.content = content_;
    return true;
  }
  return false;
}

}  // namespace nhi
