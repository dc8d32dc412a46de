// history.hpp - where wanted blobs stood in history, and whether history is all there.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "scanner/sources/git/attribution.hpp"
#include "scanner/sources/git/containment.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

/// Why a history is unread that has more than can be walked: the limits are in history.cpp.
inline constexpr const char* kHistoryTooLarge = "history-too-large";

/// See GitRepository::attribute().
[[nodiscard]] GitAttribution attribute_blobs(GitStore& store, GitGraph graph,
                                             const std::shared_ptr<const GitPlan>& plan,
                                             const Containment& containment,
                                             const std::vector<GitObject>& wanted,
                                             std::vector<Unread>& unread);

/// Who and when, of a commit; of one that cannot be read its id alone.
[[nodiscard]] CommitFacts commit_facts(GitStore& store, const GitId& id);

/// Notes what the trees that a commit of `graph` reaches name and the store lacks, and trees that
/// are damaged.
void note_missing(const GitGraph& graph, const GitPlan& plan, const Containment& containment,
                  GitDamage& damage);

/// The slow, plain way: reads every tree that a commit of `graph` reaches, once, and notes what it
/// names and `ids` (sorted: all that the store has) lacks.
void check_history(GitStore& store, const GitGraph& graph, const std::vector<GitId>& ids,
                   GitDamage& damage);

}  // namespace nhi
