#include "scanner/sources/git/forest.hpp"

#include <algorithm>

#include "scanner/sources/git/forward_reader.hpp"

namespace nhi {
namespace {

// A parent that is damaged or not there: the node is no root, and no tree reaches it.
constexpr std::uint32_t kLost = UINT32_MAX - 1;

}  // namespace

std::shared_ptr<const DeltaForest> DeltaForest::build(std::shared_ptr<const PackFile> pack) {
  const std::shared_ptr<DeltaForest> forest(new DeltaForest(std::move(pack)));
  forest->list_entries();
  forest->read_heads();
  forest->link();
  forest->go_down();
  return forest;
}

void DeltaForest::list_entries() {
  const PackIndex& index = pack_->index();
  nodes_.resize(index.size());
  for (std::uint32_t i = 0; i < index.size(); ++i) {
    nodes_[i].at = index.offset(i);
    nodes_[i].entry = i;
  }
  std::sort(nodes_.begin(), nodes_.end(), [](const Node& a, const Node& b) { return a.at < b.at; });
}

std::uint32_t DeltaForest::base_node(const PackEntry& entry) const {
  std::uint64_t at = entry.base_at;
  if (entry.form == PackEntry::Form::kDeltaOf) {
    const auto found = pack_->index().find(entry.base);
    if (!found) return kLost;
    at = pack_->index().offset(*found);
  }
  return node_at(at).value_or(kLost);
}

std::optional<std::uint32_t> DeltaForest::node_at(std::uint64_t at) const {
  const auto node =
      std::lower_bound(nodes_.begin(), nodes_.end(), at,
                       [](const Node& one, std::uint64_t wanted) { return one.at < wanted; });
  if (node == nodes_.end() || node->at != at) return std::nullopt;
  return static_cast<std::uint32_t>(node - nodes_.begin());
}

std::optional<std::uint32_t> DeltaForest::find(const GitId& id) const {
  const auto entry = pack_->index().find(id);
  if (!entry) return std::nullopt;
  return node_at(pack_->index().offset(*entry));
}

void DeltaForest::read_heads() {
  ForwardReader reader(*pack_);
  for (Node& node : nodes_) {
    const auto entry = parse_pack_entry(reader.at(node.at, kPackHeadMax), node.at);
    if (!entry) {
      node.parent = kLost;
    } else if (entry->is_delta()) {
      node.parent = base_node(*entry);
    } else {
      node.type = static_cast<std::uint8_t>(entry->type);
    }
  }
}

void DeltaForest::link() {
  starts_.assign(nodes_.size() + 1, 0);
  for (const Node& node : nodes_) {
    if (node.parent < kLost) ++starts_[node.parent + 1];
  }
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  children_.resize(starts_.back());
  std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (nodes_[i].parent < kLost) children_[next[nodes_[i].parent]++] = i;
  }
}

// From the roots down, a level at a time: who is never met hangs in a circle or on damage.
void DeltaForest::go_down() {
  std::vector<std::uint32_t> met;
  met.reserve(nodes_.size());
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (nodes_[i].parent == kNone) met.push_back(i);
  }
  for (std::size_t i = 0; i < met.size(); ++i) {
    for (const std::uint32_t child : children(met[i])) {
      nodes_[child].type = nodes_[met[i]].type;
      met.push_back(child);
    }
  }
  for (std::size_t i = met.size(); i > 0; --i) {
    const std::uint32_t node = met[i - 1];
    const auto first = children_.begin() + starts_[node];
    const auto last = children_.begin() + starts_[node + 1];
    std::sort(first, last, [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(nodes_[a].tree_size, a) < std::pair(nodes_[b].tree_size, b);
    });
    if (nodes_[node].parent != kNone) {
      nodes_[nodes_[node].parent].tree_size += nodes_[node].tree_size;
    }
  }
}

std::optional<std::uint32_t> DeltaForest::parent(std::uint32_t node) const {
  const std::uint32_t above = nodes_[node].parent;
  return above < kLost ? std::optional(above) : std::nullopt;
}

std::optional<GitType> DeltaForest::type(std::uint32_t node) const {
  if (nodes_[node].type == 0) return std::nullopt;
  return static_cast<GitType>(nodes_[node].type);
}

}  // namespace nhi
