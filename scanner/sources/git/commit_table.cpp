#include "scanner/sources/git/commit_table.hpp"

namespace nhi {

void CommitTable::add(const GitId& id, const GitId& tree, std::int64_t date,
                      std::span<const GitId> parents) {
  if (!numbers_.insert(id, static_cast<std::uint32_t>(rows_.size()))) return;
  rows_.push_back({id, tree, date, static_cast<std::uint32_t>(parents_.size()),
                   static_cast<std::uint32_t>(parents.size())});
  parents_.insert(parents_.end(), parents.begin(), parents.end());
}

void CommitTable::append(const CommitTable& other) {
  for (const Row& row : other.rows_) add(row.id, row.tree, row.date, other.parents(row));
}

const CommitTable::Row* CommitTable::find(const GitId& id) const {
  const std::uint32_t* const number = numbers_.find(id);
  return number == nullptr ? nullptr : &rows_[*number];
}

}  // namespace nhi
