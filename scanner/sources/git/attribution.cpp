#include "scanner/sources/git/attribution.hpp"

#include <algorithm>
#include <utility>

namespace nhi {
namespace {

std::uint32_t removal_of(const GitStay& stay) {
  if (stay.in_head || stay.on_branch) return GitStay::kNone;
  if (stay.removed_in_head != GitStay::kNone) return stay.removed_in_head;
  if (stay.taken_in_head != GitStay::kNone) return stay.taken_in_head;
  return stay.removed != GitStay::kNone ? stay.removed : stay.taken;
}

}  // namespace

GitAttribution::GitAttribution(std::shared_ptr<const GitPlan> plan, GitGraph graph, PathTable paths,
                               const std::vector<GitObject>& wanted, std::vector<GitStay> stays,
                               std::unordered_map<std::uint32_t, CommitFacts> people)
    : plan_(std::move(plan)),
      graph_(std::move(graph)),
      paths_(std::move(paths)),
      stays_(std::move(stays)),
      people_(std::move(people)) {
  for (const GitObject& blob : wanted) {
    numbers_.insert(blob.id, static_cast<std::uint32_t>(ids_.size()));
    ids_.push_back(blob.id);
  }
  std::sort(stays_.begin(), stays_.end(),
            [](const GitStay& a, const GitStay& b) { return a.blob < b.blob; });
  // One that nothing leads to has a place as well.
  std::vector<GitStay> all;
  all.reserve(stays_.size());
  auto stay = stays_.begin();
  for (std::uint32_t blob = 0; blob < ids_.size(); ++blob) {
    begins_.push_back(static_cast<std::uint32_t>(all.size()));
    const auto begin = stay;
    while (stay != stays_.end() && stay->blob == blob) ++stay;
    all.insert(all.end(), begin, stay);
    const bool asked_twice = *numbers_.find(ids_[blob]) != blob;
    if (begin != stay || asked_twice) continue;
    GitStay nowhere;
    nowhere.blob = blob;
    nowhere.reachable = false;
    all.push_back(nowhere);
  }
  begins_.push_back(static_cast<std::uint32_t>(all.size()));
  stays_ = std::move(all);
}

std::vector<GitAttribution::Number> GitAttribution::places_of(const GitId& blob) const {
  const std::uint32_t* const number = numbers_.find(blob);
  if (number == nullptr) return {};
  std::vector<std::pair<std::string, Number>> found;
  for (Number at = begins_[*number]; at < begins_[*number + 1]; ++at) {
    found.emplace_back(path(at), at);
  }
  std::sort(found.begin(), found.end());
  std::vector<Number> places;
  for (const auto& [path, at] : found) places.push_back(at);
  return places;
}

std::string GitAttribution::path(Number place) const {
  return paths_.path(stays_[place].path, plan_->gathered().trees().names);
}

// Null of what a tag names without a commit, and of what nothing leads to.
const GitGraph::Commit* GitAttribution::last_of(const GitStay& stay) const {
  if (stay.first == GitStay::kNone) return nullptr;
  return &graph_.commits()[stay.in_head ? graph_.head() : std::max(stay.last, stay.first)];
}

Instant GitAttribution::last_seen(Number place) const {
  const GitGraph::Commit* const last = last_of(stays_[place]);
  return last == nullptr ? Instant{} : Instant{last->date};
}

GitPlace GitAttribution::place(Number number) const {
  const GitStay& stay = stays_[number];
  GitPlace place;
  GitFacts& facts = place.facts;
  facts.blob = ids_[stay.blob].hex();
  if (!stay.reachable) return place;
  place.path = path(number);
  facts.reachable = true;
  facts.in_head = stay.in_head;
  facts.paths_total = begins_[stay.blob + 1] - begins_[stay.blob];
  for (const std::uint32_t name : graph_.ref_set(stay.refs)) {
    facts.refs.push_back(graph_.names()[name]);
  }
  const GitGraph::Commit* const last = last_of(stay);
  if (last == nullptr) return place;
  facts.introduced = people_.at(stay.first);
  facts.last_seen_commit = last->id.hex();
  facts.last_seen = Instant{last->date};
  const std::uint32_t removal = removal_of(stay);
  if (removal != GitStay::kNone) {
    facts.removed_commit = graph_.commits()[removal].id.hex();
    facts.removed_date = Instant{graph_.commits()[removal].date};
  }
  return place;
}

GitPlaces GitAttribution::expand(const std::vector<GitObject>& blobs) const {
  GitPlaces out;
  for (const GitObject& blob : blobs) {
    std::vector<GitPlace>& list = out[blob.id.hex()];
    if (!list.empty()) continue;  // asked for twice
    for (const Number number : places_of(blob.id)) list.push_back(place(number));
  }
  return out;
}

}  // namespace nhi
