// attribution.hpp - where the blobs of a history stood, kept small until somebody asks: of a large
// one there are hundreds of thousands of places.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/path_table.hpp"
#include "scanner/sources/git/plan.hpp"

namespace nhi {

/// What is known of one blob at one path. Numbers are commits, in order.
struct GitStay {
  static constexpr std::uint32_t kNone = GitGraph::kNone;
  std::uint32_t blob = 0;  // its place among the wanted
  std::uint32_t path = PathTable::kTop;
  std::uint32_t first = kNone;
  std::uint32_t last = 0;
  std::uint32_t removed_in_head = kNone;  // by a commit that HEAD reaches
  std::uint32_t removed = kNone;          // by any
  std::uint32_t taken_in_head = kNone;    // the same, by merges that took the side without it
  std::uint32_t taken = kNone;
  std::uint32_t refs = 0;  // a set of GitGraph
  bool on_branch = false;  // at the end of a branch
  bool in_head = false;
  bool reachable = true;
};

// Reading is safe from all threads.
class GitAttribution {
 public:
  /// A place, to be asked for; the same as long as this lives.
  using Number = std::uint32_t;

  GitAttribution() = default;
  /// `people` has who and when of each commit that is the first of a stay.
  GitAttribution(std::shared_ptr<const GitPlan> plan, GitGraph graph, PathTable paths,
                 const std::vector<GitObject>& wanted, std::vector<GitStay> stays,
                 std::unordered_map<std::uint32_t, CommitFacts> people);

  /// Sorted by path; none if nobody asked for the blob.
  [[nodiscard]] std::vector<Number> places_of(const GitId& blob) const;
  [[nodiscard]] std::string path(Number place) const;
  [[nodiscard]] bool reachable(Number place) const { return stays_[place].reachable; }
  [[nodiscard]] bool in_head(Number place) const { return stays_[place].in_head; }
  /// As in GitFacts.
  [[nodiscard]] Instant last_seen(Number place) const;
  /// Places of one number are of one path.
  [[nodiscard]] std::uint32_t path_number(Number place) const { return stays_[place].path; }
  [[nodiscard]] GitPlace place(Number place) const;
  /// All of them, of these blobs.
  [[nodiscard]] GitPlaces expand(const std::vector<GitObject>& blobs) const;

 private:
  [[nodiscard]] const GitGraph::Commit* last_of(const GitStay& stay) const;

  std::shared_ptr<const GitPlan> plan_;  // has the names
  GitGraph graph_;
  PathTable paths_;
  std::vector<GitId> ids_;  // by place among the wanted
  FlatTable<GitId, std::uint32_t> numbers_;
  std::vector<GitStay> stays_;         // by blob and path
  std::vector<std::uint32_t> begins_;  // of those of a blob; one more than there are blobs
  std::unordered_map<std::uint32_t, CommitFacts> people_;
};

}  // namespace nhi
