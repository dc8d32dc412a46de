#include "scanner/sources/git/plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nhi {
namespace {

constexpr std::uint32_t kShareNodes = 1024;
constexpr std::size_t kShareNamed = 256;

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

void add_named(std::vector<GitId> ids, std::vector<GitPlan::Share>& shares) {
  for (std::size_t at = 0; at < ids.size(); at += kShareNamed) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last =
        ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kShareNamed));
    shares.push_back({nullptr, nullptr, {}, std::vector<GitId>(first, last)});
  }
}

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

std::shared_ptr<const GitPlan> make_plan(GitStore& store, std::vector<Unread>& unread) {
  unread.insert(unread.end(), store.problems().begin(), store.problems().end());
  std::vector<GitPlan::Share> shares;
  std::vector<GitId> named;
  Met met;
  for (const auto& pack : store.packs()) {
    const auto forest = DeltaForest::build(pack);
    const std::vector<bool> by_entry = met.twins_in(pack->index());
    const auto twins = std::make_shared<std::vector<bool>>(by_entry.size());
    bool any = false;
    for (std::uint32_t node = 0; node < forest->size(); ++node) {
      (*twins)[node] = by_entry[forest->entry(node)];
      any = any || (*twins)[node];
      if (!(*twins)[node] && !forest->type(node)) named.push_back(forest->id(node));
    }
    for (ForestShare& part : share_forest(*forest, kWanted, kShareNodes)) {
      shares.push_back({forest, any ? twins : nullptr, std::move(part), {}});
    }
  }
  for (const GitId& id : store.loose(unread)) {
    if (!met.contains(id)) named.push_back(id);
  }
  add_named(std::move(named), shares);
  return std::make_shared<const GitPlan>(std::move(shares));
}

GitWalk::GitWalk(std::shared_ptr<const GitPlan> plan, std::size_t share)
    : plan_(std::move(plan)), number_(share) {
  const GitPlan::Share& wanted = plan_->shares()[number_];
  if (wanted.forest != nullptr) packed_.emplace(wanted.forest, wanted.part);
}

bool GitWalk::next(GitStore& store, GitFound& found) {
  return packed_ ? next_packed(store, found) : next_named(store, found);
}

bool GitWalk::next_packed(GitStore& store, GitFound& found) {
  const GitPlan::Share& from = share();
  GitItem item;
  while (packed_->next(item)) {
    const bool twin = from.twins != nullptr && (*from.twins)[item.node];
    if (twin && item.outcome == GitRead::kFound) continue;
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
    found.object = {id, kind_of(*from.forest->type(item.node)), item.content.size()};
    found.content = item.content;
    found.problem = problem_of(item.outcome);
    return true;
  }
  return false;
}

bool GitWalk::next_named(GitStore& store, GitFound& found) {
  while (next_named_ < share().named.size()) {
    const GitId& id = share().named[next_named_++];
    GitType type{};
    const GitRead outcome = store.read(id, type, content_);
    if (outcome == GitRead::kFound && type == GitType::kTree) continue;
    if (outcome != GitRead::kFound) {
      GitHeader head;
      const bool known = store.header(id, head) == GitRead::kFound;
      if (known && head.type == GitType::kTree) continue;  // check() tells of it
      found = {{id, known ? kind_of(head.type) : GitObjectKind::kBlob, head.size},
               {},
               problem_of(outcome)};
      return true;
    }
    found = {{id, kind_of(type), content_.size()}, content_, {}};
    return true;
  }
  return false;
}

}  // namespace nhi
