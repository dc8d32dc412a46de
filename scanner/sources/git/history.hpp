// history.hpp - where wanted blobs stood in history, and whether history is all there.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

using GitPlaces = std::unordered_map<std::string, std::vector<GitPlace>>;

/// See GitRepository::attribute().
[[nodiscard]] GitPlaces attribute_blobs(GitStore& store, const GitGraph& graph,
                                        const std::vector<GitObject>& wanted,
                                        std::vector<Unread>& unread);

/// Reads every tree that a commit of `graph` reaches, once, and notes what it names and `ids`
/// (sorted: all that the store has) lacks.
void check_history(GitStore& store, const GitGraph& graph, const std::vector<GitId>& ids,
                   GitDamage& damage);

}  // namespace nhi
