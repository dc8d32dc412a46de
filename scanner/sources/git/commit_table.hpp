// commit_table.hpp - the commits that a walk came by, so that the history need not read them again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/git/object.hpp"

namespace nhi {

class CommitTable {
 public:
  struct Row {
    GitId id;
    GitId tree;
    std::int64_t date = 0;
    std::uint32_t parents_at = 0;
    std::uint32_t parents = 0;
  };
  void add(const GitId& id, const GitId& tree, std::int64_t date, std::span<const GitId> parents);
  void append(const CommitTable& other);
  [[nodiscard]] const Row* find(const GitId& id) const;
  [[nodiscard]] std::span<const GitId> parents(const Row& row) const {
    return {parents_.data() + row.parents_at, row.parents};
  }

 private:
  std::vector<Row> rows_;
  std::vector<GitId> parents_;
  FlatTable<GitId, std::uint32_t> numbers_;
};

}  // namespace nhi
